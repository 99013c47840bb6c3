import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { type LiveRedis, type LiveRedisOptions, liveRedis, noRedis } from '../live/redis.ts';
import { liveRedisCluster } from '../live/redis-cluster.ts';
import { until } from '../live/until.ts';
import { Site } from './site.ts';
import { workload } from './workload.ts';

const END_WITHIN = 60_000;

describe('two brokers', { skip: noRedis }, () => {
  const cleanUps: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function server(options?: LiveRedisOptions): Promise<LiveRedis> {
    const redis = await liveRedis(options);
    cleanUps.push(() => redis.close());
    return redis;
  }

  async function sited(redisUrl: string): Promise<Site> {
    const site = await Site.start({ redisUrl, brokers: 2 });
    cleanUps.push(() => site.close());
    return site;
  }

  it('go on at the new master when the old one dies, with all that was copied to it', async () => {
    const master = await server();
    const replica = await server({ config: { replicaof: `127.0.0.1 ${master.port}` } });
    const sentinel = await server({
      sentinel: `sentinel monitor shop 127.0.0.1 ${master.port} 1
sentinel down-after-milliseconds shop 500
sentinel failover-timeout shop 3000
`,
    });
    await until(async () => (await replica.command('INFO', 'replication')).includes('master_link_status:up'));
    await until(async () => (await sentinel.command('SENTINEL', 'REPLICAS', 'shop')).includes(String(replica.port)));
    const site = await sited(`redis+sentinel://127.0.0.1:${sentinel.port}/shop`);
    const caller = await site.caller();
    const agent = await site.agent('failed-over');
    agent.busy = false;
    const placed = await caller.place({ service: 'failed-over', maxHits: 3, timeoutSeconds: 60 });
    assert.ok('view' in placed);
    await until(async () => agent.probes === 1);
    await until(async () => {
      const answer = await caller.look(placed.view.action.id);
      return 'view' in answer && answer.view.action.state === 'armed';
    });
    await until(async () => {
      const offsets = await Promise.all(
        [master, replica].map(async (redis) =>
          /master_repl_offset:(\d+)/.exec(await redis.command('INFO', 'replication')),
        ),
      );
      return offsets[0]?.[1] === offsets[1]?.[1];
    });
    await master.kill();
    agent.busy = true;
    const view = await caller.ended(placed.view.action.id, END_WITHIN);
    assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 3]);
    assert.match(await replica.command('INFO', 'replication'), /role:master/);
    const agents = [agent, await site.agent('failed-over')];
    await workload(site, { callers: [caller], agents, service: 'failed-over', actions: 5 });
    await site.verify();
  });

  it('on a cluster keep every promise while a part of it is dead, and when it is back', async () => {
    const cluster = await liveRedisCluster({ durable: true });
    cleanUps.push(() => cluster.close());
    const site = await sited(cluster.url);
    const callers = await Promise.all([site.caller('north'), site.caller('north')]);
    const agents = await Promise.all([site.agent('part'), site.agent('part')]);
    const working = workload(site, { callers, agents, service: 'part', actions: 20 });
    for (const node of cluster.nodes) {
      await node.kill();
      await node.restart();
    }
    await working;
    await site.verify();
  });
});
