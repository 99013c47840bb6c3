import type { Command } from 'commander';
import type { AdministrationApi } from '../api/administration-api.ts';
import { type ApiFlags, apiOptions, withApi } from '../api/with-api.ts';
import { UsageError } from '../failure.ts';
import { readJsonFile } from '../json-file.ts';
import { print, printJson, table } from '../output.ts';

export function addPolicyCommands(program: Command): void {
  const policy = program
    .command('policy')
    .description('Say where a person has to approve, what may never be inspected, and who may do what');
  apiOptions(policy.command('show').description('Print the policy as JSON, as set takes it')).action(show);
  apiOptions(
    policy.command('set <file>').description('Replace the policy by the JSON in a file, - for stdin; {} lifts it'),
  ).action(set);
  apiOptions(
    policy.command('check <file>').description('Say what the policy in a file would do, and change nothing'),
  ).action(check);
  apiOptions(
    policy
      .command('preview [file]')
      .description('Say what the policy in a file, or the one that holds, would hide in a sample, and change nothing')
      .requiredOption('--sample <file>', 'JSON to hide things in, - for stdin')
      .option('--environment <name>', 'in which it is captured'),
  ).action(preview);
  apiOptions(
    policy.command('warnings').description('List what agents have sent and only the broker has hidden, for seven days'),
  ).action(warnings);
}

async function show(flags: ApiFlags): Promise<void> {
  const { getPolicy } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const found = await api.call(getPolicy, {});
    if (flags.json === true) return printJson(found);
    printJson(found.policy);
    process.stderr.write(found.version === 0 ? 'no policy was set\n' : `version ${found.version}\n`);
  });
}

async function set(file: string, flags: ApiFlags): Promise<void> {
  const { setPolicy } = await import('@borescope/server/administration');
  const document = await readJsonFile(file);
  await withApi(flags, async (api) => {
    // Whatever is there: it may be one that this version cannot read.
    const changed = await api.send(setPolicy, document, 'any');
    if (flags.json === true) return printJson(changed);
    await explain(api, changed.policy);
    print(`this is version ${changed.version} of the policy of ${api.organization}`);
  });
}

async function check(file: string, flags: ApiFlags): Promise<void> {
  const { checkPolicy } = await import('@borescope/server/administration');
  const document = await readJsonFile(file);
  await withApi(flags, async (api) => {
    if (flags.json === true) return printJson(await api.send(checkPolicy, document));
    await explain(api, document);
  });
}

async function preview(
  file: string | undefined,
  flags: ApiFlags & { readonly sample: string; readonly environment?: string },
): Promise<void> {
  const { previewPolicy } = await import('@borescope/server/administration');
  if (file === '-' && flags.sample === '-') throw new UsageError('--sample: only one of the two can be stdin');
  const policy = file === undefined ? undefined : await readJsonFile(file);
  const sample = await readJsonFile(flags.sample);
  const { environment } = flags;
  const asked = { sample, ...(file !== undefined && { policy }), ...(environment !== undefined && { environment }) };
  await withApi(flags, async (api) => {
    const found = await api.send(previewPolicy, asked);
    if (flags.json === true) return printJson(found);
    printJson(found.shown);
    const { mode, hidden, ms } = found;
    const kinds = hidden.map(({ kind, count, by }) => `${count} ${kind}${by === 'broker' ? ' (by the broker)' : ''}`);
    process.stderr.write(`mode ${mode}, hidden: ${kinds.length === 0 ? 'nothing' : kinds.join(', ')}; ${ms} ms\n`);
  });
}

async function warnings(flags: ApiFlags): Promise<void> {
  const { listRedactionWarnings } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const found = await api.call(listRedactionWarnings, {});
    if (flags.json === true) return printJson(found);
    if (found.warnings.length === 0)
      return print('nothing: what agents have sent in the last seven days was hidden there');
    const rows = found.warnings.map(({ service, environment = '', last_at: last, kinds }) => {
      const hidden = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
      return [service, environment, last, hidden.join(', ')];
    });
    print(table([['SERVICE', 'ENVIRONMENT', 'LAST', 'HIDDEN ONLY BY THE BROKER'], ...rows]));
  });
}

async function explain(api: AdministrationApi, policy: unknown): Promise<void> {
  const { checkPolicy } = await import('@borescope/server/administration');
  const { effects, runtimes, runtimes_to_approve: toApprove } = await api.send(checkPolicy, policy);
  for (const effect of effects) print(effect);
  if (toApprove > 0) print(`${toApprove} of ${runtimes} runtimes that are attached now need an approval.`);
}
