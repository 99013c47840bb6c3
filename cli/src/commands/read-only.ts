import type { Command } from 'commander';
import { type ApiFlags, apiOptions, withApi } from '../api/with-api.ts';
import { print, printJson } from '../output.ts';

export function addReadOnlyCommands(program: Command): void {
  const readOnly = program
    .command('read-only')
    .description('Remove every live probe of every organization within a second, and let none be placed');
  apiOptions(readOnly.command('on').description('Switch it on'))
    .requiredOption('--reason <text>', 'shown to whoever is refused')
    .action((flags: ApiFlags & { reason: string }) => change(flags, { on: true, reason: flags.reason }));
  apiOptions(readOnly.command('off').description('Switch it off')).action((flags: ApiFlags) =>
    change(flags, { on: false }),
  );
  apiOptions(readOnly.command('show').description('Say whether it is on')).action(show);
}

async function change(flags: ApiFlags, wanted: { on: boolean; reason?: string }): Promise<void> {
  const { setReadOnly } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => tell(await api.call(setReadOnly, wanted), flags));
}

async function show(flags: ApiFlags): Promise<void> {
  const { getReadOnly } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => tell(await api.call(getReadOnly, {}), flags));
}

interface Mode {
  readonly on: boolean;
  readonly reason: string;
  readonly by?: string | undefined;
  readonly at?: string | undefined;
}

function tell(mode: Mode, { json }: ApiFlags): void {
  const since = mode.by === undefined ? '' : `, by ${mode.by} at ${mode.at ?? '-'}`;
  const why = mode.reason === '' ? '' : ` (${mode.reason})`;
  if (json === true) printJson(mode);
  else print(`read-only mode is ${mode.on ? 'on' : 'off'}${why}${since}`);
}
