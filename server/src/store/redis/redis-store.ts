import { randomUUID } from 'node:crypto';
import type { Log } from '../../log.ts';
import { type Store, StoreUnavailable } from '../store.ts';
import { redisActions } from './actions.ts';
import { redisAudit } from './audit.ts';
import { createRedisConnection, type RedisConnection } from './connection.ts';
import { redisDocuments } from './documents.ts';
import { GLOBAL } from './keys.ts';
import { refuseMoving } from './moving.ts';
import { redisOrganizations } from './organizations.ts';
import { redisKeys } from './pseudonyms.ts';
import { redisQuotas } from './quotas.ts';
import { createRedisClient } from './redis-client.ts';
import { parseRedisUrl } from './redis-url.ts';
import { redisRuntimes } from './runtimes.ts';
import { prepareSchema, readServer, requireDatabase } from './schema.ts';
import { guardSchema } from './schema-guard.ts';
import { timesToLive } from './time-to-live.ts';
import { redisTokens } from './tokens.ts';

export { RedisUrlError } from './redis-url.ts';
export { RedisTooOld } from './schema.ts';

export interface RedisStoreOptions {
  /** As `BORESCOPE_REDIS_URL`. */
  readonly url: string;
  /** Milliseconds that ended actions and their hits are kept: Redis itself deletes them a day later, should nobody do it before. */
  readonly retentionMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
  /** Milliseconds to find Redis at the start; 10 s where not given. */
  readonly openWithinMs?: number;
  /** Milliseconds between two looks whether the schema is still the one that is known; 5 s where not given. */
  readonly lookAtSchemaEveryMs?: number;
}

/** Milliseconds that the key of a check stays. */
const CHECK_KEPT = 60_000;

/**
 * The store of any number of brokers. Rejects with `RedisUrlError`, `RedisTooOld`, `SchemaTooNew`, `SchemaUnreadable`,
 * `StoreMoving`, or `StoreUnavailable` where Redis does not answer in time.
 *
 * A write that rejects with `StoreUnavailable` may have been done: the answer was lost, not the question. Asking again is
 * always right: a hit is then a duplicate, a change finds what it wanted, and an action that nobody knows of ends at its
 * deadline.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { url, retentionMs, now, log, openWithinMs = 10_000, lookAtSchemaEveryMs } = options;
  const address = parseRedisUrl(url);
  let failure: Error | undefined;
  const client = createRedisClient(address, {
    use: 'requests',
    name: 'store',
    onError: (error) => {
      failure = error;
    },
  });
  const connection = createRedisConnection({ client, lastFailure: () => failure, monotonic: () => performance.now() });
  try {
    await connection.ready(openWithinMs);
    await requireDatabase(connection, address);
    const { version, evicts } = await readServer(connection);
    if (evicts !== undefined) {
      log.warn(
        { policy: evicts },
        'Redis may drop what is stored when its memory is full: set maxmemory-policy noeviction',
      );
    }
    await refuseMoving(connection);
    await prepareSchema(connection, now());
    log.info({ redis: address.named, version }, 'Redis is the store');
  } catch (error) {
    await connection.close();
    throw error;
  }
  // Once for each outage: attempts to connect again may fail for long.
  let isAway = false;
  let isClosed = false;
  client.on('close', () => {
    if (!isAway && !isClosed)
      log.warn({ redis: address.named, reason: failure?.message }, 'lost the connection to Redis');
    isAway = true;
  });
  client.on('ready', () => {
    log.info({ redis: address.named }, 'connected to Redis again');
    isAway = false;
    // It may have come back without its data.
    prepareSchema(connection, now()).catch((err: unknown) => log.warn({ err }, 'the store could not be prepared'));
  });
  const times = timesToLive(retentionMs);
  const { guarded, stop } = guardSchema({
    connection,
    log,
    ...(lookAtSchemaEveryMs !== undefined && { lookEveryMs: lookAtSchemaEveryMs }),
  });
  return {
    organizations: redisOrganizations(guarded),
    tokens: redisTokens(guarded),
    actions: redisActions(guarded, times),
    runtimes: redisRuntimes({ connection: guarded, timesToLive: times, uniqueName: randomUUID }),
    keys: redisKeys(guarded),
    documents: redisDocuments(guarded),
    audit: redisAudit(guarded),
    quotas: redisQuotas(guarded),
    check: () => check(connection, now),
    async close() {
      isClosed = true;
      stop();
      await connection.close();
    },
  };
}

async function check(connection: RedisConnection, now: () => number): Promise<void> {
  await prepareSchema(connection, now());
  const written = await connection.call((redis) => redis.set(GLOBAL.check, 1, 'PX', CHECK_KEPT));
  if (written !== 'OK') throw new StoreUnavailable('Redis did not take a write');
}
