import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from '../faults/site.ts';
import { usageOf } from '../faults/usage.ts';
import type { LiveRedis } from '../live/redis.ts';
import { until } from '../live/until.ts';

/** What an installation holds while no agent and no caller is connected; bytes and counts. */
export interface Holding {
  readonly brokers: readonly BrokerHolding[];
  readonly redisBytes: number;
}

interface BrokerHolding {
  readonly heap: number;
  readonly rss: number;
  readonly sockets: number;
  readonly timers: number;
  readonly files: number;
}

/** As soon as every connection has been let go of. */
export async function holdingOf(site: Site, redis: LiveRedis | undefined): Promise<Holding> {
  site.door.cut();
  await until(async () => site.door.open === 0 && site.wire.open === 0);
  const indexes = redis === undefined ? [0] : [0, 1];
  const brokers = await Promise.all(indexes.map((index) => settled(site, index)));
  const told = /used_memory:(\d+)/.exec((await redis?.command('INFO', 'memory')) ?? '');
  return { brokers, redisBytes: Number(told?.[1] ?? 0) };
}

/** Looks, because a command that is under way just then has a timer, and a socket may be on its way out. */
const LOOKS = 10;
/** Milliseconds. */
const LOOK_EVERY = 200;

/** The least of several looks. */
async function settled(site: Site, index: number): Promise<BrokerHolding> {
  const broker = site.broker(index);
  const looks: BrokerHolding[] = [];
  for (let n = 0; n < LOOKS; n++) {
    await sleep(LOOK_EVERY);
    const process = `/proc/${broker.pid}`;
    // In kB: proc(5).
    const [, rss] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`${process}/status`, 'utf8')) ?? [];
    looks.push({ ...(await usageOf(broker)), rss: Number(rss) * 1024, files: readdirSync(`${process}/fd`).length });
  }
  const least = (of: (look: BrokerHolding) => number) => Math.min(...looks.map(of));
  return {
    heap: least(({ heap }) => heap),
    rss: least(({ rss }) => rss),
    sockets: least(({ sockets }) => sockets),
    timers: least(({ timers }) => timers),
    files: least(({ files }) => files),
  };
}

export function tell({ brokers, redisBytes }: Holding): string {
  const each = (of: (broker: BrokerHolding) => string | number) => brokers.map(of).join(' and ');
  return [
    `heap ${each(({ heap }) => mib(heap))} MiB`,
    `RSS ${each(({ rss }) => mib(rss))} MiB`,
    `sockets ${each(({ sockets }) => sockets)}`,
    `timers ${each(({ timers }) => timers)}`,
    `files ${each(({ files }) => files)}`,
    ...(redisBytes > 0 ? [`Redis ${mib(redisBytes)} MiB`] : []),
  ].join(', ');
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
