import type { TokenView } from '@borescope/server/administration';
import { type Command, Option } from 'commander';
import type { AdministrationApi } from '../api/administration-api.ts';
import { type ApiFlags, apiOptions, withApi } from '../api/with-api.ts';
import { UsageError } from '../failure.ts';
import { nameOption, namesOption } from '../names-option.ts';
import { print, printJson, table } from '../output.ts';

interface CreateFlags extends ApiFlags {
  kind: TokenView['kind'];
  name: string;
  role?: NonNullable<TokenView['role']>;
  owner?: string;
  services?: string;
  environments?: string;
  expires?: string;
}

export function addTokenCommands(program: Command): void {
  const token = program.command('token').description('Manage the tokens of an organization').enablePositionalOptions();
  apiOptions(token.command('create').description('Make a token; its text is shown once'))
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
  apiOptions(token.command('list').description('List tokens, without their text')).action(list);
  apiOptions(
    token.command('revoke <id>').description('End a token now: its streams and sockets close within a second'),
  ).action(revoke);
  apiOptions(token.command('rotate <id>').description('Make a new token with the same rights, and let the old one end'))
    .option('--overlap <time>', 'how long the old one still holds; 0s ends it now', '10m')
    .action(rotate);
}

async function create(flags: CreateFlags): Promise<void> {
  const { createToken } = await import('@borescope/server/administration');
  await nameOption('--name', flags.name);
  if (flags.kind === 'agent' && flags.owner !== undefined) {
    throw new UsageError('--owner: an agent token belongs to a service, and would end with the account');
  }
  if (flags.kind === 'agent' && flags.role !== undefined) {
    throw new UsageError('--role: an agent token has no role, it only attaches runtimes');
  }
  const seconds = flags.expires === undefined ? undefined : (await duration('expires', flags.expires)) / 1000;
  if (seconds === 0) throw new UsageError('--expires: must be longer than 0');
  const services = namesOption('--services', flags.services);
  const environments = namesOption('--environments', flags.environments);
  await withApi(flags, async (api) => {
    const issued = await api.call(createToken, {
      kind: flags.kind,
      name: flags.name,
      ...(flags.role !== undefined && { role: flags.role }),
      ...(flags.owner !== undefined && { owner: flags.owner }),
      ...(services !== undefined && { services }),
      ...(environments !== undefined && { environments }),
      ...(seconds !== undefined && { expires_in_seconds: seconds }),
    });
    show(issued, flags, api);
  });
}

async function list(flags: ApiFlags): Promise<void> {
  const { listTokens } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const { organization } = api;
    const { tokens } = await api.call(listTokens, {});
    if (flags.json === true) return printJson({ tokens: tokens.map((token) => ({ ...token, organization })) });
    const rows = tokens.map((token) => [
      token.id,
      token.kind,
      token.role ?? '-',
      token.state,
      token.expires_at ?? '-',
      token.last_used_at ?? '-',
      [...(token.services ?? []), ...(token.environments ?? [])].join(',') || '-',
      token.owner ?? '-',
      token.name,
    ]);
    const head = ['ID', 'KIND', 'ROLE', 'STATE', 'EXPIRES', 'LAST USED', 'BOUND TO', 'OWNER', 'NAME'];
    print(rows.length === 0 ? 'no tokens' : table([head, ...rows]));
  });
}

async function revoke(id: string, flags: ApiFlags): Promise<void> {
  const { revokeToken } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const revoked = await api.call(revokeToken, { id });
    if (flags.json === true) printJson({ ...revoked, organization: api.organization });
    else print(`revoked ${revoked.id} (${revoked.name})`);
  });
}

async function rotate(id: string, flags: ApiFlags & { overlap: string }): Promise<void> {
  const { rotateToken } = await import('@borescope/server/administration');
  const seconds = (await duration('overlap', flags.overlap)) / 1000;
  await withApi(flags, async (api) => {
    const rotated = await api.call(rotateToken, { id, overlap_seconds: seconds });
    show(rotated, flags, api);
    if (flags.json === true) return;
    const { previous } = rotated;
    print(
      previous.state === 'revoked'
        ? `The old one, ${previous.id}, is revoked.`
        : `The old one, ${previous.id}, holds until ${previous.expires_at ?? 'it is revoked'}.`,
    );
  });
}

function show(
  issued: TokenView & { token: string },
  flags: ApiFlags,
  { organization, named }: AdministrationApi,
): void {
  if (flags.json === true) {
    printJson({ ...issued, organization });
    return;
  }
  print(issued.token);
  process.stderr.write(
    `${issued.id}: ${issued.kind} token ${JSON.stringify(issued.name)} in ${named}. Its text is shown only now.\n`,
  );
}

/** Milliseconds, within what the option takes. */
async function duration(option: 'expires' | 'overlap', text: string): Promise<number> {
  const { parseDuration, TOKEN_DAYS } = await import('@borescope/server/administration');
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new UsageError(`--${option}: a time such as 90s, 30m, 24h or 30d`);
  const most = `${TOKEN_DAYS[option]}d`;
  if (milliseconds > (parseDuration(most) ?? 0)) throw new UsageError(`--${option}: at most ${most}`);
  return milliseconds;
}
