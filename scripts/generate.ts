/**
 * Writes every file of the repository that follows from the code: JSON Schema and AsyncAPI of the wire, reference pages.
 * `--check` writes nothing, and fails where a file is not what would be written.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asyncApiFile } from './generate-asyncapi.ts';
import { commandsPage } from './generate-commands.ts';
import { errorsPage } from './generate-errors.ts';
import { limitsPage } from './generate-limits.ts';
import { schemaFiles } from './generate-schema.ts';
import { settingsPage } from './generate-settings.ts';
import { toolsPage } from './generate-tools.ts';

export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const generated: GeneratedFile[] = [
  ...schemaFiles(),
  asyncApiFile(),
  limitsPage(),
  errorsPage(),
  settingsPage(),
  toolsPage(),
  commandsPage(),
];

const onDisk = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

function read(path: string): string | undefined {
  try {
    return readFileSync(onDisk(path), 'utf8');
  } catch {
    return undefined;
  }
}

const stale = generated.filter(({ path, text }) => read(path) !== text);
if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is not what the code says: run npm run generate`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const { path, text } of stale) {
    mkdirSync(dirname(onDisk(path)), { recursive: true });
    writeFileSync(onDisk(path), text);
    console.log(`wrote ${path}`);
  }
}
