/** Where a Redis is, as `BORESCOPE_REDIS_URL` says it. Holds credentials: never to be logged; `named` is for that. */
export interface RedisAddress {
  readonly kind: 'standalone' | 'sentinel' | 'cluster';
  /** The server, the Sentinels, or some nodes of the cluster. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** The master's name at its Sentinels. */
  readonly master?: string;
  readonly username?: string;
  readonly password?: string;
  /** Of the Sentinels, where they ask for it. */
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  /** Index of the database; always 0 in a cluster. */
  readonly database: number;
  readonly tls: boolean;
  /** The address without credentials, for messages and logs. */
  readonly named: string;
}

/** A text that names no Redis. The message says what is wrong and quotes nothing of the text, which may hold a password. */
export class RedisUrlError extends Error {
  override readonly name = 'RedisUrlError';
}

const FORMS =
  'redis://host:6379/0, rediss://host:6379 (TLS), redis+sentinel://host:26379,host:26379/master-name, redis+cluster://host:6379,host:6379';

const SHAPE = /^(rediss?)(\+sentinel|\+cluster)?:\/\/(?:([^@/?]*)@)?([^@/?]+)(\/[^?]*)?(?:\?(.*))?$/;

const DEFAULT_PORT = { standalone: 6379, sentinel: 26379, cluster: 6379 } as const;

/**
 * `redis://`, `rediss://`, and with `+sentinel` or `+cluster` behind the scheme a list of hosts. User, password and names
 * are percent-encoded; `?sentinelUsername=&sentinelPassword=` are those of the Sentinels. Throws `RedisUrlError`.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const [, scheme, variant, credentials = '', hostList = '', path = '', query = ''] = SHAPE.exec(text) ?? [];
  if (scheme === undefined) throw new RedisUrlError(`it must have one of the forms ${FORMS}`);
  const kind = variant === '+sentinel' ? 'sentinel' : variant === '+cluster' ? 'cluster' : 'standalone';
  const hosts = hostList.split(',').map((host) => toHost(host, DEFAULT_PORT[kind]));
  if (kind === 'standalone' && hosts.length > 1) {
    throw new RedisUrlError('several hosts need redis+sentinel:// or redis+cluster://');
  }
  const parts = path.split('/').slice(1).map(decoded);
  const master = kind === 'sentinel' ? parts.shift() : undefined;
  if (kind === 'sentinel' && !master) {
    throw new RedisUrlError("the master's name stands behind the Sentinels: redis+sentinel://host:26379/master-name");
  }
  const database = toDatabase(parts.shift());
  if (parts.length > 0) throw new RedisUrlError(`it must have one of the forms ${FORMS}`);
  if (kind === 'cluster' && database !== 0) throw new RedisUrlError('a cluster has only database 0');
  const [username = '', password = ''] = splitOnce(credentials, ':').map(decoded);
  return {
    kind,
    hosts,
    ...(master !== undefined && { master }),
    ...(username !== '' && { username }),
    ...(password !== '' && { password }),
    ...toSentinelCredentials(kind, query),
    database,
    tls: scheme === 'rediss',
    named: `${scheme}${variant ?? ''}://${hosts.map(toText).join(',')}${path}`,
  };
}

function toHost(text: string, defaultPort: number): { host: string; port: number } {
  // An IPv6 address stands in brackets.
  const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? defaultPort : Number(port);
  if (host === undefined || number < 1 || number > 65_535)
    throw new RedisUrlError('a host and its port cannot be read');
  return { host, port: number };
}

function toText({ host, port }: { host: string; port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function toDatabase(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (!/^\d{1,5}$/.test(text)) throw new RedisUrlError('the database behind the host must be a number');
  return Number(text);
}

function toSentinelCredentials(
  kind: RedisAddress['kind'],
  query: string,
): Pick<RedisAddress, 'sentinelUsername' | 'sentinelPassword'> {
  const known: { sentinelUsername?: string; sentinelPassword?: string } = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (kind !== 'sentinel' || (name !== 'sentinelUsername' && name !== 'sentinelPassword')) {
      throw new RedisUrlError(
        'behind the ? only sentinelUsername and sentinelPassword are known, with redis+sentinel://',
      );
    }
    known[name] = value;
  }
  return known;
}

function splitOnce(text: string, by: string): string[] {
  const at = text.indexOf(by);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlError('it has a % that encodes nothing');
  }
}
