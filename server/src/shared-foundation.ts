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
import { createRedisClients, withClientCount } from './store/redis/redis-clients.ts';
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
  const clients = createRedisClients({ address, replica, log });
  const { connect } = clients;
  const connection = createRedisConnection({
    client: connect('requests', 'broker'),
    lastFailure: clients.lastFailure,
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
    clients.close();
  };
  try {
    await connection.ready(OPEN_WITHIN);
    clients.opened();
    await clock.start();
    const store = await openRedisStore({ url, retentionMs, now: clock.now, log });
    try {
      const queue = await openBullmqQueue({
        connection: connect('requests', 'jobs'),
        workerConnection: () => connect('blocking', 'worker'),
        replica,
        clock,
        log,
        lastFailure: clients.lastFailure,
        onRebuilt: meter.workerReplaced,
      });
      const messages = createRedisMessages({
        replica,
        connection,
        client: connect,
        clock,
        log,
      });
      const close = async () => {
        await store.close();
        await letGo();
      };
      const check = async () => {
        clients.check();
        await store.check();
      };
      return { store: { ...store, check }, clock, queue, messages, named: address.named, close };
    } catch (error) {
      // Before one of them is closed.
      const told = await withClientCount(error, connection);
      await store.close();
      throw told;
    }
  } catch (error) {
    await letGo();
    throw error;
  }
}
