import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { createAdministration } from './access/administration.ts';
import { createControls } from './access/controls.ts';
import { ADMINISTRATORS, createPasswords } from './access/passwords.ts';
import { openSecrets } from './access/secrets.ts';
import { createTokens } from './access/tokens.ts';
import { createUsers } from './access/users.ts';
import type { AdministrationServices } from './http/api/api-context.ts';
import type { Log } from './log.ts';
import { type BrokerSettings, SettingsError } from './settings.ts';
import { openEmbeddedStore } from './store/embedded/embedded-store.ts';
import type { Store } from './store/store.ts';

export type { Administration } from './access/administration.ts';
export { isName, NAME_RULE } from './access/seen-text.ts';
/** What manages tokens and organizations beside a running broker, without loading the broker itself. */
export { createTokens, type IssuedToken, type TokenRequest, type Tokens, type TokensOptions } from './access/tokens.ts';
export { normalEmail } from './access/users.ts';
export type { AuditActor } from './audit/audit-record.ts';
export type { AdministrationContext, AdministrationServices, BrokerContext } from './http/api/api-context.ts';
export { etagOf, inputPart, pathNames, type TypedRoute } from './http/api/api-route.ts';
export { type ApprovalView, approve, deny, getApproval, listApprovals } from './http/api/approvals.ts';
export { exportAudit, verifyAudit } from './http/api/audit.ts';
export { getMe } from './http/api/me.ts';
export { createOrganization, listOrganizations } from './http/api/organizations.ts';
export { checkPolicy, getPolicy, previewPolicy, setPolicy } from './http/api/policy.ts';
export { getQuotas, quotaUsage, setQuotas } from './http/api/quotas.ts';
export { getReadOnly, setReadOnly } from './http/api/read-only.ts';
export { listRedactionWarnings } from './http/api/redaction.ts';
export { createToken, listTokens, revokeToken, rotateToken, TOKEN_DAYS, type TokenView } from './http/api/tokens.ts';
export type { UserView } from './http/api/user-view.ts';
export { changeUser, createUser, listUsers, removeUser, renewPassword, signOutUser } from './http/api/users.ts';
export { type Migration, migrate, type StorePlace } from './migration.ts';
export { parseDuration, readSettings, SettingsError } from './settings.ts';
export type { Expected } from './store/current-document.ts';
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

/**
 * What administers, beside the brokers that may run on the store. Rejects with `SettingsError` where the secret is not that of
 * the store.
 */
export async function openAdministration(options: {
  store: Store;
  secretFile: string | undefined;
}): Promise<AdministrationServices> {
  const { store, secretFile } = options;
  const secrets = await openSecrets({ documents: store.documents, file: secretFile });
  const now = Date.now;
  const monotonic = () => performance.now();
  const controls = createControls({ store, secrets, now, monotonic, log: SILENT });
  const tokens = createTokens({ store, clock: now, random: randomBytes });
  const users = createUsers({ documents: store.documents, clock: now, random: randomBytes });
  const passwords = createPasswords(ADMINISTRATORS);
  const administration = createAdministration({ store, tokens, users, controls, passwords, now, random: randomBytes });
  return { store, tokens, users, controls, administration, now };
}
