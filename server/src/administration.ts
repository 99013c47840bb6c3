/** What manages tokens and organizations beside a running broker, without loading the broker itself. */
export { createTokens, type IssuedToken, type TokenRequest, type Tokens, type TokensOptions } from './access/tokens.ts';
export { parseDuration, readSettings, SettingsError } from './settings.ts';
export {
  type EmbeddedStoreOptions,
  openEmbeddedStore,
  SchemaTooNew,
} from './store/embedded/embedded-store.ts';
export { type Organization, type Store, StoreUnavailable, type TokenRecord } from './store/store.ts';
