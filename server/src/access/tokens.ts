import { z } from 'zod';
import type { Store, TokenRecord } from '../store/store.ts';
import type { Caller, Role, TokenKind } from './caller.ts';
import { lowerRole } from './grants.ts';
import { mintToken, tokenHash, tokenKind } from './token-format.ts';
import { createUsers, type User } from './users.ts';

/** What a token is made of. Names of services and environments bind it to those; absent: all. */
export interface TokenRequest {
  readonly organization: string;
  readonly kind: TokenKind;
  readonly name: string;
  /** Absent: `developer` for `mcp`, `admin` for `admin`, `viewer` for `agent` (an agent calls nothing). */
  readonly role?: Role;
  /** E-mail address of the user whose it is, in lower case: it ends with the user, and never has more rights. */
  readonly owner?: string;
  readonly services?: readonly string[];
  readonly environments?: readonly string[];
  /** Milliseconds from now; absent: it does not expire. */
  readonly lifetimeMs?: number;
}

/** The only time that the plaintext is there. */
export interface IssuedToken {
  readonly token: string;
  readonly record: TokenRecord;
}

/** Why a text is no credential. `malformed` is told without a look-up. */
export type Refusal = 'malformed' | 'unknown' | 'revoked' | 'expired' | 'owner gone';

export type Verification =
  | { readonly ok: true; readonly caller: Caller; readonly record: TokenRecord }
  | { readonly ok: false; readonly refusal: Refusal };

export interface Tokens {
  create(request: TokenRequest): Promise<IssuedToken>;
  list(organization: string): Promise<TokenRecord[]>;
  /** Undefined where the organization has no such token. */
  revoke(organization: string, id: string): Promise<TokenRecord | undefined>;
  /**
   * A new token with the same rights and a new plaintext; the old one ends after `overlapMs` (0: it is revoked now).
   * Undefined where there is no such token, or it has already ended.
   */
  rotate(
    organization: string,
    id: string,
    overlapMs: number,
  ): Promise<(IssuedToken & { previous: TokenRecord }) | undefined>;
  /** Looks at the store every time, so that a revocation holds on the next request. */
  verify(plaintext: string): Promise<Verification>;
  /** The caller that a token stands for now; undefined where it holds no more. */
  current(organization: string, id: string): Promise<Caller | undefined>;
}

/** Of a token that is made without one. */
export const DEFAULT_ROLE: Readonly<Record<TokenKind, Role>> = { mcp: 'developer', agent: 'viewer', admin: 'admin' };

/** Kind of the documents that tell how long a token was meant to live that ends sooner, because it was rotated. */
const ROTATED = 'rotated-token';
const rotated = z.object({ lifetimeMs: z.number().optional() });

/** Milliseconds. Last use is coarse: a write for every request would cost more than the request. */
const LAST_USE_STEP = 60_000;

export interface TokensOptions {
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly random: (bytes: number) => Buffer;
}

export function createTokens({ store, clock, random }: TokensOptions): Tokens {
  const users = createUsers({ documents: store.documents, clock, random });

  /** Why it does not hold now, or the caller that it stands for. */
  async function standing(record: TokenRecord): Promise<Exclude<Refusal, 'malformed' | 'unknown'> | Caller> {
    const refusal = ending(record, clock());
    if (refusal !== undefined) return refusal;
    if (record.owner === undefined) return callerOf(record);
    const owner = await users.byEmail(record.owner);
    const same = owner?.organization === record.organization && owner.createdAt <= record.createdAt;
    // Who has the address of a user that was removed has not the user's tokens.
    if (owner === undefined || !same || owner.disabled === true) return 'owner gone';
    return callerOf(record, owner);
  }

  async function issue(fields: Omit<TokenRecord, 'id' | 'hash' | 'createdAt'>, now: number): Promise<IssuedToken> {
    const token = mintToken(fields.kind, random);
    const id = `tok_${random(12).toString('hex')}`;
    const record: TokenRecord = { ...fields, id, hash: tokenHash(token), createdAt: now };
    await store.tokens.create(fields.organization, record);
    return { token, record };
  }

  /**
   * Milliseconds that it was made for; undefined: for ever. One that was rotated ends with the overlap, which was not meant when
   * it was made: whoever has lost the new one, and rotates once more, gets one that lives as long as the first.
   */
  async function meantLifetime({ organization, id, createdAt, expiresAt }: TokenRecord): Promise<number | undefined> {
    const found = await store.documents.get(organization, ROTATED, id);
    if (found !== undefined) return rotated.parse(found.value).lifetimeMs;
    return expiresAt === undefined ? undefined : expiresAt - createdAt;
  }

  return {
    async create(request) {
      const now = clock();
      return issue(
        {
          organization: request.organization,
          kind: request.kind,
          name: request.name,
          role: request.role ?? DEFAULT_ROLE[request.kind],
          ...(request.owner !== undefined && { owner: request.owner }),
          ...(request.services !== undefined && { services: request.services }),
          ...(request.environments !== undefined && { environments: request.environments }),
          ...(request.lifetimeMs !== undefined && { expiresAt: now + request.lifetimeMs }),
        },
        now,
      );
    },

    list: (organization) => store.tokens.list(organization),

    revoke: (organization, id) => store.tokens.revoke(organization, id, clock()),

    async rotate(organization, id, overlapMs) {
      const now = clock();
      const old = await store.tokens.get(organization, id);
      if (old === undefined || ending(old, now) !== undefined) return undefined;
      const { id: _id, hash: _hash, createdAt: _created, revokedAt: _revoked, lastUsedAt: _used, ...rest } = old;
      const { expiresAt, ...rights } = rest;
      const lifetimeMs = await meantLifetime(old);
      const next = await issue({ ...rights, ...(lifetimeMs !== undefined && { expiresAt: now + lifetimeMs }) }, now);
      const end = Math.min(now + overlapMs, expiresAt ?? Number.POSITIVE_INFINITY);
      // Where it is there already this is another rotation of the same token.
      await store.documents.put(
        organization,
        ROTATED,
        { id, value: { ...(lifetimeMs !== undefined && { lifetimeMs }) }, expiresAt: end },
        0,
      );
      const previous =
        overlapMs === 0
          ? await store.tokens.revoke(organization, id, now)
          : await store.tokens.setExpiry(organization, id, end);
      return { ...next, previous: previous ?? old };
    },

    async verify(plaintext) {
      if (tokenKind(plaintext) === undefined) return { ok: false, refusal: 'malformed' };
      const record = await store.tokens.byHash(tokenHash(plaintext));
      if (record === undefined) return { ok: false, refusal: 'unknown' };
      const found = await standing(record);
      if (typeof found === 'string') return { ok: false, refusal: found };
      const now = clock();
      if (record.lastUsedAt === undefined || now - record.lastUsedAt >= LAST_USE_STEP) {
        // A store that cannot write must not lock out those who only read: the next request tries again.
        await store.tokens.used(record.organization, record.id, now).catch(() => undefined);
      }
      return { ok: true, record, caller: found };
    },

    async current(organization, id) {
      const record = await store.tokens.get(organization, id);
      const found = record && (await standing(record));
      return typeof found === 'string' ? undefined : found;
    },
  };
}

/** Why a stored token is over at `now`, or undefined where it holds. */
function ending(record: TokenRecord, now: number): 'revoked' | 'expired' | undefined {
  if (record.revokedAt !== undefined) return 'revoked';
  return record.expiresAt !== undefined && record.expiresAt <= now ? 'expired' : undefined;
}

function callerOf(record: TokenRecord, owner?: User): Caller {
  const services = inBoth(record.services, owner?.services);
  const environments = inBoth(record.environments, owner?.environments);
  return {
    organization: record.organization,
    tokenId: record.id,
    tokenName: record.name,
    kind: record.kind,
    role: owner === undefined ? record.role : lowerRole(record.role, owner.role),
    ...(owner !== undefined && { user: owner.email }),
    ...(services !== undefined && { services }),
    ...(environments !== undefined && { environments }),
  };
}

/** Names that both are bound to; undefined is bound to none, which is all. */
function inBoth(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined {
  return a === undefined || b === undefined ? (a ?? b) : a.filter((name) => b.includes(name));
}
