import { type Organization, SchemaTooNew, SchemaUnreadable } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { GLOBAL } from './keys.ts';
import { type RedisAddress, RedisUrlError } from './redis-url.ts';
import { RAISE_SCHEMA } from './scripts/raise-schema.ts';

/**
 * 1: actions, runtimes, tokens. 2: documents, the audit, quotas. Nothing of the first is written otherwise; the number stops
 * brokers that know of no quotas and no policies.
 */
const SCHEMA_VERSION = 2;
/** The first major whose scripts are refused as a whole where they cannot write. */
const OLDEST_MAJOR = 7;

/** Redis before 7.0. */
export class RedisTooOld extends Error {
  override readonly name = 'RedisTooOld';
}

/**
 * Rejects with `RedisUrlError` where this Redis has no database of that number: ioredis drops the refusal, and would go on in
 * database 0.
 */
export async function requireDatabase({ call }: RedisConnection, { database }: RedisAddress): Promise<void> {
  // It is always there, and in a cluster the only one.
  if (database === 0) return;
  try {
    await call((redis) => redis.select(database));
  } catch (error) {
    if (!(error instanceof Error) || !/DB index is out of range/.test(error.message)) throw error;
    throw new RedisUrlError(
      `this Redis has no database ${database}: name one that it has (0 to 15 where nothing else is set), or raise "databases" in its configuration`,
    );
  }
}

/**
 * Notes the version of what is stored, or raises it, and makes what is there from the start. Writes only what is missing: a
 * Redis whose memory is full takes no write, and tokens must be revoked there, too. Rejects with
 * `SchemaTooNew` or `SchemaUnreadable`.
 */
export async function prepareSchema(connection: RedisConnection, now: number): Promise<void> {
  const { call, run } = connection;
  if ((await versionOf(connection)) < SCHEMA_VERSION) {
    await run(RAISE_SCHEMA, [GLOBAL.schema], [SCHEMA_VERSION]);
    await versionOf(connection);
  }
  const first: Organization = { id: 'default', name: 'default', createdAt: now };
  if ((await call((redis) => redis.hexists(GLOBAL.organizations, first.name))) === 1) return;
  await call((redis) => redis.hsetnx(GLOBAL.organizations, first.name, JSON.stringify(first)));
}

/** False where Redis holds no store. Changes nothing. Rejects with `SchemaTooNew` or `SchemaUnreadable`. */
export async function hasSchema(connection: RedisConnection): Promise<boolean> {
  return (await versionOf(connection)) > 0;
}

/** 0 where Redis holds no store. */
async function versionOf({ call }: RedisConnection): Promise<number> {
  const text = await call((redis) => redis.get(GLOBAL.schema));
  if (text === null) return 0;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new SchemaUnreadable(GLOBAL.schema);
  if (Number(text) > SCHEMA_VERSION) throw new SchemaTooNew(Number(text), SCHEMA_VERSION);
  return Number(text);
}

/** What Redis says of itself: `INFO`. Valkey gives the version of Redis that it speaks like. */
export async function readServer({ call }: RedisConnection): Promise<{ version: string; evicts: string | undefined }> {
  const text = await call((redis) => redis.info());
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(text)?.[1];
  const version = field('redis_version') ?? '0';
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    throw new RedisTooOld(`Redis ${version} is too old: Borescope needs Redis 7.0 or Valkey 7.2, or newer`);
  }
  const policy = field('maxmemory_policy');
  return { version, evicts: policy === undefined || policy === 'noeviction' ? undefined : policy };
}
