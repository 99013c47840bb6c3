import type { KeyStore } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { keysOf } from './keys.ts';
import { PSEUDONYM_KEY } from './scripts/pseudonym-key.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Milliseconds after the last new key until all are deleted: of today's and yesterday's hits nothing is captured any more then. */
export const KEYS_KEPT = 3 * DAY;

export function redisKeys({ run }: RedisConnection): KeyStore {
  return {
    async pseudonymKey(organization, day, fresh) {
      const dayBefore = new Date(Date.parse(day) - DAY).toISOString().slice(0, 10);
      return String(await run(PSEUDONYM_KEY, keysOf(organization), [day, fresh, dayBefore, KEYS_KEPT]));
    },
  };
}
