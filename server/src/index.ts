export type { Role, TokenKind } from './access/caller.ts';
export { FRAME_GRANTS, ROUTE_GRANTS, type RouteGrant, TOOL_GRANTS } from './access/doors.ts';
export { createTokens, type IssuedToken, type TokenRequest, type Tokens, type TokensOptions } from './access/tokens.ts';
export { type Broker, type BrokerOptions, ListenError, startBroker } from './broker.ts';
export { scopesFor } from './http/api/api-caller.ts';
export { inputPart, pathNames } from './http/api/api-route.ts';
export { NEEDS } from './http/api/openapi.ts';
export { API_ROUTES } from './http/api/routes.ts';
export { HTTP_ERRORS } from './http/http-error.ts';
export { TOOLS } from './mcp/catalogue.ts';
export { VALUE_NOTATION } from './mcp/render-value.ts';
export type { ActionResult } from './mcp/result-schema.ts';
export type { Tool } from './mcp/tool.ts';
export { brokerVersion } from './package-info.ts';
export { DEFAULT_QUOTAS, quotaChange } from './quotas/quota-limits.ts';
export {
  BROKER_SETTING_NAMES,
  type BrokerSettingName,
  type BrokerSettings,
  brokerSettings,
  flagName,
  parseDuration,
  readSettings,
  SettingsError,
  variableName,
} from './settings.ts';
export {
  DataDirectoryInUse,
  type EmbeddedStoreOptions,
  openEmbeddedStore,
  SchemaTooNew,
} from './store/embedded/embedded-store.ts';
export { openRedisStore, type RedisStoreOptions, RedisTooOld, RedisUrlError } from './store/redis/redis-store.ts';
export { type Organization, type Store, StoreUnavailable, type TokenRecord } from './store/store.ts';
