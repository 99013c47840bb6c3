import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { proves } from '../proves.ts';
import type { Caller } from './caller.ts';
import { Site } from './site.ts';
import { STEP_HITS, STEPS, strikeAt } from './steps.ts';

const END_WITHIN = 40_000;

describe('with two brokers on one Redis', { skip: noRedis }, () => {
  let redis: LiveRedis;
  let site: Site;
  let caller: Caller;

  before(async () => {
    redis = await liveRedis({ durable: true });
    site = await Site.start({ redisUrl: redis.url, brokers: 2 });
    // Agents at the one, callers at the other: what is asked at one is done at the other.
    site.callersGoTo = 1;
    caller = await site.caller();
  });
  after(async () => {
    await site?.close();
    await redis?.close();
  });

  /** The action that was placed since, through whatever happened to the answer. */
  async function endsWithAll(before: ReadonlySet<string>): Promise<void> {
    const id = (await caller.discover(END_WITHIN)).find((known) => !before.has(known));
    assert.ok(id !== undefined, 'it is there');
    const view = await caller.ended(id, END_WITHIN);
    assert.deepEqual([view?.action.state, view?.hits.length], ['completed', STEP_HITS], id);
  }

  for (const [index, step] of STEPS.entries()) {
    it(
      proves(['faults:broker', 'brokers:death'], `a broker that is killed costs nothing at ${step.name}`),
      async () => {
        const service = `broker-killed-${index}`;
        site.agentsGoTo = 0;
        const agent = await site.agent(service);
        const dies = step.proxy === 'door' ? 1 : 0;
        let killed: Promise<void> | undefined;
        const struck = strikeAt(site, step, () => {
          killed = site.killBroker(dies);
        });
        const before = new Set(caller.known);
        const placed = caller.place({ service, maxHits: STEP_HITS, timeoutSeconds: 30, waitSeconds: 10 });
        await struck;
        await killed;
        // Those that live take over, as behind a load balancer.
        site.agentsGoTo = undefined;
        site.callersGoTo = 1 - dies;
        site.wire.cut();
        site.door.cut();
        await placed;
        await endsWithAll(before);
        agent.kill();
        await site.startBroker(dies);
        site.callersGoTo = 1;
      },
    );
  }

  for (const [index, step] of STEPS.entries()) {
    it(
      proves('faults:redis', `a Redis that is killed and comes back with its data costs nothing at ${step.name}`),
      async () => {
        const service = `redis-killed-${index}`;
        site.agentsGoTo = 0;
        const agent = await site.agent(service);
        let killed: Promise<void> | undefined;
        const strike = () => {
          killed = redis.kill();
        };
        const struck = strikeAt(site, step, strike, 'pass');
        const before = new Set(caller.known);
        const placed = caller.place({ service, maxHits: STEP_HITS, timeoutSeconds: 30, waitSeconds: 10 });
        await struck;
        await killed;
        await redis.restart();
        await placed;
        await endsWithAll(before);
        agent.kill();
      },
    );
  }

  it(proves(['faults:broker', 'faults:redis'], 'and all of it together keeps every promise'), () => site.verify());
});
