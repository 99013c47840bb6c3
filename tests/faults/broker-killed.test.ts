import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { proves } from '../proves.ts';
import type { Caller } from './caller.ts';
import { Site } from './site.ts';
import { STEP_HITS, STEPS, strikeAt } from './steps.ts';

const END_WITHIN = 30_000;

describe('a broker that is killed and started again on its data', () => {
  let site: Site;
  let caller: Caller;

  before(async () => {
    site = await Site.start();
    caller = await site.caller();
  });
  after(() => site?.close());

  for (const [index, step] of STEPS.entries()) {
    it(proves('faults:broker', `loses and doubles nothing at ${step.name}`), async () => {
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
});
