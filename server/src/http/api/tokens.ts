import { z } from 'zod';
import { DEFAULT_ROLE } from '../../access/tokens.ts';
import type { User } from '../../access/users.ts';
import type { TokenRecord } from '../../store/store.ts';
import { HttpError } from '../http-error.ts';
import { type ApiCaller, isApplication } from './api-caller.ts';
import type { AdministrationContext } from './api-context.ts';
import { defineRoute, noSuch } from './api-route.ts';
import { isWithin, requireMayGive } from './bounds.ts';
import { boundField, idField, isoTime, nameField, nothing, roleField, timeField } from './fields.ts';

const DAY = 24 * 60 * 60;
/** Days that a token holds at most where it expires, and that a rotated one still holds at most. */
export const TOKEN_DAYS = { expires: 3_650, overlap: 30 } as const;
const kindField = z.enum(['mcp', 'agent', 'admin']);

export const tokenView = z.object({
  id: z.string(),
  kind: kindField,
  role: roleField.optional().describe('Not of an agent: it calls nothing.'),
  name: z.string(),
  owner: z.string().optional().describe('E-mail address of the user whose it is.'),
  services: boundField.optional(),
  environments: boundField.optional(),
  state: z.enum(['active', 'expired', 'revoked']),
  created_at: timeField,
  expires_at: timeField.optional(),
  revoked_at: timeField.optional(),
  last_used_at: timeField.optional().describe('To the minute.'),
});

export type TokenView = z.infer<typeof tokenView>;

export const issuedToken = tokenView.extend({
  token: z.string().describe('The token itself. It is shown only now, and nowhere stored.'),
});

export const listTokens = defineRoute({
  id: 'listTokens',
  method: 'GET',
  path: '/api/tokens',
  need: 'admin',
  summary: 'Tokens of the organization, without their text',
  description: 'Also those that have ended. A caller that is bound sees those that reach no further than it does.',
  input: nothing,
  output: z.object({ tokens: z.array(tokenView) }),
  async run(_input, { tokens, caller, now }: AdministrationContext) {
    const found = (await tokens.list(caller.organization)).filter((record) => isWithin(caller, record));
    return { tokens: found.map((record) => viewOf(record, now())) };
  },
});

export const createToken = defineRoute({
  id: 'createToken',
  method: 'POST',
  path: '/api/tokens',
  need: 'admin',
  summary: 'Make a token',
  description:
    'It reaches no further than the caller: one that is bound makes tokens that are bound to the same or less, and an application those whose role may do no more than the person has let it do. What an application makes, but for an agent, belongs to the person where no other owner is named.',
  status: 201,
  errors: ['NOT_FOUND'],
  input: z
    .strictObject({
      kind: kindField.describe('mcp: for assistants. agent: for runtimes. admin: for this API.'),
      name: nameField.describe('What it is for.'),
      role: roleField.optional().describe('Default: developer for mcp, admin for admin.'),
      owner: z
        .string()
        .min(1)
        .max(254)
        .optional()
        .describe('E-mail address of the user whose it is: it ends with the account, and has no more rights than it.'),
      services: boundField.optional(),
      environments: boundField.optional(),
      expires_in_seconds: z
        .int()
        .min(1)
        .max(TOKEN_DAYS.expires * DAY)
        .optional()
        .describe('Not given: it does not expire.'),
    })
    .refine(({ kind, role }) => kind !== 'agent' || role === undefined, {
      path: ['role'],
      error: 'an agent token has no role, it only attaches runtimes',
    })
    .refine(({ kind, owner }) => kind !== 'agent' || owner === undefined, {
      path: ['owner'],
      error: 'an agent token belongs to a service, and would end with the account',
    }),
  output: issuedToken,
  async run(input, { administration, users, caller, now }: AdministrationContext) {
    const { kind, name, role = DEFAULT_ROLE[kind], services, environments, expires_in_seconds: seconds } = input;
    requireMayGive(caller, 'token', { ...(kind !== 'agent' && { role }), services, environments });
    const email = input.owner?.trim() ?? ownerOf(caller, kind);
    const owner = email === undefined ? undefined : await users.byEmail(email);
    if (email !== undefined && !mayOwn(caller, owner)) throw noSuch('account', 'GET /api/users');
    const issued = await administration.createToken(caller.actor, {
      organization: caller.organization,
      kind,
      name,
      ...(input.role !== undefined && { role: input.role }),
      ...(owner !== undefined && { owner: owner.email }),
      ...(services !== undefined && { services }),
      ...(environments !== undefined && { environments }),
      ...(seconds !== undefined && { lifetimeMs: seconds * 1000 }),
    });
    return { ...viewOf(issued.record, now()), token: issued.token };
  },
});

export const revokeToken = defineRoute({
  id: 'revokeToken',
  method: 'DELETE',
  path: '/api/tokens/{id}',
  need: 'admin',
  summary: 'Revoke a token',
  description:
    'It holds on the next request no more; its streams and the sockets of its agents close within a second. A second call changes nothing.',
  errors: ['NOT_FOUND'],
  input: z.strictObject({ id: idField }),
  output: tokenView,
  async run({ id }, context: AdministrationContext) {
    const { administration, caller, now } = context;
    await requireToken(context, id);
    const revoked = await administration.revokeToken(caller.actor, caller.organization, id);
    if (revoked === undefined) throw noSuchToken();
    return viewOf(revoked, now());
  },
});

export const rotateToken = defineRoute({
  id: 'rotateToken',
  method: 'POST',
  path: '/api/tokens/{id}/rotate',
  need: 'admin',
  summary: 'Make a new token with the same rights, and let the old one end',
  description:
    'One that has ended already is not found. An application rotates only what it could make: what has an owner, or is of an agent.',
  errors: ['NOT_FOUND'],
  input: z.strictObject({
    id: idField,
    overlap_seconds: z
      .int()
      .min(0)
      .max(TOKEN_DAYS.overlap * DAY)
      .default(600)
      .describe('How long the old one still holds; 0 revokes it now.'),
  }),
  output: issuedToken.extend({ previous: tokenView }),
  async run({ id, overlap_seconds: overlap }, context: AdministrationContext) {
    const { administration, caller, now } = context;
    const { kind, owner, ...rights } = await requireToken(context, id);
    if (kind !== 'agent') {
      requireMayGive(caller, 'token', rights);
      if (isApplication(caller) && owner === undefined) throw ownerless();
    }
    const rotated = await administration.rotateToken(caller.actor, caller.organization, id, overlap * 1000);
    if (rotated === undefined) throw noSuchToken();
    const { token, record, previous } = rotated;
    return { ...viewOf(record, now()), token, previous: viewOf(previous, now()) };
  },
});

/** One that reaches further than the caller is none of its business: the text of a new one would be its own escalation. */
async function requireToken({ store, caller }: AdministrationContext, id: string): Promise<TokenRecord> {
  const found = await store.tokens.get(caller.organization, id);
  if (found === undefined || !isWithin(caller, found)) throw noSuchToken();
  return found;
}

/** A sign-in ends within weeks, and what it makes does not: so that it ends with the account at the latest, it has an owner. */
function ownerOf(caller: ApiCaller, kind: TokenRecord['kind']): string | undefined {
  return isApplication(caller) && kind !== 'agent' ? caller.actor.user : undefined;
}

/**
 * One that reaches further than the caller is none of its business, as everywhere: what the token does would be told in the name of
 * that person. Nobody is kept from their own, by a token that is bound closer than their account.
 */
function mayOwn(caller: ApiCaller, owner: User | undefined): boolean {
  if (owner?.organization !== caller.organization) return false;
  return isWithin(caller, owner) || owner.email === caller.actor.user;
}

function ownerless(): HttpError {
  return new HttpError(
    'FORBIDDEN',
    'this token belongs to nobody, and what an application makes ends with a person',
    'Rotate it with a token of the kind admin, or on the store.',
  );
}

function noSuchToken(): HttpError {
  return noSuch('token', 'GET /api/tokens');
}

/** Without the hash: nothing outside the store needs it. */
export function viewOf(record: TokenRecord, now: number): TokenView {
  const { id, kind, role, name, owner, services, environments, createdAt, expiresAt, revokedAt, lastUsedAt } = record;
  return {
    id,
    kind,
    ...(kind !== 'agent' && { role }),
    name,
    ...(owner !== undefined && { owner }),
    ...(services !== undefined && { services: [...services] }),
    ...(environments !== undefined && { environments: [...environments] }),
    state: stateOf(record, now),
    created_at: isoTime(createdAt),
    ...(expiresAt !== undefined && { expires_at: isoTime(expiresAt) }),
    ...(revokedAt !== undefined && { revoked_at: isoTime(revokedAt) }),
    ...(lastUsedAt !== undefined && { last_used_at: isoTime(lastUsedAt) }),
  };
}

function stateOf({ revokedAt, expiresAt }: TokenRecord, now: number): TokenView['state'] {
  if (revokedAt !== undefined) return 'revoked';
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active';
}
