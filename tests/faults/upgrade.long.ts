import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type EarlierVersion, earlierVersion, noEarlier } from '../live/earlier-version.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { until } from '../live/until.ts';
import type { SimulatedAgent } from './agent.ts';
import type { Caller } from './caller.ts';
import { ofType } from './history.ts';
import { Site, TICKER_PLACE } from './site.ts';
import { workload } from './workload.ts';

/** The last commits that had a schema: of the one that this version has, and of the one before. */
const EARLIER = { sameSchema: '4ccada6', schemaBefore: '93fa466' } as const;

const CALLERS = 4;
/** Of each caller in a round: one step of the upgrade. */
const ACTIONS = 8;
const END_WITHIN = 40_000;

/** What works at the site all the while: agents and callers of both versions of the agent. */
interface Work {
  readonly callers: readonly Caller[];
  readonly agents: readonly SimulatedAgent[];
}

async function startWork(site: Site): Promise<Work> {
  const agents = await Promise.all([site.agent('shop'), site.agent('shop')]);
  const callers = await Promise.all(Array.from({ length: CALLERS }, () => site.caller()));
  return { agents, callers };
}

/** Callers place and look, and meanwhile `step` is done. */
async function during(site: Site, work: Work, step: () => Promise<void>): Promise<void> {
  await Promise.all([workload(site, { ...work, service: 'shop', actions: ACTIONS }), step()]);
}

for (const [name, commit] of Object.entries(EARLIER)) {
  const rolls = name === 'sameSchema';
  const what = rolls ? 'of the same schema' : 'of the schema before';
  describe(`an upgrade from a version ${what}`, { skip: noRedis || (await noEarlier(commit)) }, () => {
    let earlier: EarlierVersion;
    let redis: LiveRedis;
    let site: Site;

    before(
      async () => {
        earlier = await earlierVersion(commit);
        redis = await liveRedis({ durable: true });
        site = await Site.start({ redisUrl: redis.url, brokers: 2, earlier });
      },
      { timeout: 300_000 },
    );
    after(async () => {
      await site?.close();
      await redis?.close();
    });

    /** As its operator does it: SIGTERM, and the other in its place. */
    async function replace(index: number, by?: EarlierVersion): Promise<void> {
      await site.stopBroker(index);
      await site.startBroker(index, by);
    }

    /** An agent of each version has its probe placed and its hits read. */
    async function served(caller: Caller): Promise<void> {
      for (const service of ['earlier', 'later']) {
        await until(async () => {
          const answer = await caller.place({ service, place: TICKER_PLACE, waitSeconds: 10, overheadPercent: 20 });
          return 'view' in answer && answer.view.action.state === 'completed';
        });
      }
    }

    if (rolls) {
      it('goes broker by broker, forth and back, and costs nothing', async () => {
        await site.application('earlier', { from: earlier });
        await site.application('later');
        const work = await startWork(site);
        const [caller] = work.callers;
        assert.ok(caller !== undefined);
        await served(caller);
        await during(site, work, () => replace(0));
        await served(caller);
        await during(site, work, () => replace(0, earlier));
        await served(caller);
        await during(site, work, async () => {
          await replace(0);
          await replace(1);
        });
        await served(caller);
        await site.verify();
        assert.ok(ofType(site.history.events, 'accepted').length >= CALLERS * ACTIONS * 3);
      });
      return;
    }

    it('stops the brokers of before, and loses nothing of what they had accepted', async () => {
      await site.application('earlier', { from: earlier });
      const work = await startWork(site);
      const [caller] = work.callers;
      assert.ok(caller !== undefined);
      const placed = await caller.place({
        service: 'earlier',
        place: TICKER_PLACE,
        maxHits: 50,
        timeoutSeconds: 110,
        overheadPercent: 1,
      });
      assert.ok('view' in placed);
      const { id } = placed.view.action;
      await until(async () => {
        const answer = await caller.look(id);
        return 'view' in answer && answer.view.hits.length > 0;
      });

      await during(site, work, async () => {
        await site.startBroker(2);
        // It serves neither callers nor agents, lest what it does not know be passed over.
        site.callersGoTo = 0;
        await until(async () => {
          const answer = await caller.look(id);
          return 'code' in answer && answer.code === 'UNAVAILABLE';
        });
        site.callersGoTo = undefined;
        await replace(0);
        await replace(1);
      });
      const view = await caller.ended(id, END_WITHIN * 3);
      assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 50]);
      await site.application('later');
      await served(caller);
      await site.verify();
    });
  });
}
