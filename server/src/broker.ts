import { randomBytes } from 'node:crypto';
import { isLoopback } from '@borescope/agent-protocol';
import type { DestinationStream } from 'pino';
import { createAdministration } from './access/administration.ts';
import { watchAttachments } from './access/attachments.ts';
import type { Controls } from './access/controls.ts';
import { ADMINISTRATORS, createPasswords } from './access/passwords.ts';
import { openSecrets } from './access/secrets.ts';
import { createTokens, type Tokens } from './access/tokens.ts';
import { createUsers } from './access/users.ts';
import { systemClock } from './clock.ts';
import { watchDisk } from './disk-watch.ts';
import { createEngine } from './engine.ts';
import { openFoundation } from './foundation.ts';
import { serveAgents } from './http/agent-upgrade.ts';
import { mountApi } from './http/api/mount-api.ts';
import { createBaseUrl } from './http/base-url.ts';
import { type Capacity, capacity } from './http/capacity.ts';
import { createClientAddressNote } from './http/client-address.ts';
import { createHostCheck } from './http/host-check.ts';
import { mountMcp } from './http/mcp-route.ts';
import { createMetrics } from './http/metrics.ts';
import { mountOAuth } from './http/oauth-routes.ts';
import { watchRequests } from './http/open-requests.ts';
import { mountPlainRoutes } from './http/plain-routes.ts';
import { type Route, recordRoutes } from './http/routes.ts';
import { securityHeaders } from './http/security-headers.ts';
import { openCertificate } from './http/served-certificate.ts';
import { createHttpServer } from './http/server.ts';
import { createLogger } from './logger.ts';
import { createMcp } from './mcp/handler.ts';
import { openOAuth } from './oauth/open-oauth.ts';
import { brokerVersion, packedAgentPath } from './package-info.ts';
import { type BrokerSettings, believedProxies } from './settings.ts';
import { diskUsage } from './store/embedded/disk-usage.ts';
import type { Store } from './store/store.ts';

/** A broker that listens. */
export interface Broker {
  /** Where it really listens, for example `http://127.0.0.1:7373`. */
  readonly url: string;
  readonly port: number;
  readonly store: Store;
  readonly tokens: Tokens;
  readonly controls: Controls;
  /** Everything that it answers on over HTTP. */
  readonly routes: readonly Route[];
  /** The pin of its certificate as it is now, `sha256/...`, for BORESCOPE_PIN of agents; undefined where it has none. */
  readonly pin: string | undefined;
  /** Reads the certificate and its key anew; the log says what came of it. Never rejects. */
  reloadCertificate(): Promise<void>;
  /** Drains and stops: ready no more, agents told to reconnect, open calls answered; about 10 s at most. Idempotent. */
  close(): Promise<void>;
}

export interface BrokerOptions {
  readonly settings: BrokerSettings;
  /** Where log lines go; stderr where not given. */
  readonly logTo?: DestinationStream;
  /** The file that `/agent.tgz` serves; the one beside the server package where not given. */
  readonly agentPackage?: string;
  /** What this process takes at most; shares of its open-file limit where not given. */
  readonly capacity?: Partial<Capacity>;
}

/** The port is taken, or the address is not one of this machine. One line, to be shown as it is. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Milliseconds that each step of a shutdown may take. */
const DRAIN = 5000;
const SETTLE = 3000;
const CLOSE = 2000;

/**
 * Opens the store, takes up what is live in it, and listens.
 * Rejects with `SettingsError`, `ListenError`, `DataDirectoryInUse`, `RedisTooOld`, `SchemaTooNew`, `SchemaUnreadable`, `StoreMoving` or
 * `StoreUnavailable`.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { settings, logTo, agentPackage } = options;
  const most = { ...capacity(), ...options.capacity };
  const log = createLogger(settings.logLevel, logTo);
  const { tlsCert: cert, tlsKey: key } = settings;
  const certificate =
    cert === undefined || key === undefined
      ? undefined
      : await openCertificate({ files: { cert, key }, clock: systemClock, log });
  const loopback = isLoopback(settings.host);
  const version = brokerVersion();
  const usage = settings.redisUrl === undefined ? () => diskUsage(settings.dataDir) : undefined;
  let openStreams = () => 0;
  const metrics = createMetrics({
    openStreams: () => openStreams(),
    ...(usage !== undefined && { diskUsage: usage }),
    ...(certificate !== undefined && { certificateExpiry: () => certificate.current.validUntil }),
  });
  const { meter } = metrics;
  const foundation = await openFoundation({ settings, log, meter });
  const { store, clock, queue, messages } = foundation;
  const secrets = await openSecrets({ documents: store.documents, file: settings.secretFile }).catch(async (error) => {
    await foundation.close();
    throw error;
  });
  const tokens = createTokens({ store, clock: clock.now, random: randomBytes });
  const attachments = watchAttachments({
    onError: (err) => log.warn({ err }, 'revocations could not be looked up'),
  });
  openStreams = attachments.count;
  const engine = createEngine({
    store,
    secrets,
    clock,
    queue,
    ...(messages !== undefined && { messages }),
    retentionMs: settings.retention,
    auditRetentionMs: settings.auditRetention,
    log,
    meter,
  });
  const hosts = createHostCheck({ host: settings.host, loopback, publicUrl: settings.publicUrl });
  const headers = securityHeaders({
    host: settings.host,
    publicUrl: settings.publicUrl,
    tls: certificate !== undefined || settings.tlsTerminated,
  });
  let draining = false;
  let url = '';
  let stopWatching = () => {};
  const noteClient = createClientAddressNote({
    trustedProxies: believedProxies(settings),
    onIgnored: (peer) =>
      log.warn(
        { peer },
        'X-Forwarded-For of a peer that is no trusted proxy is ignored: see BORESCOPE_TRUSTED_PROXIES',
      ),
  });
  const app = createHttpServer({
    ...(certificate !== undefined && { certificate: certificate.current }),
    hosts,
    headers,
    connections: most.connections,
    metrics,
    log,
    draining: () => draining,
    noteClient,
  });
  const routes = recordRoutes(app);
  certificate?.watch(app.server, metrics.certificateRead);
  const requests = watchRequests(app.server, () => performance.now());
  mountPlainRoutes(app, {
    store,
    tokens,
    metrics,
    version,
    baseUrl: () => settings.publicUrl?.replace(/\/$/, '') ?? url,
    draining: () => draining,
    agentPackage: agentPackage ?? packedAgentPath(),
    openMetricsOnLoopback: loopback && !settings.tlsTerminated,
  });
  const mcp = createMcp({
    actions: engine.actions,
    quota: (caller) => engine.controls.quotas.call(caller),
    refused: engine.controls.refusals.told,
    policy: async (organization) => (await engine.controls.policy.get(organization)).value,
    version,
    now: clock.now,
    log,
    onCall: metrics.toolCall,
  });
  const { controls } = engine;
  const baseUrl = createBaseUrl({ publicUrl: settings.publicUrl, loopback, tls: certificate !== undefined });
  const users = createUsers({ documents: store.documents, clock: clock.now, random: randomBytes });
  const administration = createAdministration({
    ...{ store, tokens, users, controls, now: clock.now, random: randomBytes },
    passwords: createPasswords(ADMINISTRATORS),
  });
  const { audit, refusals } = controls;
  const oauth = openOAuth({ settings, store, users, administration, secrets, audit, clock: clock.now, log });
  mountMcp(app, { mcp, tokens, oauth, baseUrl, attachments, refusals, log, draining: () => draining });
  mountOAuth(app, { oauth, baseUrl });
  mountApi(app, {
    store,
    tokens,
    oauth,
    baseUrl,
    users,
    controls,
    administration,
    actions: engine.actions,
    attachments,
    version,
    now: clock.now,
    draining: () => draining,
  });
  serveAgents(app.server, {
    tokens,
    attachments,
    sessions: engine.sessions,
    hosts,
    headers,
    log,
    onRefused: metrics.agentRefused,
    capacity: most.agents,
    draining: () => draining,
  });

  async function close(): Promise<void> {
    draining = true;
    try {
      await engine.drain(DRAIN);
      await requests.quiet(SETTLE);
    } finally {
      const force = setTimeout(() => app.server.closeAllConnections(), CLOSE);
      await app.close();
      clearTimeout(force);
      attachments.stop();
      stopWatching();
      certificate?.stop();
      metrics.close();
      await foundation.close();
    }
    log.info({}, 'stopped');
  }

  try {
    await engine.start();
    if (usage !== undefined) stopWatching = watchDisk({ usage, clock, log });
    await listen(app, settings);
  } catch (error) {
    await close().catch((err: unknown) => log.error({ err }, 'the start failed, and so did cleaning up'));
    throw error;
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : settings.port;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  url = `${certificate === undefined ? 'http' : 'https'}://${host}:${port}`;
  log.info({ url, version, store: foundation.named, pin: certificate?.current.pin }, 'listening');
  let closing: Promise<void> | undefined;
  return {
    url,
    port,
    store,
    tokens,
    controls,
    routes,
    get pin() {
      return certificate?.current.pin;
    },
    reloadCertificate: async () => certificate?.reload(),
    close() {
      closing ??= close();
      return closing;
    },
  };
}

async function listen(app: ReturnType<typeof createHttpServer>, { host, port }: BrokerSettings): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new ListenError(
        `port ${port} on ${host} is taken: stop what listens there, or choose another with BORESCOPE_PORT`,
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new ListenError(`${host} is not an address of this machine: set BORESCOPE_HOST to one that is`);
    }
    if (code === 'EACCES')
      throw new ListenError(`port ${port} needs more rights than this process has: choose one above 1023`);
    throw error;
  }
}
