import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addActionCommands } from './commands/actions.ts';
import { addLoginCommands } from './commands/login.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addOrganizationCommands } from './commands/organization.ts';
import { addRuntimesCommand } from './commands/runtimes.ts';
import { addServeCommand } from './commands/serve.ts';
import { addSnapshotCommand } from './commands/snapshot.ts';
import { addTokenCommands } from './commands/token.ts';
import { addUserCommands } from './commands/user.ts';

export function createProgram(): Command {
  const program = new Command('borescope')
    .description('Look inside running Node.js processes: the broker, its administration, and the tools for a terminal')
    .version(version())
    // `snapshot --version 1.2.0` names the version of a service, not ours.
    .enablePositionalOptions()
    .exitOverride()
    .addHelpText(
      'after',
      '\nruntimes, snapshot, actions, wait and cancel ask the broker at BORESCOPE_URL (http://127.0.0.1:7373) with ' +
        'BORESCOPE_TOKEN, an mcp token, or as who has signed in with login\nExit codes: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted',
    );
  addServeCommand(program);
  addTokenCommands(program);
  addUserCommands(program);
  addOrganizationCommands(program);
  addMigrateCommand(program);
  addLoginCommands(program);
  addRuntimesCommand(program);
  addSnapshotCommand(program);
  addActionCommands(program);
  return program;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  return 'unknown';
}
