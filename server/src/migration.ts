import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { SettingsError } from './settings.ts';
import { holdEmbeddedSource, holdEmbeddedTarget } from './store/embedded/hold-embedded.ts';
import { type HeldStore, type HeldTarget, MoveRefused } from './store/moving/held-store.ts';
import { type MoveProgress, type MoveReport, moveStore } from './store/moving/move-store.ts';

/** Where a store is: a data directory, or the URL of a Redis. */
export type StorePlace = { readonly dataDir: string } | { readonly redisUrl: string };

export interface MigrationOptions {
  readonly from: StorePlace;
  readonly to: StorePlace;
  /** Milliseconds that the brokers of the target keep ended actions and their hits. */
  readonly retentionMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends it soon after, which rejects with its reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MoveProgress) => void;
}

export interface Migration extends MoveReport {
  /** Where they are, without credentials. */
  readonly from: string;
  readonly to: string;
}

/**
 * Moves everything of one store into an empty one, and compares them. Rejects with `MoveRefused`, `StoreMoving`,
 * `DataDirectoryInUse`, `SchemaTooNew`, `SchemaUnreadable`, `RedisTooOld`, `StoreUnavailable`, or `SettingsError` for a URL that names no Redis;
 * the source is then as it was, and the target empty, as it was, or unfinished.
 */
export async function migrate(options: MigrationOptions): Promise<Migration> {
  const { retentionMs, now, signal, onProgress } = options;
  const at = now();
  const shared = { run: randomUUID(), retentionMs, now };
  if ('dataDir' in options.from && 'dataDir' in options.to && isSame(options.from.dataDir, options.to.dataDir)) {
    throw new MoveRefused('both are the same store');
  }
  const from = await source(options.from, shared);
  try {
    const to = await target(options.to, shared, at);
    try {
      const report = await moveStore({
        from,
        to,
        at,
        now,
        ...(signal !== undefined && { signal }),
        ...(onProgress !== undefined && { onProgress }),
      });
      return { ...report, from: from.named, to: to.named };
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

type Shared = Pick<MigrationOptions, 'retentionMs' | 'now'> & { readonly run: string };

async function source(place: StorePlace, shared: Shared): Promise<HeldStore> {
  if ('dataDir' in place) return holdEmbeddedSource(place.dataDir);
  const { holdRedisSource } = await import('./store/redis/hold-redis.ts');
  return named('FROM', holdRedisSource({ url: place.redisUrl, ...shared }));
}

async function target(place: StorePlace, shared: Shared, at: number): Promise<HeldTarget> {
  if ('dataDir' in place) return holdEmbeddedTarget(place.dataDir, at);
  const { holdRedisTarget } = await import('./store/redis/hold-redis.ts');
  return named('TO', holdRedisTarget({ url: place.redisUrl, ...shared }));
}

function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    // One of them is not there.
    return false;
  }
}

async function named<Held>(argument: string, held: Promise<Held>): Promise<Held> {
  try {
    return await held;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'RedisUrlError') throw error;
    throw new SettingsError(`${argument}: ${error.message}`);
  }
}
