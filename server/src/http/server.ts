import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { authenticate } from '../access/authenticate.ts';
import { bearerCredential } from '../access/credentials.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Log } from '../log.ts';
import { type Store, StoreUnavailable } from '../store/store.ts';
import { homePage } from './home-page.ts';
import type { HostCheck } from './host-check.ts';
import { HttpError, type HttpErrorCode } from './http-error.ts';
import type { Metrics } from './metrics.ts';

/** Bytes of a request body. Tool arguments are far below it. */
const BODY_LIMIT = 1024 * 1024;

/** Answered whatever the Host header says: probes of orchestrators come by address or by service name, and learn nothing. */
const HOST_FREE = ['/healthz', '/readyz'];

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
} as const;

export interface HttpServerOptions {
  readonly tls?: { cert: Buffer; key: Buffer };
  readonly hosts: HostCheck;
  readonly store: Store;
  readonly tokens: Tokens;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly version: string;
  /** The URL to print for people. */
  readonly baseUrl: () => string;
  readonly draining: () => boolean;
  /** File of the agent that matches this broker. */
  readonly agentPackage: string;
  /** Metrics are open to loopback peers; not where a proxy makes every peer look local. */
  readonly openMetricsOnLoopback: boolean;
}

/** The plain routes, the checks before them, and one shape of error for all. `/mcp` and the agents are mounted beside. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { hosts, metrics, log } = options;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    logger: false,
    return503OnClosing: false,
    exposeHeadRoutes: true,
    serverFactory: (handler): Server =>
      options.tls === undefined ? createServer(handler) : createTlsServer({ ...options.tls }, handler),
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (options.draining()) reply.header('connection', 'close');
    if (!HOST_FREE.includes(routeOf(request))) hosts.check(request.headers);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = routeOf(request);
    metrics.request(route, reply.raw.statusCode);
    // The route, not the URL: a query string could hold what a client should never have put there.
    const ms = Math.round(reply.elapsedTime);
    log.debug({ method: request.method, route, status: reply.raw.statusCode, ms }, 'request');
  });
  app.setErrorHandler((error: FastifyError | StoreUnavailable, request, reply) => {
    const known = error instanceof HttpError ? error : translated(error);
    if (known.status >= 500 && !(error instanceof HttpError))
      log.error({ err: error, route: routeOf(request) }, 'request failed');
    return reply.status(known.status).headers(known.headers).send(known.body());
  });
  app.setNotFoundHandler(() => {
    const hint = 'The broker has /, /mcp, /agent/v1, /agent.tgz, /healthz, /readyz and /metrics.';
    throw new HttpError('NOT_FOUND', 'there is nothing at this path, or not for this method', hint);
  });

  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    if (options.draining()) throw notReady('the broker is shutting down');
    await options.store.check().catch(() => {
      throw notReady('the store cannot be used');
    });
    return { status: 'ready' };
  });
  app.get('/metrics', async (request, reply) => {
    await mayReadMetrics(request, options);
    return reply.type(metrics.contentType).send(await metrics.text());
  });
  app.get('/agent.tgz', async (_request, reply) => {
    const size = await stat(options.agentPackage).then(
      (file) => file.size,
      () => undefined,
    );
    if (size === undefined) {
      const hint = 'Build it with: npm run pack:agent. Published brokers have it packed beside them.';
      throw new HttpError('NOT_FOUND', 'this broker has no packed agent', hint);
    }
    return reply.type('application/gzip').header('content-length', size).send(createReadStream(options.agentPackage));
  });
  app.get('/', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(homePage(options.baseUrl(), options.version)),
  );
  return app;
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
}

/** Loopback peers of a broker without a proxy, else an admin token: counts tell how busy an organization is. */
async function mayReadMetrics(request: FastifyRequest, options: HttpServerOptions): Promise<void> {
  const peer = request.raw.socket.remoteAddress ?? '';
  const local = peer === '::1' || /^(::ffff:)?127\./.test(peer);
  if (options.openMetricsOnLoopback && local && request.headers.authorization === undefined) return;
  const found = await authenticate(options.tokens, bearerCredential(request.headers), 'admin');
  if (found.ok) return;
  const challenge = { 'www-authenticate': 'Bearer realm="borescope"' };
  throw found.status === 401
    ? new HttpError('UNAUTHENTICATED', found.message, found.hint, challenge)
    : new HttpError('FORBIDDEN', found.message, found.hint);
}

function notReady(message: string): HttpError {
  return new HttpError('UNAVAILABLE', message, 'Try again in a few seconds.', { 'retry-after': '5' });
}

/** Errors of the store and of Fastify; the text of the latter may quote the body, so it is not passed on. */
function translated(error: FastifyError | StoreUnavailable): HttpError {
  if (error instanceof StoreUnavailable) return notReady('the store cannot be used now');
  const texts: Readonly<Record<number, [HttpErrorCode, string, string]>> = {
    400: ['BAD_REQUEST', 'the request body is not the JSON that was announced', 'Send valid JSON.'],
    413: ['PAYLOAD_TOO_LARGE', `the request body is above ${BODY_LIMIT} bytes`, 'Send less.'],
    415: ['UNSUPPORTED_MEDIA_TYPE', 'the content type is not supported', 'Send application/json.'],
  };
  const found = texts[error.statusCode ?? 500];
  if (found !== undefined) return new HttpError(...found);
  return new HttpError(
    'INTERNAL',
    'the broker failed on this request',
    'Try again; the log of the broker has the reason.',
  );
}
