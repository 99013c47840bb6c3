import { after, describe } from 'node:test';
import { openRedisStore } from '../../server/src/store/redis/redis-store.ts';
import { liveRedis, noRedis } from '../live/redis.ts';
import { liveRedisCluster } from '../live/redis-cluster.ts';
import { silentLog } from '../live/silent-log.ts';
import { auditConformance } from './audit.ts';
import { documentConformance } from './documents.ts';
import { quotaConformance } from './quotas.ts';
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

  const both = async () => {
    const redis = await server();
    return [await open(redis), await open(redis)] as const;
  };
  storeRaces('Redis', both);
  documentConformance('Redis', both);
  auditConformance('Redis', both);
  quotaConformance('Redis', both);

  // What belongs to an organization must be in one slot, and all else be touched by itself.
  const cluster = async () => {
    const nodes = await liveRedisCluster();
    started.push(nodes);
    return nodes;
  };
  storeConformance('Redis Cluster', async () => open(await cluster()));
  for (const conformance of [documentConformance, auditConformance, quotaConformance]) {
    conformance('Redis Cluster', async () => {
      const nodes = await cluster();
      return [await open(nodes), await open(nodes)];
    });
  }
});
