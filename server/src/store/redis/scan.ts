import { Cluster } from 'ioredis';
import type { RedisConnection } from './connection.ts';
import { EVERY_KEY } from './keys.ts';

/** Keys that Redis looks at in one step. */
const LOOKED_AT = 1_000;

/** Every key of the store, some at a time. One may come more than once: Redis says so of `SCAN`. */
export async function* scanStore({ call }: RedisConnection): AsyncGenerator<string[]> {
  const nodes = await call(async (client) => (client instanceof Cluster ? client.nodes('master') : [client]));
  for (const node of nodes) {
    let cursor = '0';
    do {
      const [next, keys] = await call(() => node.scan(cursor, 'MATCH', EVERY_KEY, 'COUNT', LOOKED_AT));
      yield keys;
      cursor = next;
    } while (cursor !== '0');
  }
}
