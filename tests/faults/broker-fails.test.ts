import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';
import type { Caller } from './caller.ts';
import { Site } from './site.ts';
import { STEP_HITS, STEPS, strikeAt } from './steps.ts';

const END_WITHIN = 30_000;
/** Milliseconds: the time of an action, and more than a hit may be on its way. */
const STILL = 5_000;

describe('a broker, started again on its data or going on with it,', () => {
  let site: Site;
  let caller: Caller;

  before(async () => {
    site = await Site.start();
    caller = await site.caller();
  });
  after(() => site?.close());

  for (const [index, step] of STEPS.entries()) {
    it(proves('faults:broker', `that was killed loses and doubles nothing at ${step.name}`), async () => {
      const service = `killed-${index}`;
      const agent = await site.agent(service);
      let killed: Promise<void> | undefined;
      const struck = strikeAt(site, step, () => {
        killed = site.killBroker();
      });
      const before = new Set(caller.known);
      const placed = caller.place({ service, maxHits: STEP_HITS, timeoutSeconds: 20, waitSeconds: 10 });
      await struck;
      await killed;
      site.wire.cut();
      site.door.cut();
      await placed;
      await site.startBroker();
      const id = (await caller.discover(END_WITHIN)).find((known) => !before.has(known));
      assert.ok(id !== undefined, 'it is there');
      const view = await caller.ended(id, END_WITHIN);
      assert.equal(view?.action.state, 'completed');
      assert.equal(view?.hits.length, STEP_HITS);
      await site.verify();
      agent.kill();
    });
  }

  it(
    proves('faults:standstill', 'that stood still beyond the deadline of an action loses no hit that came in time'),
    async () => {
      const agent = await site.agent('still');
      agent.busy = false;
      const placed = await caller.place({ service: 'still', maxHits: STEP_HITS, timeoutSeconds: 2 });
      assert.ok('view' in placed);
      await until(async () => agent.probes === 1);
      site.broker().pause();
      // Sent to the broker that stands still: it reads them long after the deadline.
      agent.busy = true;
      await wait(STILL);
      site.broker().resume();
      const view = await caller.ended(placed.view.action.id, END_WITHIN);
      assert.deepEqual([view?.action.state, view?.hits.length], ['completed', STEP_HITS]);
      await site.verify();
    },
  );
});
