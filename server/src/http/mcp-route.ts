import type { ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Attachments } from '../access/attachments.ts';
import { type Authentication, authenticate, type Standing } from '../access/authenticate.ts';
import type { Caller } from '../access/caller.ts';
import { bearerOrPairCredential } from '../access/credentials.ts';
import { USUAL_SCOPES } from '../access/scopes.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Log } from '../log.ts';
import type { Mcp } from '../mcp/handler.ts';
import { neededScope } from '../mcp/needed-scope.ts';
import { challenge } from '../oauth/metadata.ts';
import type { OAuth } from '../oauth/oauth.ts';
import type { BaseUrl } from './base-url.ts';
import { clientAddress } from './client-address.ts';
import { accessDenied, HttpError, unavailable } from './http-error.ts';
import { exchange } from './mcp-exchange.ts';

export interface McpRouteOptions {
  readonly mcp: Mcp;
  readonly tokens: Tokens;
  readonly oauth: OAuth;
  readonly baseUrl: BaseUrl;
  readonly attachments: Attachments;
  readonly refusals: Refusals;
  readonly log: Log;
  readonly draining: () => boolean;
}

/** Mounts the MCP endpoint: authentication before the body is read, then the SDK has the raw request. */
export function mountMcp(app: FastifyInstance, options: McpRouteOptions): void {
  const { mcp, attachments, log, draining, baseUrl } = options;
  const serve = toNodeHandler(mcp.handler, { onerror: (err) => log.error({ err }, 'an MCP exchange failed') });
  const callers = new WeakMap<FastifyRequest, { caller: Caller; standing: Standing }>();

  app.addHook('preClose', () => mcp.handler.close());

  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    async onRequest(request) {
      if (draining()) throw unavailable('the broker is shutting down');
      const found = await whoAsks(request, options);
      if (!found.ok) throw accessDenied(found, challengeOf(request, baseUrl));
      const { caller, standing } = found;
      callers.set(request, { caller: { ...caller, address: clientAddress(request) }, standing });
    },
    async handler(request, reply) {
      const found = callers.get(request);
      if (found === undefined) throw new Error('an MCP request came past authentication');
      const { caller, standing } = found;
      await refuseWithoutScope(request, caller, options);
      const close = attachments.add(standing, () => reply.raw.destroy());
      reply.raw.once('close', close);
      // The SDK writes the head itself: what hooks have set would be lost.
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) reply.raw.setHeader(name, value);
      }
      reply.hijack();
      const { method, raw, body } = request;
      const auth = mcp.authInfo(caller);
      if (body !== undefined) return exchange(mcp.handler, request, reply.raw, auth).catch(failed(reply.raw));
      const incoming = {
        method,
        headers: raw.headers,
        auth,
        ...(raw.url !== undefined && { url: raw.url }),
        [Symbol.asyncIterator]: () => raw[Symbol.asyncIterator](),
      };
      await serve(incoming, reply.raw);
    },
  });

  /** The reply is no longer Fastify's. */
  function failed(raw: ServerResponse): (error: unknown) => void {
    return (err) => {
      log.error({ err }, 'an MCP exchange failed');
      if (raw.headersSent) raw.destroy();
      else raw.writeHead(500).end();
    };
  }
}

/** Our own tokens have a form of their own; all else can only be one of a sign-in. */
function whoAsks(request: FastifyRequest, { tokens, oauth, baseUrl }: McpRouteOptions): Promise<Authentication> {
  const credential = bearerOrPairCredential(request.headers);
  const base = baseUrl(request.headers);
  if (credential.kind !== 'token' || base === undefined || credential.token.startsWith('bore_')) {
    return authenticate(tokens, credential, 'mcp');
  }
  return oauth.authenticate(base, credential.token);
}

/** With it a client that has only the URL finds out how its person can sign in. */
function challengeOf(request: FastifyRequest, baseUrl: BaseUrl): string | undefined {
  const base = baseUrl(request.headers);
  if (base === undefined) return undefined;
  const scope = USUAL_SCOPES.join(' ');
  return challenge(base, request.headers.authorization === undefined ? { scope } : { error: 'invalid_token', scope });
}

/** Asked before the SDK has the request: a client takes only a status of 403 as a reason to ask its person for more. */
async function refuseWithoutScope(
  request: FastifyRequest,
  caller: Caller,
  { baseUrl, refusals }: McpRouteOptions,
): Promise<void> {
  const needed = neededScope(request.body, caller);
  const base = baseUrl(request.headers);
  if (needed === undefined || base === undefined) return;
  const scope = [...(caller.scopes ?? []), needed.scope].join(' ');
  const refusal = new HttpError('FORBIDDEN', `this needs the scope ${needed.scope}`, 'Ask the person to allow it.', {
    'www-authenticate': challenge(base, { error: 'insufficient_scope', scope }),
  });
  await refusals.told(caller, { tool: needed.tool }, refusal);
  throw refusal;
}
