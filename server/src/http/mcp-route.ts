import type { ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Attachments } from '../access/attachments.ts';
import type { Standing } from '../access/authenticate.ts';
import type { Caller } from '../access/caller.ts';
import { bearerOrPairCredential } from '../access/credentials.ts';
import { USUAL_SCOPES } from '../access/scopes.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Log } from '../log.ts';
import type { Mcp } from '../mcp/handler.ts';
import { neededScope } from '../mcp/needed-scope.ts';
import { accessDenied, unavailable } from './http-error.ts';
import { exchange } from './mcp-exchange.ts';
import { challengeOf, insufficientScope, type Reception, whoAsks } from './who-asks.ts';

export interface McpRouteOptions extends Reception {
  readonly mcp: Mcp;
  readonly attachments: Attachments;
  readonly refusals: Refusals;
  readonly log: Log;
  readonly draining: () => boolean;
}

/** Mounts the MCP endpoint: authentication before the body is read, then the SDK has the raw request. */
export function mountMcp(app: FastifyInstance, options: McpRouteOptions): void {
  const { mcp, attachments, log, draining } = options;
  const serve = toNodeHandler(mcp.handler, { onerror: (err) => log.error({ err }, 'an MCP exchange failed') });
  const callers = new WeakMap<FastifyRequest, { caller: Caller; standing: Standing }>();

  app.addHook('preClose', () => mcp.handler.close());

  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    async onRequest(request) {
      if (draining()) throw unavailable('the broker is shutting down');
      const found = await whoAsks(request, bearerOrPairCredential(request.headers), 'mcp', options);
      if (!found.ok) throw accessDenied(found, challengeOf(request, USUAL_SCOPES, options));
      callers.set(request, found);
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

/** Asked before the SDK has the request: it would answer a call that lacks a scope with 200. */
async function refuseWithoutScope(request: FastifyRequest, caller: Caller, options: McpRouteOptions): Promise<void> {
  const needed = neededScope(request.body, caller);
  if (needed === undefined) return;
  const refusal = insufficientScope(request, caller, [needed.scope], options);
  await options.refusals.told(caller, { tool: needed.tool }, refusal);
  throw refusal;
}
