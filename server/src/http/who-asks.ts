import type { FastifyRequest } from 'fastify';
import { type Authentication, authenticate } from '../access/authenticate.ts';
import type { Caller, TokenKind } from '../access/caller.ts';
import type { Credential } from '../access/credentials.ts';
import type { Scope } from '../access/scopes.ts';
import type { Tokens } from '../access/tokens.ts';
import { challenge } from '../oauth/metadata.ts';
import type { OAuth } from '../oauth/oauth.ts';
import type { BaseUrl } from './base-url.ts';
import { clientAddress } from './client-address.ts';
import { MissingScope } from './http-error.ts';

/** What a door needs that takes tokens of one kind, and sign-ins. */
export interface Reception {
  readonly tokens: Tokens;
  readonly oauth: OAuth;
  readonly baseUrl: BaseUrl;
}

/** Who stands behind a request, and where it came from. */
export async function whoAsks(
  request: FastifyRequest,
  credential: Credential,
  kind: TokenKind,
  { tokens, oauth, baseUrl }: Reception,
): Promise<Authentication> {
  const base = baseUrl(request.headers);
  // Our own tokens have a form of their own; all else can only be one of a sign-in.
  const own = credential.kind !== 'token' || base === undefined || credential.token.startsWith('bore_');
  const found = await (own ? authenticate(tokens, credential, kind) : oauth.authenticate(base, credential.token));
  return found.ok ? { ...found, caller: { ...found.caller, address: clientAddress(request) } } : found;
}

/** With it a client that has only the URL finds out how its person can sign in, and what to ask for. */
export function challengeOf(
  request: FastifyRequest,
  scopes: readonly Scope[],
  { baseUrl }: Pick<Reception, 'baseUrl'>,
): string | undefined {
  const base = baseUrl(request.headers);
  if (base === undefined) return undefined;
  const scope = scopes.join(' ');
  return challenge(base, request.headers.authorization === undefined ? { scope } : { error: 'invalid_token', scope });
}

/** A client takes only a status of 403 with this challenge as a reason to ask its person for more (RFC 6750, 3.1). */
export function insufficientScope(
  request: FastifyRequest,
  { scopes = [] }: Pick<Caller, 'scopes'>,
  missing: readonly Scope[],
  { baseUrl }: Pick<Reception, 'baseUrl'>,
): MissingScope {
  const base = baseUrl(request.headers);
  const parameters = { error: 'insufficient_scope', scope: [...scopes, ...missing].join(' ') };
  return new MissingScope(missing, base === undefined ? {} : { 'www-authenticate': challenge(base, parameters) });
}
