/**
 * Writes every file of the repository that follows from the code: JSON Schema and AsyncAPI of the wire, reference pages.
 * `--check` writes nothing, and fails where a file is not what would be written.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiPage } from './api.ts';
import { asyncApiFile } from './asyncapi.ts';
import { commandsPage } from './commands.ts';
import { errorsPage } from './errors.ts';
import type { GeneratedFile } from './generated-file.ts';
import { grantsPage } from './grants.ts';
import { limitsPage } from './limits.ts';
import { quotasPage } from './quotas.ts';
import { redactionPage } from './redaction.ts';
import { schemaFiles } from './schema.ts';
import { settingsPage } from './settings.ts';
import { toolsPage } from './tools.ts';

const generated: GeneratedFile[] = [
  ...schemaFiles(),
  asyncApiFile(),
  limitsPage(),
  errorsPage(),
  settingsPage(),
  toolsPage(),
  commandsPage(),
  apiPage(),
  quotasPage(),
  redactionPage(),
  grantsPage(),
];

const onDisk = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

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
