import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';
import { DocumentNotUnderstood } from '../store/current-document.ts';
import { StoreUnavailable } from '../store/store.ts';
import type { Certificate } from './certificate.ts';
import type { HostCheck } from './host-check.ts';
import { CredentialRefused, HttpError, type HttpErrorCode, unavailable } from './http-error.ts';
import { readJsonBodies } from './json-body.ts';
import type { Metrics } from './metrics.ts';
import { refuseRaw } from './raw-refusal.ts';
import { tellOfRefusedCredentials } from './refused-credentials.ts';
import {
  BODY_LIMIT,
  checkEncoding,
  checkRequest,
  LINGER,
  SERVER_LIMITS,
  SILENT_LIMIT,
  unparsable,
} from './request-limits.ts';
import type { Headers } from './security-headers.ts';
import { tlsOptions } from './tls.ts';

/**
 * Answered whatever the Host header says, for they tell nothing that is not public: orchestrators probe by address or by
 * service name, and the agent is installed from where agents are.
 */
const HOST_FREE = ['/healthz', '/readyz', '/agent.tgz'];

export interface HttpServerOptions {
  /** What it speaks TLS with; plain HTTP where not given. */
  readonly certificate?: Certificate;
  readonly hosts: HostCheck;
  /** On every answer. */
  readonly headers: Headers;
  /** Open at once, of all kinds; one more is closed as it comes. */
  readonly connections: number;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly draining: () => boolean;
  /** Sees each request first, and each upgrade. */
  readonly noteClient: (request: IncomingMessage) => void;
}

/** The server without its routes: the checks before each of them, and one shape of error after. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { certificate, hosts, headers, connections, metrics, log, draining, noteClient } = options;
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    logger: false,
    return503OnClosing: false,
    exposeHeadRoutes: true,
    serverFactory: (handler): Server =>
      certificate === undefined
        ? createServer(SERVER_LIMITS, handler)
        : createTlsServer({ ...SERVER_LIMITS, ...tlsOptions(certificate) }, handler),
    clientErrorHandler: ({ code }, socket) => {
      if (code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else refuseRaw(socket, unparsable(code), headers);
    },
    frameworkErrors: (_error, _request, reply) => {
      const hint = 'Encode it as RFC 3986 says; no part of it has more than 100 characters.';
      const error = new HttpError('BAD_REQUEST', 'the path of the URL is not well formed', hint);
      reply.raw.writeHead(error.status, { ...headers, 'content-type': 'application/json; charset=utf-8' });
      reply.raw.end(JSON.stringify(error.body()));
    },
  });
  readJsonBodies(app);
  const { server } = app;
  server.setTimeout(SILENT_LIMIT);
  server.maxConnections = connections;
  server.on('drop', tellOfDropped(log, connections));
  // All of them: Node would drop those beyond its own limit in silence. They are counted by `checkRequest`.
  server.maxHeadersCount = 0;
  // Node would refuse what it does not expect without our headers; RFC 9110 (section 10.1.1) lets a server pass over it.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));

  server.on('upgrade', noteClient);
  app.addHook('onRequest', async (request, reply) => {
    noteClient(request.raw);
    reply.headers(headers);
    if (draining()) reply.header('connection', 'close');
    checkRequest(request.raw);
    checkEncoding(request.headers['content-encoding']);
    if (!HOST_FREE.includes(routeOf(request))) hosts.check(request.headers);
  });
  app.addHook('onResponse', async (request, reply) => {
    endUnread(request.raw);
    const route = routeOf(request);
    metrics.request(route, reply.raw.statusCode);
    // The route, not the URL: a query string could hold what a client should never have put there.
    const ms = Math.round(reply.elapsedTime);
    log.debug({ method: request.method, route, status: reply.raw.statusCode, ms }, 'request');
  });
  const tellOfRefused = tellOfRefusedCredentials(log);
  app.setErrorHandler((error: FastifyError | StoreUnavailable, request, reply) => {
    const known = error instanceof HttpError ? error : translated(error);
    if (known instanceof CredentialRefused) tellOfRefused(request, known);
    if (known.status >= 500 && !(error instanceof HttpError)) {
      log.error({ err: error, route: routeOf(request) }, 'request failed');
    }
    return reply.status(known.status).headers(known.headers).send(known.body());
  });
  app.setNotFoundHandler(() => {
    const hint =
      'The broker has /, /mcp, /oauth/account, /agent/v1, /agent.tgz, /api (see /api/openapi.json), /healthz, /readyz and /metrics.';
    throw new HttpError('NOT_FOUND', 'there is nothing at this path, or not for this method', hint);
  });
  return app;
}

/** In the log once a minute: there may be thousands a second. */
function tellOfDropped(log: Log, connections: number): () => void {
  let dropped = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  return () => {
    dropped++;
    if (performance.now() - toldAt < 60_000) return;
    toldAt = performance.now();
    log.warn({ connections, dropped }, 'connections are dropped: there are as many as there may be open files');
  };
}

/** Whoever goes on sending after the answer is given up on: it could be a body without end. */
function endUnread(request: IncomingMessage): void {
  if (request.complete) return;
  const timer = setTimeout(() => {
    if (!request.complete) request.socket.destroy();
  }, LINGER);
  // Not on the socket: it serves further requests, and would gather a listener of each.
  request.once('close', () => clearTimeout(timer));
}

function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
}

/** Errors of the store and of Fastify; the text of the latter may quote the body, so it is not passed on. */
function translated(error: FastifyError | StoreUnavailable): HttpError {
  if (error instanceof DocumentNotUnderstood) return unavailable(error.message);
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
