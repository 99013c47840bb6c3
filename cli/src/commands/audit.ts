import { once } from 'node:events';
import type { Command } from 'commander';
import { type ApiFlags, apiOptions, withApi } from '../api/with-api.ts';
import { Failure, UsageError } from '../failure.ts';
import { print, printJson } from '../output.ts';

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('What was done in an organization, and by whom');
  apiOptions(
    audit
      .command('verify')
      .description('Check that nothing of it was changed, dropped, moved or cut off; exits with 1 where something was'),
  )
    .option('--anchor <sequence:mac>', 'what an earlier check has printed: shows that nothing up to it is missing')
    .action(verify);
  apiOptions(audit.command('export').description('Print it as JSON lines; that is an entry of it, too'))
    .option('--after <sequence>', 'only entries behind this one')
    .action(exportLines);
}

async function verify(flags: ApiFlags & { anchor?: string }): Promise<void> {
  const { verifyAudit } = await import('@borescope/server/administration');
  if (flags.anchor !== undefined && !/^(\d{1,15}:[0-9a-f]{64}|0:)$/.test(flags.anchor)) {
    throw new UsageError('--anchor: SEQUENCE:MAC, as an earlier check has printed it');
  }
  await withApi(flags, async (api) => {
    const { anchor } = flags;
    const found = await api.call(verifyAudit, { ...(anchor !== undefined && { anchor }) });
    if (flags.json === true) printJson(found);
    const { entries, flaw, warning } = found;
    if (flaw !== undefined) {
      throw new Failure(
        `the audit of ${api.organization} is not as it was written: entry ${flaw.sequence}: ${flaw.problem}; ${entries} entries before it are right`,
      );
    }
    if (warning !== undefined) process.stderr.write(`warning: the audit of ${api.organization}: ${warning}\n`);
    if (flags.json === true) return;
    const how = warning === undefined ? `is as it was written: ${entries} entries` : 'has no entries';
    print(`the audit of ${api.organization} ${how}`);
    print(`anchor ${found.anchor}`);
  });
}

async function exportLines(flags: ApiFlags & { after?: string }): Promise<void> {
  const { exportAudit } = await import('@borescope/server/administration');
  if (flags.after !== undefined && !/^\d{1,15}$/.test(flags.after)) {
    throw new UsageError('--after: the sequence of an entry, a whole number');
  }
  await withApi(flags, async (api) => {
    const { after } = flags;
    for await (const line of api.lines(exportAudit, { ...(after !== undefined && { after }) })) {
      if (!process.stdout.write(`${JSON.stringify(line)}\n`)) await once(process.stdout, 'drain');
    }
  });
}
