import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import { StoreUnavailable } from '../store/store.ts';
import type { Certificate } from './certificate.ts';
import type { HostCheck } from './host-check.ts';
import { HttpError, type HttpErrorCode, unavailable } from './http-error.ts';
import type { Metrics } from './metrics.ts';
import { refuseRaw } from './raw-refusal.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { tlsOptions } from './tls.ts';

/** Bytes of a request body. Tool arguments are far below it. */
const BODY_LIMIT = 1024 * 1024;

/** Milliseconds: longer than the 60 s after which common load balancers let an idle connection go. */
const SERVER = { keepAliveTimeout: 72_000 };

/**
 * Answered whatever the Host header says, for they tell nothing that is not public: orchestrators probe by address or by
 * service name, and the agent is installed from where agents are.
 */
const HOST_FREE = ['/healthz', '/readyz', '/agent.tgz'];

export interface HttpServerOptions {
  /** What it speaks TLS with; plain HTTP where not given. */
  readonly certificate?: Certificate;
  readonly hosts: HostCheck;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly draining: () => boolean;
  /** Sees each request first, and each upgrade. */
  readonly noteClient: (request: IncomingMessage) => void;
}

/** The server without its routes: the checks before each of them, and one shape of error after. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { certificate, hosts, metrics, log, draining, noteClient } = options;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    logger: false,
    return503OnClosing: false,
    exposeHeadRoutes: true,
    serverFactory: (handler): Server =>
      certificate === undefined
        ? createServer(SERVER, handler)
        : createTlsServer({ ...SERVER, ...tlsOptions(certificate) }, handler),
    clientErrorHandler: ({ code }, socket) => {
      if (code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else refuseRaw(socket, unparsable(code));
    },
    frameworkErrors: (_error, _request, reply) => {
      const error = new HttpError(
        'BAD_REQUEST',
        'the path of the URL is not well formed',
        'Encode it as RFC 3986 says.',
      );
      reply.raw.writeHead(error.status, { ...SECURITY_HEADERS, 'content-type': 'application/json; charset=utf-8' });
      reply.raw.end(JSON.stringify(error.body()));
    },
  });

  app.server.on('upgrade', noteClient);
  app.addHook('onRequest', async (request, reply) => {
    noteClient(request.raw);
    reply.headers(SECURITY_HEADERS);
    if (draining()) reply.header('connection', 'close');
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
    if (known.status >= 500 && !(error instanceof HttpError)) {
      log.error({ err: error, route: routeOf(request) }, 'request failed');
    }
    return reply.status(known.status).headers(known.headers).send(known.body());
  });
  app.setNotFoundHandler(() => {
    const hint = 'The broker has /, /mcp, /agent/v1, /agent.tgz, /healthz, /readyz and /metrics.';
    throw new HttpError('NOT_FOUND', 'there is nothing at this path, or not for this method', hint);
  });
  return app;
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
}

/** Errors of the store and of Fastify; the text of the latter may quote the body, so it is not passed on. */
function translated(error: FastifyError | StoreUnavailable): HttpError {
  if (error instanceof StoreUnavailable) return unavailable('the store cannot be used now');
  const texts: Readonly<Record<number, [HttpErrorCode, string, string]>> = {
    400: ['BAD_REQUEST', 'the request body is not the JSON that was announced', 'Send valid JSON.'],
    413: ['PAYLOAD_TOO_LARGE', `the request body is above ${BODY_LIMIT} bytes`, 'Send less.'],
    415: ['UNSUPPORTED_MEDIA_TYPE', 'the content type is not supported', 'Send application/json.'],
  };
  const found = texts[error.statusCode ?? 500];
  if (found !== undefined) return new HttpError(...found);
  const hint = 'Try again; the log of the broker has the reason.';
  return new HttpError('INTERNAL', 'the broker failed on this request', hint);
}

/** What Node's parser gives up on, before there is a request. */
function unparsable(code: string): HttpError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new HttpError(
      'HEADERS_TOO_LARGE',
      'the headers of the request are too large',
      'Send fewer or shorter ones.',
    );
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new HttpError('REQUEST_TIMEOUT', 'the request did not arrive in time', 'Send it again.');
  }
  return new HttpError('BAD_REQUEST', 'this is not HTTP as the broker speaks it', 'Use an HTTP/1.1 client.');
}
