import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';
import type { SimulatedAgent } from './agent.ts';
import type { Caller } from './caller.ts';
import { FaultProxy } from './fault-proxy.ts';
import { LONG } from './long.ts';
import { Site } from './site.ts';
import { USAGE_ARGUMENTS, type Usage, usageOf } from './usage.ts';
import { workload } from './workload.ts';

const END_WITHIN = 40_000;
/** Milliseconds that an outage lasts. */
const OUTAGE = LONG ? 15_000 : 1_500;
/** Bytes of heap beyond those of a broker that has done nothing yet: code, caches, what the store keeps of actions. */
const HEAP_GROWTH = 16 * 1024 * 1024;
/** Milliseconds within which a call has an answer while Redis is away: it says UNAVAILABLE and does not hang. */
const ANSWER_WITHIN = 15_000;

describe('with two brokers on one Redis that', { skip: noRedis }, () => {
  let redis: LiveRedis;
  /** Between the brokers and Redis. */
  let line: FaultProxy;
  let site: Site;
  let caller: Caller;
  let agent: SimulatedAgent;
  const baseline: Usage[] = [];
  let services = 0;
  let service: string;

  before(async () => {
    redis = await liveRedis({ durable: true });
    line = await FaultProxy.start(() => redis.port);
    site = await Site.start({
      redisUrl: `redis://127.0.0.1:${line.port}`,
      brokers: 2,
      nodeArguments: () => USAGE_ARGUMENTS,
    });
    for (const index of [0, 1]) baseline.push(await usageOf(site.broker(index)));
    caller = await site.caller();
  });
  after(async () => {
    await site?.close();
    await line?.close();
    await redis?.close();
  });
  beforeEach(async () => {
    agent?.kill();
    service = `service-${++services}`;
    agent = await site.agent(service);
  });

  /** An action that is live through a fault, and gets its hits when it is over. */
  async function through(fault: () => Promise<void>, repair: () => Promise<void>): Promise<void> {
    agent.busy = false;
    const placed = await caller.place({ service, maxHits: 3, timeoutSeconds: 40 });
    assert.ok('view' in placed, JSON.stringify(placed));
    await until(async () => agent.probes === 1);
    await fault();
    try {
      // Captured while nothing can be stored.
      agent.busy = true;
      const begun = performance.now();
      const answer = await caller.place({ service, timeoutSeconds: 20 });
      assert.ok(performance.now() - begun < ANSWER_WITHIN, 'no call hangs');
      assert.ok('view' in answer || ('code' in answer && answer.code === 'UNAVAILABLE'), JSON.stringify(answer));
      await wait(OUTAGE);
    } finally {
      await repair();
    }
    const view = await caller.ended(placed.view.action.id, END_WITHIN);
    assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 3]);
    await works();
  }

  /** All is as before: a new action is placed and has its hits. */
  async function works(): Promise<void> {
    await until(async () => {
      const answer = await caller.place({ service, maxHits: 2, timeoutSeconds: 20, waitSeconds: 10 });
      return 'view' in answer && answer.view.action.state === 'completed';
    });
  }

  it(proves('faults:redis', 'is away for a time nothing is lost'), async () => {
    await through(
      () => redis.kill(),
      () => redis.restart(),
    );
  });

  it(proves('faults:redis', 'stands still nothing is lost'), async () => {
    await through(
      async () => redis.stall(),
      async () => redis.resume(),
    );
  });

  it(proves('faults:redis', 'is half open nothing is lost'), async () => {
    await through(
      async () => line.swallow(),
      async () => line.cut(),
    );
  });

  it(
    proves('faults:redis', 'takes no writes, as after a fail-over that it does not know of, nothing is lost'),
    async () => {
      await through(
        async () => void (await redis.command('REPLICAOF', '127.0.0.1', '1')),
        async () => void (await redis.command('REPLICAOF', 'NO', 'ONE')),
      );
    },
  );

  it(proves('faults:redis', 'is out of memory nothing is lost'), async () => {
    await through(
      async () => void (await redis.command('CONFIG', 'SET', 'maxmemory', '1')),
      async () => void (await redis.command('CONFIG', 'SET', 'maxmemory', '0')),
    );
  });

  it(proves('faults:redis', 'has stored a hit, and is cut off before it says so, has stored it once'), async () => {
    agent.busy = false;
    const placed = await caller.place({ service, maxHits: 20, timeoutSeconds: 40 });
    assert.ok('view' in placed);
    await until(async () => agent.probes === 1);
    const struck = line.when(
      ({ direction, text }) => direction === 'to-client' && text.includes('accepted'),
      () => {
        line.cut();
        return 'withhold';
      },
    );
    agent.busy = true;
    await struck;
    const view = await caller.ended(placed.view.action.id, END_WITHIN);
    assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 20]);
    await site.verify();
  });

  it(proves('faults:redis', 'fails in one way after the other under work keeps every promise'), async () => {
    const others = await Promise.all([site.agent(service), site.agent(service)]);
    const callers = [caller, await site.caller(), await site.caller()];
    const faults = [
      () => line.cut(),
      // Costs whoever is in the middle of something seconds until it is noticed.
      ...(LONG ? [() => line.swallow()] : []),
      () => redis.kill().then(() => redis.restart()),
      () => redis.command('CLIENT', 'KILL', 'TYPE', 'normal'),
      () => redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub'),
      () => site.wire.cut(),
    ];
    let stopped = false;
    const failing = (async () => {
      while (!stopped) {
        await faults[Math.floor(site.random() * faults.length)]?.();
        await wait(site.random() * 1_000);
      }
    })();
    try {
      await workload(site, { callers, agents: [agent, ...others], service, actions: LONG ? 40 : 4 });
    } finally {
      stopped = true;
      await failing;
      line.cut();
    }
    await site.verify();
    for (const other of others) other.kill();
  });

  it(proves('faults:redis', 'was at fault in all of these ways leaves nothing of it in the brokers'), async () => {
    agent.kill();
    site.door.cut();
    for (const [index, before] of baseline.entries()) {
      // What was swallowed is noticed after a while.
      await until(async () => {
        const { sockets, timers } = await usageOf(site.broker(index));
        return sockets <= before.sockets && timers <= before.timers + 2;
      });
      const { heap } = await usageOf(site.broker(index));
      assert.ok(heap - before.heap < HEAP_GROWTH, `the heap has grown by ${heap - before.heap} bytes`);
    }
  });

  it(proves('faults:data-lost', 'lost all its data has its probes gone in time, and serves again'), async () => {
    agent.busy = false;
    const placed = await caller.place({ service, maxHits: 3, timeoutSeconds: 5 });
    assert.ok('view' in placed);
    await until(async () => agent.probes === 1);
    await redis.kill();
    await redis.restart({ empty: true });
    site.history.record({ type: 'lost' });
    await site.restoreTokens();
    assert.equal(await caller.ended(placed.view.action.id, END_WITHIN), undefined, 'it is not there');
    service = 'after-the-loss';
    await site.agent(service);
    await works();
    await site.verify();
  });
});
