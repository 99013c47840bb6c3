import { after, describe } from 'node:test';
import { openRedisStore } from '../../server/src/store/redis/redis-store.ts';
import { liveRedis, noRedis } from '../live/redis.ts';
import { liveRedisCluster } from '../live/redis-cluster.ts';
import { silentLog } from '../live/silent-log.ts';
import { storeConformance } from './store.ts';
import { storeRaces } from './store-races.ts';

describe('with a redis-server', { skip: noRedis }, () => {
  const started: { close(): Promise<void> }[] = [];
  after(async () => {
    for (const redis of started) await redis.close();
  });
  const server = async () => {
    const redis = await liveRedis();
    started.push(redis);
    return redis;
  };
  const open = ({ url }: { url: string }) =>
    openRedisStore({ url, retentionMs: 60_000, now: Date.now, log: silentLog });

  storeConformance('Redis', async () => open(await server()));

  storeRaces('Redis', async () => {
    const redis = await server();
    return [await open(redis), await open(redis)];
  });

  // What belongs to an organization must be in one slot, and all else be touched by itself.
  storeConformance('Redis Cluster', async () => {
    const cluster = await liveRedisCluster();
    started.push(cluster);
    return open(cluster);
  });
});
