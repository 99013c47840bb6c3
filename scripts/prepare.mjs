import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './run.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

const modules = join(root, 'node_modules');
/** What was installed and what was built, as hashes; gone when somebody removes `node_modules`. */
const installStamp = join(modules, '.borescope-installed');
const buildStamp = join(modules, '.borescope-built');

const packages = ['agent-protocol', 'redaction', 'agent-node', 'server', 'cli', 'examples/shop'];
const outputs = [
  'agent-protocol/dist/index.js',
  'redaction/dist/index.js',
  'agent-node/dist/agent.cjs',
  'agent-node/dist/agent.mjs',
  'server/dist/index.js',
  'server/agent.tgz',
  'cli/dist/main.js',
  'examples/shop/dist/main.js',
];

/** Installs and builds what is missing or out of date; does nothing, in some ten milliseconds, where nothing is. */
export async function prepare(progress) {
  const lock = installHash();
  if (read(installStamp) !== lock) {
    await progress.step('Installing packages', install);
    writeFileSync(installStamp, lock);
  }
  const sources = sourceHash(lock);
  if (read(buildStamp) !== sources || !outputs.every((file) => existsSync(join(root, file)))) {
    await progress.step('Building', () => npm(['run', 'build'], { cwd: root }));
    writeFileSync(buildStamp, sources);
  }
}

/**
 * `--no-save` leaves the lock file as it is and `--include=dev` holds where NODE_ENV says production. Not `npm ci`:
 * from the `node_modules` of an older commit it would fetch everything again.
 */
function install() {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  return npm(['install', '--no-save', '--include=dev', ...quiet], { cwd: root });
}

/** Of the lock file, and of the platform: a `node_modules` copied from another one lacks its binaries. */
function installHash() {
  return hash([join(root, 'package-lock.json')], `${process.platform}-${process.arch}`);
}

function sourceHash(seed) {
  const files = ['package.json', 'tsconfig.json', 'tsconfig.base.json', 'scripts/pack-agent.mjs'].map((file) =>
    join(root, file),
  );
  for (const name of packages) {
    const directory = join(root, name);
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isFile() && /\.(json|mjs|ts)$/.test(entry.name)) files.push(join(directory, entry.name));
    }
    const sources = join(directory, 'src');
    for (const entry of readdirSync(sources, { withFileTypes: true, recursive: true })) {
      if (entry.isFile()) files.push(join(entry.parentPath ?? entry.path, entry.name));
    }
  }
  return hash(files.sort(), seed);
}

function hash(files, seed) {
  const sum = createHash('sha256').update(seed);
  for (const file of files) sum.update(`\0${file.slice(root.length)}\0`).update(readFileSync(file));
  return sum.digest('hex');
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
