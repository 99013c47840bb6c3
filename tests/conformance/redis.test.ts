import { after, describe } from 'node:test';
import { openRedisStore } from '../../server/src/store/redis/redis-store.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { silentLog } from '../live/silent-log.ts';
import { storeConformance } from './store.ts';
import { storeRaces } from './store-races.ts';

describe('with a redis-server', { skip: noRedis }, () => {
  const started: LiveRedis[] = [];
  after(async () => {
    for (const redis of started) await redis.close();
  });
  const server = async () => {
    const redis = await liveRedis();
    started.push(redis);
    return redis;
  };
  const open = ({ url }: LiveRedis) => openRedisStore({ url, retentionMs: 60_000, now: Date.now, log: silentLog });

  storeConformance('Redis', async () => open(await server()));

  storeRaces('Redis', async () => {
    const redis = await server();
    return [await open(redis), await open(redis)];
  });
});
