import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTokens, openRedisStore } from '@borescope/server';
import { Child } from '../demo/child.ts';
import { howToConnect } from '../demo/how-to-connect.ts';
import { startBroker, startShop } from '../demo/stack.ts';
import type { DemoTokens } from '../demo/tokens.ts';
import type { Progress } from '../progress.mjs';
import { redisServer } from '../testing/redis-server.ts';
import { startBalancer } from './balancer.ts';

const BROKERS = ['broker-a', 'broker-b'];
const SHOPS = ['shop-1', 'shop-2'];

/** A Redis, two brokers behind a balancer, the shop twice; until Ctrl-C, which leaves nothing behind. The exit code. */
export async function cluster(progress: Progress): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  interrupted.signal.addEventListener('abort', () => console.log('\nStopping ...'), { once: true });
  const folder = mkdtempSync(join(tmpdir(), 'borescope-cluster-'));
  const stops: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    await run({ progress, folder, signal: interrupted.signal, onStop: (stop) => stops.unshift(stop) });
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 0;
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    // What depends on others before those.
    for (const stop of stops) await stop();
  }
}

interface RunOptions {
  readonly progress: Progress;
  readonly folder: string;
  readonly signal: AbortSignal;
  onStop(stop: () => Promise<void> | void): void;
}

async function run({ progress, folder, signal, onStop }: RunOptions): Promise<void> {
  const program = redisServer();
  if (program === undefined) {
    throw new Error(
      'This needs Redis 7.0 or newer: apt-get install redis-server (Debian, Ubuntu), brew install redis (macOS)',
    );
  }
  const redisPort = await freePort();
  const redis = new Child({
    name: 'redis',
    args: [fileURLToPath(new URL('redis-process.mjs', import.meta.url)), program, folder, String(redisPort)],
    cwd: folder,
    env: process.env,
    logFile: join(folder, 'redis.log'),
  });
  onStop(() => redis.stop());
  const gone = redis.ended.then((how) => Promise.reject(new Error(`Redis ${how}\n${redis.lastLines.join('\n')}`)));
  // Told by whoever waits at that moment; at the end nobody does.
  gone.catch(() => undefined);
  await redis.line(/Ready to accept connections/);
  const redisUrl = `redis://127.0.0.1:${redisPort}`;
  progress.say(`Redis: ${redisUrl}`);
  signal.throwIfAborted();

  const tokens = await makeTokens(redisUrl);
  const brokers = await Promise.all(
    BROKERS.map(async (name) => {
      const { child, url } = await startBroker({ name, dataDir: folder, port: '0', redisUrl });
      onStop(() => child.stop());
      // To kill one is what this is for.
      void child.ended.then(
        (how) => signal.aborted || progress.say(`${name} ${how}; what it did goes on at the other`),
      );
      progress.say(`${name}: ${url}, process ${child.pid} (${child.logFile})`);
      return { name, url };
    }),
  );
  signal.throwIfAborted();
  const balancer = await startBalancer(
    brokers.map(({ url }) => url),
    Number(process.env['BORESCOPE_PORT'] || '7373'),
  );
  onStop(() => balancer.close());
  const url = `http://127.0.0.1:${balancer.port}`;
  for (const name of SHOPS) {
    const shop = await startShop({ name, dataDir: folder, brokerUrl: url, tokens });
    onStop(() => shop.stop());
    progress.say(`${name}: process ${shop.pid} (${shop.logFile})`);
    signal.throwIfAborted();
  }
  console.log(`\n${howToConnect({ url, mcpToken: tokens.mcp }).join('\n')}`);
  console.log('\nKill a broker (kill -9 PROCESS) and look on. Ctrl-C stops everything and leaves nothing behind.');
  await Promise.race([signal.aborted ? undefined : once(signal, 'abort'), gone]);
}

async function makeTokens(redisUrl: string): Promise<DemoTokens> {
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const store = await openRedisStore({ url: redisUrl, retentionMs: 86_400_000, now: Date.now, log });
  try {
    const tokens = createTokens({ store, clock: Date.now, random: randomBytes });
    const of = async (kind: 'mcp' | 'agent') =>
      (await tokens.create({ organization: 'default', kind, name: 'npm run cluster' })).token;
    return { mcp: await of('mcp'), agent: await of('agent') };
  } finally {
    await store.close();
  }
}

/** One that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
