import type { Command } from 'commander';
import { type ApiFlags, apiOptions, withApi } from '../api/with-api.ts';
import { UsageError } from '../failure.ts';
import { print, printJson, table } from '../output.ts';

type Json = { [name: string]: unknown };

interface SetFlags extends ApiFlags {
  fromDefaults?: true;
}

export function addQuotaCommands(program: Command): void {
  const quota = program.command('quota').description('Say how much may be asked, placed and captured');
  apiOptions(quota.command('show').description('Print what holds, and which of it was set')).action(show);
  apiOptions(
    quota
      .command('set [quota=value...]')
      .description(
        'Change quotas: organization.actions_per_hour=500, token.calls_per_second=none (without a limit), ' +
          'runtime.hits_per_day=default, tokens.ID.live_actions=5 (of one token)',
      )
      .option('--from-defaults', 'lift all that was set before, also what this version does not understand'),
  ).action(set);
  apiOptions(quota.command('usage').description('Print how much the organization has used')).action(usage);
}

async function show(flags: ApiFlags): Promise<void> {
  const { getQuotas } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const found = await api.call(getQuotas, {});
    if (flags.json === true) return printJson(found);
    print(table([['QUOTA', 'VALUE', ''], ...rowsOf(found.effective, found.quotas), ...tokenRows(found.quotas.tokens)]));
  });
}

async function set(pairs: string[], flags: SetFlags): Promise<void> {
  const changes = pairs.map(parsePair);
  if (changes.length === 0 && flags.fromDefaults !== true)
    throw new UsageError('name a quota, as in token.live_actions=5');
  const { getQuotas, setQuotas } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const { version, quotas } =
      flags.fromDefaults === true ? ({ version: 'any', quotas: {} } as const) : await api.call(getQuotas, {});
    const document: Json = structuredClone(quotas);
    for (const { path, value } of changes) change(document, path, value);
    const changed = await api.send(setQuotas, document, version);
    if (flags.json === true) return printJson(changed);
    print(
      table([
        ['QUOTA', 'VALUE', ''],
        ...rowsOf(changed.effective, changed.quotas),
        ...tokenRows(changed.quotas.tokens),
      ]),
    );
  });
}

async function usage(flags: ApiFlags): Promise<void> {
  const { quotaUsage } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const found = await api.call(quotaUsage, {});
    if (flags.json === true) return printJson(found);
    const rows = found.usage.map(({ quota, used, limit, resets_at: resets }) => [
      quota,
      String(used),
      String(limit),
      resets ?? '-',
    ]);
    print(rows.length === 0 ? 'no quota has a limit' : table([['QUOTA', 'USED', 'OF', 'COUNTED ANEW'], ...rows]));
  });
}

/** `undefined`: as the defaults say; `null`: without a limit. */
function parsePair(pair: string): { path: string[]; value: number | null | undefined } {
  const [, name, text] = /^([a-z_]+(?:\.[A-Za-z0-9_-]+){1,2})=(.+)$/.exec(pair) ?? [];
  if (name === undefined || text === undefined) {
    throw new UsageError(`${JSON.stringify(pair)}: QUOTA=VALUE, such as organization.actions_per_hour=500`);
  }
  const path = name.split('.');
  if (path.includes('__proto__')) throw new UsageError(`${name}: there is no such quota`);
  if (text === 'none') return { path, value: null };
  if (text === 'default') return { path, value: undefined };
  const value = Number(text);
  if (!Number.isFinite(value)) throw new UsageError(`${name}: a number, none or default`);
  return { path, value };
}

function change(document: Json, [name = '', ...rest]: readonly string[], value: number | null | undefined): void {
  if (rest.length === 0) {
    if (value === undefined) delete document[name];
    else document[name] = value;
    return;
  }
  const found = Object.hasOwn(document, name) ? document[name] : undefined;
  const inside: Json = typeof found === 'object' && found !== null ? { ...found } : {};
  change(inside, rest, value);
  if (Object.keys(inside).length === 0) delete document[name];
  else document[name] = inside;
}

function rowsOf(effective: object, set: object): string[][] {
  const chosen = new Map<string, object>(Object.entries(set));
  return Object.entries(effective).flatMap(([whose, limits]: [string, object]) =>
    Object.entries(limits).map(([name, value]) => [
      `${whose}.${name}`,
      written(value),
      Object.hasOwn(chosen.get(whose) ?? {}, name) ? '' : 'default',
    ]),
  );
}

function tokenRows(tokens: object | undefined): string[][] {
  return Object.entries(tokens ?? {}).flatMap(([id, limits]: [string, object]) =>
    Object.entries(limits).map(([name, value]) => [`tokens.${id}.${name}`, written(value), '']),
  );
}

function written(value: unknown): string {
  return value === null ? 'none' : String(value);
}
