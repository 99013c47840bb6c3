import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authenticate } from '../access/authenticate.ts';
import { bearerCredential } from '../access/credentials.ts';
import type { Tokens } from '../access/tokens.ts';
import type { Store } from '../store/store.ts';
import { HOME_PAGE_POLICY, homePage } from './home-page.ts';
import { accessDenied, HttpError, unavailable } from './http-error.ts';
import type { Metrics } from './metrics.ts';

export interface PlainRoutesOptions {
  readonly store: Store;
  readonly tokens: Tokens;
  readonly metrics: Metrics;
  readonly version: string;
  /** The URL to print for people. */
  readonly baseUrl: () => string;
  readonly draining: () => boolean;
  /** File of the agent that matches this broker. */
  readonly agentPackage: string;
  /** Metrics are open to loopback peers; not where a proxy makes every peer look local. */
  readonly openMetricsOnLoopback: boolean;
}

/** What answers with one plain document: health, readiness, metrics, the packed agent, the page for people. */
export function mountPlainRoutes(app: FastifyInstance, options: PlainRoutesOptions): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    if (options.draining()) throw unavailable('the broker is shutting down');
    await options.store.check().catch(() => {
      throw unavailable('the store cannot be used');
    });
    return { status: 'ready' };
  });
  app.get('/metrics', async (request, reply) => {
    await mayReadMetrics(request, options);
    return reply.type(options.metrics.contentType).send(await options.metrics.text());
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
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', HOME_PAGE_POLICY)
      .send(homePage(options.baseUrl(), options.version)),
  );
}

/** Loopback peers of a broker without a proxy, else an admin token: counts tell how busy an organization is. */
async function mayReadMetrics(request: FastifyRequest, options: PlainRoutesOptions): Promise<void> {
  const peer = request.raw.socket.remoteAddress ?? '';
  const local = peer === '::1' || /^(::ffff:)?127\./.test(peer);
  if (options.openMetricsOnLoopback && local && request.headers.authorization === undefined) return;
  const found = await authenticate(options.tokens, bearerCredential(request.headers), 'admin');
  if (found.ok) return;
  throw accessDenied(found);
}
