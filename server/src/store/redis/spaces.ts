import type { RedisConnection } from './connection.ts';
import { GLOBAL, keyOf } from './keys.ts';

/** Organizations that are asked at once. */
const AT_ONCE = 50;

/** The organizations that have anything. */
async function spaces({ call }: RedisConnection): Promise<string[]> {
  return call((redis) => redis.smembers(GLOBAL.spaces));
}

/**
 * Lists an organization before anything of it is written. The mark lies with the organization's own data: where Redis has
 * lost those, the organization is listed again.
 */
export async function listSpace({ call }: RedisConnection, organization: string): Promise<void> {
  await call((redis) => redis.sadd(GLOBAL.spaces, organization));
  await call((redis) => redis.set(keyOf(organization, 'known'), 1));
}

/** Asks for each organization, some at a time, until `isEnough`. */
export async function overSpaces<T>(
  connection: RedisConnection,
  ask: (organization: string) => Promise<readonly T[]>,
  isEnough: (found: readonly T[]) => boolean = () => false,
): Promise<T[]> {
  const all = await spaces(connection);
  const found: T[] = [];
  for (let n = 0; n < all.length && !isEnough(found); n += AT_ONCE) {
    found.push(...(await Promise.all(all.slice(n, n + AT_ONCE).map(ask))).flat());
  }
  return found;
}
