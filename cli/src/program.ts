import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addActionCommands } from './commands/actions.ts';
import { addApprovalsCommands } from './commands/approvals.ts';
import { addAuditCommands } from './commands/audit.ts';
import { addLoginCommands } from './commands/login.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addOrganizationCommands } from './commands/organization.ts';
import { addPolicyCommands } from './commands/policy.ts';
import { addQuotaCommands } from './commands/quota.ts';
import { addReadOnlyCommands } from './commands/read-only.ts';
import { addRuntimesCommand } from './commands/runtimes.ts';
import { addSecretCommands } from './commands/secret.ts';
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
        'BORESCOPE_TOKEN, an mcp token, or as who has signed in with login; commands with --broker with BORESCOPE_ADMIN_TOKEN, ' +
        'or as who has signed in with login --admin\nExit codes: 0 done, 1 the work failed, 2 wrong usage, 130 interrupted',
    );
  addServeCommand(program);
  addTokenCommands(program);
  addUserCommands(program);
  addOrganizationCommands(program);
  addPolicyCommands(program);
  addQuotaCommands(program);
  addApprovalsCommands(program);
  addReadOnlyCommands(program);
  addAuditCommands(program);
  addSecretCommands(program);
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
