import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTokens, openEmbeddedStore, openRedisStore, type Store } from '@borescope/server';
import { NodeProcess } from '../live/node-process.ts';
import { type LiveRedis, liveRedis } from '../live/redis.ts';
import { silentLog } from '../live/silent-log.ts';
import { withoutQuotas } from '../live/without-quotas.ts';
import { cpuTime } from './cpu-time.ts';
import { GAUGE_ARGUMENTS, type Gauge, gaugeOf } from './gauge.ts';

const COMMAND = fileURLToPath(new URL('../../cli/bin/borescope.js', import.meta.url));
const RETENTION_MS = 86_400_000;

export interface RunningBroker {
  readonly url: string;
  /** Where agents attach. */
  readonly agentUrl: string;
  readonly process: NodeProcess;
  readonly gauge: Gauge;
}

/** Brokers on one store, each a process, with a token of each kind. */
export interface Installation {
  readonly brokers: readonly [RunningBroker, ...RunningBroker[]];
  readonly redis: LiveRedis | undefined;
  readonly mcpToken: string;
  readonly agentToken: string;
  /** Microseconds of processor time that its brokers have used, and its Redis. */
  cpu(): { brokers: number; redis: number };
  close(): Promise<void>;
}

/** `brokers`: how many on a Redis of their own; one with the embedded store where it is 'embedded'. */
export async function install(brokers: number | 'embedded'): Promise<Installation> {
  const dataDir = mkdtempSync(join(tmpdir(), 'borescope-bench-'));
  // As docs/operations.md asks for.
  const redis =
    brokers === 'embedded' ? undefined : await liveRedis({ config: { appendonly: 'yes', appendfsync: 'everysec' } });
  const started: RunningBroker[] = [];
  const close = async () => {
    await Promise.all(started.map((broker) => broker.process.stop()));
    await redis?.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const count = brokers === 'embedded' ? 1 : brokers;
    for (let n = 0; n < count; n++) started.push(await startBroker(dataDir, redis?.url));
    const tokens = await makeTokens(dataDir, redis?.url);
    const [first, ...others] = started;
    if (first === undefined) throw new Error('an installation has at least one broker');
    return {
      brokers: [first, ...others],
      redis,
      ...tokens,
      cpu: () => ({
        brokers: started.reduce((sum, { process }) => sum + cpuTime(process.pid), 0),
        redis: redis === undefined ? 0 : cpuTime(redis.pid),
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startBroker(dataDir: string, redisUrl: string | undefined): Promise<RunningBroker> {
  const flags = ['--port', '0', '--data-dir', dataDir, '--log-level', 'warn'];
  if (redisUrl !== undefined) flags.push('--redis-url', redisUrl);
  const process = new NodeProcess([...GAUGE_ARGUMENTS, COMMAND, 'serve', ...flags], { cwd: dataDir });
  const [gauge, [, url = '']] = await Promise.all([gaugeOf(process), process.line(/listening on (\S+)/)]);
  return { url, agentUrl: `${url.replace(/^http/, 'ws')}/agent/v1`, process, gauge };
}

/** Made in the store beside the running broker, as `borescope token create` does. */
async function makeTokens(
  dataDir: string,
  redisUrl: string | undefined,
): Promise<{ mcpToken: string; agentToken: string }> {
  const store: Store =
    redisUrl === undefined
      ? await openEmbeddedStore({ dataDir, now: Date.now, use: 'administration' })
      : await openRedisStore({ url: redisUrl, retentionMs: RETENTION_MS, now: Date.now, log: silentLog });
  try {
    await withoutQuotas(store, 'default');
    const tokens = createTokens({ store, clock: Date.now, random: randomBytes });
    const of = async (kind: 'mcp' | 'agent') =>
      (await tokens.create({ organization: 'default', kind, name: 'bench' })).token;
    return { mcpToken: await of('mcp'), agentToken: await of('agent') };
  } finally {
    await store.close();
  }
}
