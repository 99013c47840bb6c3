import type { IssuedToken, TokenRecord } from '@borescope/server/administration';
import { type Command, Option } from 'commander';
import { administer, organizationNamed, type StoreFlags, storeOptions } from '../administration.ts';
import { Failure, UsageError } from '../failure.ts';
import { namesOption } from '../names-option.ts';
import { print, printJson, table, when } from '../output.ts';

type TokenKind = TokenRecord['kind'];
type Role = TokenRecord['role'];

interface Common extends StoreFlags {
  organization: string;
  json?: true;
}

interface CreateFlags extends Common {
  kind: TokenKind;
  name: string;
  role?: Role;
  owner?: string;
  services?: string;
  environments?: string;
  expires?: string;
}

export function addTokenCommands(program: Command): void {
  const token = program.command('token').description('Manage the tokens of an organization').enablePositionalOptions();
  common(token.command('create').description('Make a token; its text is shown once'))
    .addOption(new Option('--kind <kind>').choices(['mcp', 'agent', 'admin']).makeOptionMandatory())
    .requiredOption('--name <name>', 'what it is for, up to 128 characters')
    .addOption(
      new Option('--role <role>', 'default: developer for mcp, admin for admin').choices([
        'viewer',
        'developer',
        'admin',
      ]),
    )
    .option('--owner <email>', 'the user whose it is: it ends with the account, and has no more rights than it')
    .option('--services <names>', 'bind it to these services, separated by commas')
    .option('--environments <names>', 'bind it to these environments, separated by commas')
    .option('--expires <time>', 'how long it holds: 90s, 30m, 24h, 30d (for ever)')
    .action(create);
  common(token.command('list').description('List tokens, without their text')).action(list);
  common(
    token.command('revoke <id>').description('End a token now: its streams and sockets close within a second'),
  ).action(revoke);
  common(token.command('rotate <id>').description('Make a new token with the same rights, and let the old one end'))
    .option('--overlap <time>', 'how long the old one still holds; 0s ends it now', '10m')
    .action(rotate);
}

function common(command: Command): Command {
  return storeOptions(command)
    .option('--organization <name>', 'the organization', 'default')
    .option('--json', 'print JSON');
}

async function create(flags: CreateFlags): Promise<void> {
  if (flags.name === '' || flags.name.length > 128) throw new UsageError('--name: 1 to 128 characters');
  if (flags.kind === 'agent' && flags.owner !== undefined) {
    throw new UsageError('--owner: an agent token belongs to a service, and would end with the account');
  }
  if (flags.kind === 'agent' && flags.role !== undefined) {
    throw new UsageError('--role: an agent token has no role, it only attaches runtimes');
  }
  const lifetimeMs = flags.expires === undefined ? undefined : await duration('--expires', flags.expires);
  if (lifetimeMs === 0) throw new UsageError('--expires: must be longer than 0');
  const services = namesOption('--services', flags.services);
  const environments = namesOption('--environments', flags.environments);
  await administer(flags, async ({ store, tokens, users, named }) => {
    const organization = await organizationNamed(store, flags.organization);
    const owner = flags.owner === undefined ? undefined : await users.byEmail(flags.owner.trim());
    if (flags.owner !== undefined && owner?.organization !== organization.id) {
      throw new Failure(`--owner: there is no account ${JSON.stringify(flags.owner)} in ${flags.organization}`);
    }
    const issued = await tokens.create({
      organization: organization.id,
      kind: flags.kind,
      name: flags.name,
      ...(flags.role !== undefined && { role: flags.role }),
      ...(owner !== undefined && { owner: owner.email }),
      ...(services !== undefined && { services }),
      ...(environments !== undefined && { environments }),
      ...(lifetimeMs !== undefined && { lifetimeMs }),
    });
    show(issued, flags, named);
  });
}

async function list(flags: Common): Promise<void> {
  await administer(flags, async ({ store, tokens }) => {
    const records = await tokens.list((await organizationNamed(store, flags.organization)).id);
    if (flags.json === true) return printJson({ tokens: records.map((record) => shown(record, flags)) });
    const now = Date.now();
    const rows = records.map((record) => [
      record.id,
      record.kind,
      roleOf(record) ?? '-',
      state(record, now),
      when(record.expiresAt),
      when(record.lastUsedAt),
      [...(record.services ?? []), ...(record.environments ?? [])].join(',') || '-',
      record.name,
    ]);
    print(
      rows.length === 0
        ? 'no tokens'
        : table([['ID', 'KIND', 'ROLE', 'STATE', 'EXPIRES', 'LAST USED', 'BOUND TO', 'NAME'], ...rows]),
    );
  });
}

async function revoke(id: string, flags: Common): Promise<void> {
  await administer(flags, async ({ store, tokens }) => {
    const record = await tokens.revoke((await organizationNamed(store, flags.organization)).id, id);
    if (record === undefined) throw new Failure(`there is no token ${JSON.stringify(id)} in ${flags.organization}`);
    if (flags.json === true) printJson(shown(record, flags));
    else print(`revoked ${record.id} (${record.name})`);
  });
}

async function rotate(id: string, flags: Common & { overlap: string }): Promise<void> {
  const overlapMs = await duration('--overlap', flags.overlap);
  await administer(flags, async ({ store, tokens, named }) => {
    const rotated = await tokens.rotate((await organizationNamed(store, flags.organization)).id, id, overlapMs);
    if (rotated === undefined) {
      throw new Failure(`there is no token ${JSON.stringify(id)} that still holds in ${flags.organization}`);
    }
    const { previous } = rotated;
    show(rotated, flags, named, { previous: shown(previous, flags) });
    if (flags.json !== true) {
      print(
        overlapMs === 0
          ? `The old one, ${previous.id}, is revoked.`
          : `The old one, ${previous.id}, holds until ${when(previous.expiresAt)}.`,
      );
    }
  });
}

function show({ token, record }: IssuedToken, flags: Common, named: string, rest: object = {}): void {
  if (flags.json === true) {
    printJson({ token, ...shown(record, flags), ...rest });
    return;
  }
  print(token);
  process.stderr.write(
    `${record.id}: ${record.kind} token ${JSON.stringify(record.name)} in ${named}. Its text is shown only now.\n`,
  );
}

/** Without the hash: nothing outside the store needs it. */
function shown(record: TokenRecord, flags: Common) {
  const { hash: _hash, organization: _id, role: _role, createdAt, expiresAt, revokedAt, lastUsedAt, ...rest } = record;
  const role = roleOf(record);
  return {
    ...rest,
    ...(role !== undefined && { role }),
    organization: flags.organization,
    state: state(record, Date.now()),
    created_at: when(createdAt),
    ...(expiresAt !== undefined && { expires_at: when(expiresAt) }),
    ...(revokedAt !== undefined && { revoked_at: when(revokedAt) }),
    ...(lastUsedAt !== undefined && { last_used_at: when(lastUsedAt) }),
  };
}

/** A token of an agent has no role: it only attaches runtimes. */
function roleOf({ kind, role }: TokenRecord): Role | undefined {
  return kind === 'agent' ? undefined : role;
}

function state(record: TokenRecord, now: number): string {
  if (record.revokedAt !== undefined) return 'revoked';
  return record.expiresAt !== undefined && record.expiresAt <= now ? 'expired' : 'active';
}

async function duration(flag: string, text: string): Promise<number> {
  const { parseDuration } = await import('@borescope/server/administration');
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new UsageError(`${flag}: a time such as 90s, 30m, 24h or 30d`);
  return milliseconds;
}
