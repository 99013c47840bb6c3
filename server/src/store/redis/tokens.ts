import type { TokenRecord, TokenStore } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { keyOf, keysOf, tokenByHash } from './keys.ts';
import { fromJson, toFields, toNumber, toReplies, toReply } from './reply.ts';
import { CHANGE_TOKEN, CREATE_TOKEN, READ_TOKENS } from './scripts/tokens.ts';

/** What changes of a token has a field of its own; the rest is one JSON. */
type Fixed = Omit<TokenRecord, 'expiresAt' | 'revokedAt' | 'lastUsedAt'>;

export function redisTokens({ call, run }: RedisConnection): TokenStore {
  async function get(organization: string, id: string): Promise<TokenRecord | undefined> {
    const fields = await call((redis) => redis.hgetall(keyOf(organization, 'token', id)));
    return toToken(new Map(Object.entries(fields)));
  }

  async function change(organization: string, id: string, field: string, value: number, keep: 'first' | 'last') {
    const fields = await run(CHANGE_TOKEN, keysOf(organization), [id, field, value, keep]);
    return toToken(toFields(toReply(fields)));
  }

  return {
    async create(organization, token) {
      const parameters = tokenFields(token);
      // First the hash: alone it names nothing, whereas a token without it would be listed and never work.
      const owner = ownerOf(organization, token);
      const free = await call((redis) => redis.set(tokenByHash(token.hash), owner, 'NX'));
      if (free === null) throw new Error('a token with this hash exists');
      const made = await run(CREATE_TOKEN, keysOf(organization), [token.id, token.createdAt, ...parameters]);
      if (made !== 1) throw new Error(`a token with the id ${token.id} exists`);
    },
    async byHash(hash) {
      const owner = await call((redis) => redis.get(tokenByHash(hash)));
      return owner === null ? undefined : get(...fromJson<[string, string]>(owner));
    },
    get,
    async list(organization) {
      const rows = toReplies(await run(READ_TOKENS, keysOf(organization), []));
      return rows.flatMap((row) => toToken(toFields(row)) ?? []);
    },
    revoke: (organization, id, at) => change(organization, id, 'revokedAt', at, 'first'),
    setExpiry: (organization, id, expiresAt) => change(organization, id, 'expiresAt', expiresAt, 'last'),
    async used(organization, id, at) {
      await change(organization, id, 'lastUsedAt', at, 'last');
    },
  };
}

/** Field and value by turns. */
export function tokenFields({ expiresAt, revokedAt, lastUsedAt, ...fixed }: TokenRecord): (string | number)[] {
  const fields = Object.entries({ token: JSON.stringify(fixed), expiresAt, revokedAt, lastUsedAt });
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
}

/** What stands behind a hash. */
export function ownerOf(organization: string, { id }: TokenRecord): string {
  return JSON.stringify([organization, id]);
}

function toToken(fields: ReadonlyMap<string, string>): TokenRecord | undefined {
  const fixed = fields.get('token');
  if (fixed === undefined) return undefined;
  const expiresAt = toNumber(fields.get('expiresAt'));
  const revokedAt = toNumber(fields.get('revokedAt'));
  const lastUsedAt = toNumber(fields.get('lastUsedAt'));
  return {
    ...fromJson<Fixed>(fixed),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(revokedAt !== undefined && { revokedAt }),
    ...(lastUsedAt !== undefined && { lastUsedAt }),
  };
}
