import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { redisServer } from '../../scripts/testing/redis-server.ts';

const LIMIT_MS = 20_000;

const installed = redisServer();

/** Why tests that need Redis cannot run here, for their `skip` option; false where they can. */
export const noRedis: string | false = installed === undefined && 'no Redis 7.0 or newer is installed';

export interface LiveRedis {
  readonly port: number;
  /** Where nodes of a cluster talk to each other; 0 where it is none. */
  readonly busPort: number;
  /** Where it listens with TLS; 0 where it does not. */
  readonly tlsPort: number;
  /** As `BORESCOPE_REDIS_URL`. */
  readonly url: string;
  readonly pid: number;
  /** Ends it as an operator would, with its data saved where it keeps any. */
  stop(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again on the same port after `stop` or `kill`; without its data where `empty`. */
  restart(options?: { empty?: boolean }): Promise<void>;
  /** Until `resume` it takes connections and answers nothing: SIGSTOP. */
  stall(): void;
  resume(): void;
  /** One command by a connection of its own, in the inline form: words without spaces. The raw reply. */
  command(...words: string[]): Promise<string>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

export interface LiveRedisOptions {
  /** Keeps its data over a restart: an append-only file, written before a command is answered. */
  readonly durable?: boolean;
  /** Further directives by name, as in redis.conf. */
  readonly config?: Readonly<Record<string, string>>;
  /** Makes it a Sentinel with this configuration. */
  readonly sentinel?: string;
  /** Chooses a free port for the bus of a cluster: the default, 10,000 above the other, may be none. */
  readonly clusterBus?: boolean;
  /** Listens with TLS, too: files in PEM. Clients need no certificate. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** A redis-server of its own on a free port of the loopback, in a folder of its own. */
export async function liveRedis({
  durable = false,
  config = {},
  sentinel,
  clusterBus = false,
  tls,
}: LiveRedisOptions = {}): Promise<LiveRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'borescope-redis-'));
  const port = await freePort();
  const busPort = clusterBus ? await freePort() : 0;
  const tlsPort = tls === undefined ? 0 : await freePort();
  const storage = { save: '', appendonly: durable ? 'yes' : 'no', appendfsync: 'always' };
  const directives = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    ...(sentinel === undefined ? storage : {}),
    ...(tls !== undefined && {
      'tls-port': String(tlsPort),
      'tls-cert-file': tls.certificate,
      'tls-key-file': tls.key,
      'tls-auth-clients': 'no',
    }),
    ...(clusterBus ? { 'cluster-port': String(busPort) } : {}),
    ...config,
  };
  const file = join(folder, 'sentinel.conf');
  // A Sentinel keeps in this file what it has learned.
  if (sentinel !== undefined) writeFileSync(file, sentinel);
  let child = await start();

  async function start(): Promise<ChildProcess> {
    const options = Object.entries(directives).flatMap(([name, value]) => [`--${name}`, value]);
    const started = spawn(
      installed ?? 'redis-server',
      [...(sentinel === undefined ? [] : [file, '--sentinel']), ...options],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let output = '';
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output = (output + chunk).slice(-10_000);
      });
    }
    const until = performance.now() + LIMIT_MS;
    while (!/^(\+PONG|-NOAUTH)/.test(await command('PING').catch(() => ''))) {
      if (started.exitCode !== null || performance.now() > until) {
        started.kill('SIGKILL');
        throw new Error(`redis-server did not start:\n${output}`);
      }
      await wait(10);
    }
    return started;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    await exited;
    clearTimeout(force);
  }

  /** The protocol's inline form: words and a line end. Long enough for what a test asks by hand. */
  async function command(...words: string[]): Promise<string> {
    const socket = createConnection(port, '127.0.0.1');
    try {
      socket.setEncoding('utf8').write(`${words.join(' ')}\r\n`);
      const [reply] = (await once(socket, 'data', { signal: AbortSignal.timeout(LIMIT_MS) })) as [string];
      return reply;
    } finally {
      socket.destroy();
    }
  }

  return {
    port,
    busPort,
    tlsPort,
    url: `redis://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? 0;
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async restart({ empty = false } = {}) {
      if (empty) rmSync(join(folder, 'appendonlydir'), { recursive: true, force: true });
      child = await start();
    },
    stall: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    command,
    async close() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One that nobody listens on now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
