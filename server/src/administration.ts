import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { type Administration, createAdministration } from './access/administration.ts';
import { createControls } from './access/controls.ts';
import { openSecrets } from './access/secrets.ts';
import type { Tokens } from './access/tokens.ts';
import type { Users } from './access/users.ts';
import type { Log } from './log.ts';
import { type BrokerSettings, SettingsError } from './settings.ts';
import { openEmbeddedStore } from './store/embedded/embedded-store.ts';
import type { Store } from './store/store.ts';

export type { Administration } from './access/administration.ts';
export { createPasswords, type Passwords, randomPassword } from './access/passwords.ts';
/** What manages tokens and organizations beside a running broker, without loading the broker itself. */
export { createTokens, type IssuedToken, type TokenRequest, type Tokens, type TokensOptions } from './access/tokens.ts';
export {
  createUsers,
  normalEmail,
  type User,
  type UserChange,
  type UserRequest,
  type Users,
  type UsersOptions,
} from './access/users.ts';
export type { AuditActor } from './audit/audit-record.ts';
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

/** What changes things and tells the audit of it. Rejects with `SettingsError` where the secret is not that of the store. */
export async function openAdministration(options: {
  store: Store;
  tokens: Tokens;
  users: Users;
  secretFile: string | undefined;
}): Promise<Administration> {
  const { store, tokens, users, secretFile } = options;
  const secrets = await openSecrets({ documents: store.documents, file: secretFile });
  const monotonic = () => performance.now();
  const controls = createControls({ store, secrets, now: Date.now, monotonic, log: SILENT });
  const freshId = (prefix: string) => prefix + randomBytes(12).toString('hex');
  return createAdministration({ store, tokens, users, controls, now: Date.now, freshId });
}
