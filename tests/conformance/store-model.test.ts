import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { openEmbeddedStore } from '../../server/src/store/embedded/embedded-store.ts';
import { openRedisStore } from '../../server/src/store/redis/redis-store.ts';
import { LEASE } from '../../server/src/store/redis/time-to-live.ts';
import { liveRedis, noRedis } from '../live/redis.ts';
import { silentLog } from '../live/silent-log.ts';
import { accessFollowsModel } from './access-commands.ts';
import { storeFollowsModel } from './store-commands.ts';

const cleanUps: (() => Promise<void>)[] = [];
after(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
});

for (const use of ['broker', 'administration'] as const) {
  const kind = { leaseMs: Number.POSITIVE_INFINITY, forgetsRuntimes: true, leastEpoch: () => 1 };
  const open = async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'borescope-store-'));
    cleanUps.push(() => rm(dataDir, { recursive: true, force: true }));
    const store = await openEmbeddedStore({ dataDir, now: Date.now, use });
    return [store, store] as const;
  };
  storeFollowsModel(`embedded (${use})`, kind, open);
  accessFollowsModel(`embedded (${use})`, open);
}

describe('with a redis-server', { skip: noRedis }, () => {
  const kind = { leaseMs: LEASE, forgetsRuntimes: false, leastEpoch: (at: number) => Math.floor(at / 1000) };
  const open = async () => {
    const redis = await liveRedis();
    cleanUps.push(() => redis.close());
    const broker = () => openRedisStore({ url: redis.url, retentionMs: 3_600_000, now: Date.now, log: silentLog });
    return [await broker(), await broker()] as const;
  };
  storeFollowsModel('Redis', kind, open);
  accessFollowsModel('Redis', open);
});
