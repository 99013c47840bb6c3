import type { ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Attachments } from '../access/attachments.ts';
import { authenticate, type Standing } from '../access/authenticate.ts';
import type { Caller } from '../access/caller.ts';
import { bearerOrPairCredential } from '../access/credentials.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Log } from '../log.ts';
import type { Mcp } from '../mcp/handler.ts';
import { accessDenied, unavailable } from './http-error.ts';
import { exchange } from './mcp-exchange.ts';

export interface McpRouteOptions {
  readonly mcp: Mcp;
  readonly tokens: Tokens;
  readonly attachments: Attachments;
  readonly log: Log;
  readonly draining: () => boolean;
}

/** Mounts the MCP endpoint: authentication before the body is read, then the SDK has the raw request. */
export function mountMcp(app: FastifyInstance, options: McpRouteOptions): void {
  const { mcp, tokens, attachments, log, draining } = options;
  const serve = toNodeHandler(mcp.handler, { onerror: (err) => log.error({ err }, 'an MCP exchange failed') });
  const callers = new WeakMap<FastifyRequest, { caller: Caller; standing: Standing }>();

  app.addHook('preClose', () => mcp.handler.close());

  app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '/mcp',
    async onRequest(request) {
      if (draining()) throw unavailable('the broker is shutting down');
      const found = await authenticate(tokens, bearerOrPairCredential(request.headers), 'mcp');
      if (!found.ok) throw accessDenied(found);
      callers.set(request, found);
    },
    async handler(request, reply) {
      const found = callers.get(request);
      if (found === undefined) throw new Error('an MCP request came past authentication');
      const { caller, standing } = found;
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
