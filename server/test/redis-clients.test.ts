import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { liveRedis, noRedis } from '../../tests/live/redis.ts';
import { silentLog } from '../../tests/live/silent-log.ts';
import { until } from '../../tests/live/until.ts';
import type { Log } from '../src/log.ts';
import { createRedisClients, type RedisClients } from '../src/store/redis/redis-clients.ts';
import { parseRedisUrl } from '../src/store/redis/redis-url.ts';
import { StoreUnavailable } from '../src/store/store.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

describe('the connections of a broker', { skip: noRedis }, () => {
  test('one that cannot be made for long is told once, and is no readiness; then all is well again', async () => {
    const redis = await liveRedis();
    cleanUps.push(() => redis.close());
    const lines: string[] = [];
    const note = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
    const log: Log = { ...silentLog, info: note, warn: note };
    const address = parseRedisUrl(redis.url);
    const clients = createRedisClients({ address, replica: 'r', log, missingAfterMs: 200 });
    cleanUps.push(() => clients.close());
    const first = clients.connect('requests', 'first');
    await until(async () => first.status === 'ready');
    clients.opened();
    await first.config('SET', 'maxclients', '1');
    clients.connect('blocking', 'inbox');
    clients.connect('blocking', 'notices');
    assert.doesNotThrow(() => clients.check(), 'it may be there soon');
    await until(async () => failureOf(clients)?.includes('inbox, notices') ?? false);
    assert.match(failureOf(clients) ?? '', /\(inbox, notices\): \w/);
    await first.config('SET', 'maxclients', '100');
    await until(async () => failureOf(clients) === undefined);
    assert.deepEqual(
      lines.map((line) => line.replace(/ \{.*/, '')),
      ['a connection to Redis cannot be made', 'all connections to Redis are there again'],
    );
    assert.match(lines[0] ?? '', /"connection":"inbox","reason":"\w/);
  });
});

function failureOf(clients: RedisClients): string | undefined {
  try {
    clients.check();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof StoreUnavailable);
    return error.message;
  }
}
