// Builds dist/agent.cjs, one file without a dependency: the application's part as code, the worker's part in a comment
// behind it, so that the host's thread neither parses nor compiles what only the worker runs. Beside it dist/agent.mjs,
// the doorway of `import`.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { thirdPartyLicenses } from './third-party-licenses.mjs';
import { withoutDescriptions } from './without-descriptions.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));
const { WORKER_MARK } = await import('./dist/worker-mark.js');

const shared = {
  absWorkingDir: here,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  write: false,
  metafile: true,
  minifySyntax: true,
  minifyWhitespace: true,
  minifyIdentifiers: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: { AGENT_VERSION: JSON.stringify(version) },
};

/** Of zod's 50 translations of its messages one is used, and that one is never shown. */
const englishOnly = {
  name: 'english-only',
  setup(bundler) {
    bundler.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** The application's part needs what its settings are checked by, and none of the schemas. */
const withoutSchemas = {
  name: 'without-schemas',
  setup(bundler) {
    const dist = join(here, '../agent-protocol/dist');
    bundler.onResolve({ filter: /^@borescope\/agent-protocol$/ }, ({ path }) => ({ path, namespace: 'protocol' }));
    bundler.onLoad({ filter: /.*/, namespace: 'protocol' }, () => ({
      contents: "export * from './limits.js'; export * from './loopback.js'; export * from './pins.js';",
      resolveDir: dist,
    }));
  },
};

const [application, worker] = await Promise.all([
  build({ ...shared, entryPoints: ['src/main.ts'], plugins: [withoutSchemas, withoutDescriptions] }),
  build({ ...shared, entryPoints: ['src/worker.ts'], plugins: [englishOnly, withoutDescriptions] }),
]);
const text = (result) => result.outputFiles[0].text;
// The one sequence that would end the comment; main.ts turns it back.
const hidden = text(worker).replaceAll('*/', '*\u0001/');
await writeFile(join(here, 'dist/agent.cjs'), `${text(application)}\n/*${WORKER_MARK}${hidden}*/\n`);
// To `import` a CommonJS file, Node 20 and 22 first search its whole text for the names that it exports, which takes
// longer than all that the agent does at its start; `require` does not (docs/decisions/015).
await writeFile(
  join(here, 'dist/agent.mjs'),
  `import { createRequire } from 'node:module';
export const { attach } = createRequire(import.meta.url)('./agent.cjs');
`,
);

const licenses = await thirdPartyLicenses([application.metafile, worker.metafile], here);
await writeFile(join(here, 'dist/THIRD-PARTY-LICENSES.txt'), licenses);

const api = await readFile(join(here, 'dist/api.d.ts'), 'utf8');
const main = await readFile(join(here, 'dist/main.d.ts'), 'utf8');
const attach = main.slice(main.indexOf('/**'), main.indexOf('//# sourceMappingURL')).replace(/^export \{\};\n/m, '');
await writeFile(join(here, 'dist/agent.d.cts'), `${api}\n${attach.trim()}\n`);
await writeFile(join(here, 'dist/agent.d.mts'), "export * from './agent.cjs';\n");
