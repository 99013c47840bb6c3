import { randomBytes } from 'node:crypto';
import { type Clock, systemClock } from './clock.ts';
import type { Log } from './log.ts';
import type { Messages } from './messages/messages.ts';
import type { Meter } from './meter.ts';
import { createEmbeddedQueue } from './queue/embedded-queue.ts';
import type { Queue } from './queue/queue.ts';
import { type BrokerSettings, SettingsError } from './settings.ts';
import { openEmbeddedStore } from './store/embedded/embedded-store.ts';
import type { Store } from './store/store.ts';

/** What a broker stands on: a directory of its own, or a Redis that any number of brokers share. */
export interface Foundation {
  readonly store: Store;
  readonly clock: Clock;
  readonly queue: Queue;
  /** To the other brokers; undefined where there can be none. */
  readonly messages?: Messages;
  /** For the log: where it is, without credentials. */
  readonly named: string;
  /** After the engine was drained. */
  close(): Promise<void>;
}

export interface FoundationOptions {
  readonly settings: Pick<BrokerSettings, 'dataDir' | 'redisUrl' | 'retention'>;
  readonly log: Log;
  readonly meter: Meter;
}

/**
 * Rejects with `DataDirectoryInUse`, `SchemaTooNew`, `SchemaUnreadable`, `RedisTooOld`, `StoreMoving`, `StoreUnavailable`, or `SettingsError` for a URL that
 * names no Redis. What speaks to Redis is only loaded where it is used.
 */
export async function openFoundation({ settings, log, meter }: FoundationOptions): Promise<Foundation> {
  const { dataDir, redisUrl, retention } = settings;
  if (redisUrl === undefined) {
    const store = await openEmbeddedStore({ dataDir, now: Date.now, use: 'broker' });
    const queue = createEmbeddedQueue({ clock: systemClock, log });
    return { store, clock: systemClock, queue, named: dataDir, close: () => store.close() };
  }
  const { openSharedFoundation, RedisUrlError } = await import('./shared-foundation.ts');
  const replica = randomBytes(8).toString('hex');
  try {
    return await openSharedFoundation({ url: redisUrl, retentionMs: retention, replica, log, meter });
  } catch (error) {
    throw error instanceof RedisUrlError ? new SettingsError(`BORESCOPE_REDIS_URL: ${error.message}`) : error;
  }
}
