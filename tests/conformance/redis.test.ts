import { after, describe } from 'node:test';
import { openRedisStore } from '../../server/src/store/redis/redis-store.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { silentLog } from '../live/silent-log.ts';
import { storeConformance } from './store.ts';

describe('with a redis-server', { skip: noRedis }, () => {
  let redis: LiveRedis | undefined;
  after(() => redis?.close());
  storeConformance('Redis', async () => {
    redis = await liveRedis();
    return openRedisStore({ url: redis.url, retentionMs: 60_000, now: Date.now, log: silentLog });
  });
});
