import { resolve } from 'node:path';
import type { Log } from './log.ts';
import { type BrokerSettings, SettingsError } from './settings.ts';
import { openEmbeddedStore } from './store/embedded/embedded-store.ts';
import type { Store } from './store/store.ts';

/** What manages tokens and organizations beside a running broker, without loading the broker itself. */
export { createTokens, type IssuedToken, type TokenRequest, type Tokens, type TokensOptions } from './access/tokens.ts';
export { type Migration, migrate, type StorePlace } from './migration.ts';
export { parseDuration, readSettings, SettingsError } from './settings.ts';
export {
  type EmbeddedStoreOptions,
  openEmbeddedStore,
  SchemaTooNew,
} from './store/embedded/embedded-store.ts';
export { type Organization, type Store, StoreUnavailable, type TokenRecord } from './store/store.ts';

/** Where a command says what went wrong, in one line; the log of a broker is not its own. */
const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * The store that the brokers with these settings use, beside them; and where it is, without credentials. Rejects with
 * `SettingsError`, `SchemaTooNew`, `SchemaUnreadable`, `RedisTooOld`, `StoreMoving` or `StoreUnavailable`.
 */
export async function openStoreBeside(
  settings: Pick<BrokerSettings, 'dataDir' | 'redisUrl' | 'retention'>,
): Promise<{ store: Store; named: string }> {
  const { dataDir, redisUrl, retention } = settings;
  if (redisUrl === undefined) {
    const store = await openEmbeddedStore({ dataDir, now: Date.now, use: 'administration' });
    return { store, named: resolve(dataDir) };
  }
  const { openRedisStore, RedisUrlError } = await import('./store/redis/redis-store.ts');
  const { parseRedisUrl } = await import('./store/redis/redis-url.ts');
  try {
    const { named } = parseRedisUrl(redisUrl);
    const store = await openRedisStore({ url: redisUrl, retentionMs: retention, now: Date.now, log: SILENT });
    return { store, named };
  } catch (error) {
    throw error instanceof RedisUrlError ? new SettingsError(`BORESCOPE_REDIS_URL: ${error.message}`) : error;
  }
}
