import type { ApprovalView } from '@borescope/server/administration';
import { type Command, Option } from 'commander';
import { type ApiFlags, apiOptions, withApi } from '../api/with-api.ts';
import { print, printJson, table } from '../output.ts';

interface ListFlags extends ApiFlags {
  state?: ApprovalView['state'];
}

interface DecideFlags extends ApiFlags {
  reason?: string;
}

export function addApprovalsCommands(program: Command): void {
  const approvals = program.command('approvals').description('Decide about probes that need a person who says yes');
  apiOptions(approvals.command('list').description('List the requests that have not expired'))
    .addOption(new Option('--state <state>', 'only those').choices(['waiting', 'approved', 'denied', 'used']))
    .action(list);
  apiOptions(approvals.command('show <id>').description('Print what is asked for')).action(show);
  const why = ['--reason <text>', 'told to who asked, and kept in the audit'] as const;
  apiOptions(approvals.command('approve <id>').description('Let the probe be placed, once'))
    .option(...why)
    .action((id: string, flags: DecideFlags) => decide(id, 'approve', flags));
  apiOptions(approvals.command('deny <id>').description('Refuse it'))
    .option(...why)
    .action((id: string, flags: DecideFlags) => decide(id, 'deny', flags));
}

async function list(flags: ListFlags): Promise<void> {
  const { listApprovals } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const found = await api.call(listApprovals, { ...(flags.state !== undefined && { state: flags.state }) });
    if (flags.json === true) return printJson(found);
    const rows = found.approvals.map(({ id, state, by, user, token_name: token, request, expires_at: until }) => [
      id,
      state,
      by,
      user ?? token,
      `${request.kind} ${request.file}:${request.line}`,
      request.environments.join(','),
      until,
    ]);
    const head = ['ID', 'STATE', 'BY', 'ASKED BY', 'WHAT', 'ENVIRONMENTS', 'UNTIL'];
    print(rows.length === 0 ? 'no requests' : table([head, ...rows]));
  });
}

async function show(id: string, flags: ApiFlags): Promise<void> {
  const { getApproval } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const found = await api.call(getApproval, { id });
    if (flags.json === true) return printJson(found);
    const { request } = found;
    const lines: [string, string | undefined][] = [
      ['id', found.id],
      ['state', found.state],
      ['asked by', found.user === undefined ? found.token_name : `${found.user} (${found.token_name})`],
      ['decided by', found.by === 'admin' ? 'an admin other than who asks' : 'whoever may place probes'],
      ['until', found.expires_at],
      ['what', request.kind],
      ['where', `${request.file}:${request.line}`],
      ['line', request.source_line],
      ...(request.other_source_lines ?? []).map((text): [string, string] => ['or', text || '(not told)']),
      ['condition', request.condition],
      ...request.expressions.map((expression): [string, string] => ['expression', expression]),
      ['target', request.target],
      ['environments', request.environments.join(', ')],
      ['runtimes', String(request.runtimes)],
      ['hits', `at most ${request.max_hits} in ${request.timeout_seconds} s`],
      ['cost', request.cost],
      ['decision', found.decided_by === undefined ? undefined : `${found.decided_by}, ${found.decided_at ?? ''}`],
      ['reason', found.reason],
    ];
    print(table(lines.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))));
  });
}

async function decide(id: string, what: 'approve' | 'deny', flags: DecideFlags): Promise<void> {
  const { approve, deny } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const route = what === 'approve' ? approve : deny;
    const decided = await api.call(route, { id, ...(flags.reason !== undefined && { reason: flags.reason }) });
    if (flags.json === true) printJson(decided);
    else print(`${decided.state} ${decided.id}`);
  });
}
