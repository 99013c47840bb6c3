import { z } from 'zod';
import { systemClock } from './clock.ts';
import type { Foundation } from './foundation.ts';
import type { Log } from './log.ts';
import { createRedisMessages } from './messages/redis-messages.ts';
import type { Meter } from './meter.ts';
import { openBullmqQueue } from './queue/bullmq-queue.ts';
import { createSharedClock } from './shared-clock.ts';
import { createRedisConnection } from './store/redis/connection.ts';
import { GLOBAL } from './store/redis/keys.ts';
import { createRedisClient, type RedisClient } from './store/redis/redis-client.ts';
import { openRedisStore, RedisUrlError } from './store/redis/redis-store.ts';
import { parseRedisUrl } from './store/redis/redis-url.ts';
import { script } from './store/redis/script.ts';

export { RedisUrlError };

export interface SharedFoundationOptions {
  /** As `BORESCOPE_REDIS_URL`. */
  readonly url: string;
  readonly retentionMs: number;
  /** Names this broker among the others. */
  readonly replica: string;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * The time of Redis. KEYS: any; all brokers ask with the same one, so that in a cluster it is always the time of one node.
 * Answer: seconds, microseconds.
 */
const READ_TIME = script('reads', "return redis.call('TIME')");
const time = z.tuple([z.coerce.number(), z.coerce.number()]);

/** Milliseconds to find Redis at the start. */
const OPEN_WITHIN = 10_000;

/**
 * A Redis that any number of brokers share: it holds the store, the queue, the messages and the time. Rejects with
 * `RedisUrlError`, `RedisTooOld`, `SchemaTooNew`, `SchemaUnreadable`, or `StoreUnavailable`.
 */
export async function openSharedFoundation(options: SharedFoundationOptions): Promise<Foundation> {
  const { url, retentionMs, replica, log, meter } = options;
  const address = parseRedisUrl(url);
  const monotonic = () => performance.now();
  const clients = new Set<RedisClient>();
  let opened = false;
  let failure: Error | undefined;
  const connect = (use: 'requests' | 'blocking', name: string): RedisClient => {
    const client = createRedisClient(address, {
      use,
      name: `${name}-${replica}`,
      onError: (error) => {
        // Later the connection of the store tells of outages; these have the same.
        if (failure === undefined && !opened) {
          log.warn({ redis: address.named, reason: error.message }, 'Redis cannot be reached yet');
        }
        failure = error;
      },
    });
    clients.add(client);
    client.once('end', () => clients.delete(client));
    return client;
  };
  const connection = createRedisConnection({
    client: connect('requests', 'broker'),
    lastFailure: () => failure,
    monotonic,
  });
  const clock = createSharedClock({
    monotonic,
    later: systemClock.later,
    async readTime() {
      const [seconds, microseconds] = time.parse(await connection.run(READ_TIME, [GLOBAL.schema], []));
      return seconds * 1000 + microseconds / 1000;
    },
  });
  const letGo = async () => {
    clock.stop();
    await connection.close();
    for (const client of clients) client.disconnect();
  };
  try {
    await connection.ready(OPEN_WITHIN);
    opened = true;
    await clock.start();
    const store = await openRedisStore({ url, retentionMs, now: clock.now, log });
    try {
      const queue = await openBullmqQueue({
        connection: connect('requests', 'jobs'),
        workerConnection: () => connect('blocking', 'worker'),
        replica,
        clock,
        log,
        onRebuilt: meter.workerReplaced,
      });
      const messages = createRedisMessages({
        replica,
        connection,
        client: (name) => connect('blocking', name),
        clock,
        log,
      });
      const close = async () => {
        await store.close();
        await letGo();
      };
      return { store, clock, queue, messages, named: address.named, close };
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    await letGo();
    throw error;
  }
}
