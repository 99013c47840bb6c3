import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { proves } from '../proves.ts';
import type { Caller } from './caller.ts';
import { Site, TICKER_PLACE } from './site.ts';
import { STEP_HITS, STEPS, strikeAt } from './steps.ts';

const END_WITHIN = 40_000;

describe('an agent that is killed', () => {
  let site: Site;
  let caller: Caller;

  before(async () => {
    site = await Site.start();
    caller = await site.caller();
  });
  after(() => site?.close());

  it(
    proves('faults:agent', 'at each step leaves an action that ends once, with the hits that were stored'),
    async () => {
      for (const [index, step] of STEPS.entries()) {
        const service = `killed-${index}`;
        const agent = await site.agent(service);
        const struck = strikeAt(site, step, () => agent.kill());
        const placed = caller.place({ service, maxHits: STEP_HITS, timeoutSeconds: 1 });
        await struck;
        site.door.cut();
        await placed;
      }
      // The last word of a process that is gone never comes: each ends ten seconds after its deadline.
      await site.verify();
    },
  );

  it(proves('faults:agent', 'does not end an action that has another runtime'), async () => {
    const [one] = await Promise.all([site.agent('two'), site.agent('two')]);
    const struck = site.wire.when(
      ({ type }) => type === 'hit',
      () => {
        one.kill();
        return 'pass';
      },
    );
    const placed = await caller.place({ service: 'two', maxHits: 50, timeoutSeconds: 20 });
    await struck;
    assert.ok('view' in placed);
    const view = await caller.ended(placed.view.action.id, END_WITHIN);
    assert.equal(view?.action.state, 'completed');
    assert.equal(view?.hits.length, 50);
    await site.verify();
  });

  it(proves('faults:agent', 'with its process, at its first hit, leaves the same'), async () => {
    const [first, second] = await Promise.all([site.application('real'), site.application('real')]);
    const struck = site.wire.when(
      ({ type }) => type === 'hit',
      () => {
        void first.kill();
        return 'withhold';
      },
    );
    const placed = await caller.place({ service: 'real', maxHits: 10, timeoutSeconds: 20, place: TICKER_PLACE });
    await struck;
    // The hit that was withheld may have been the other's.
    site.wire.cut();
    assert.ok('view' in placed);
    const view = await caller.ended(placed.view.action.id, END_WITHIN);
    assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 10]);
    assert.ok(view?.hits.every(({ runtime }) => [first.runtime, second.runtime].includes(runtime)));
    await site.verify();
  });
});
