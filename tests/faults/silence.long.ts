import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../live/until.ts';
import type { Caller } from './caller.ts';
import { Site, TICKER_PLACE } from './site.ts';

/** Milliseconds: longer than an agent bears silence, which is three heartbeats of 15 s. */
const SILENCE = 50_000;
const STILL = 20_000;
const END_WITHIN = 60_000;

describe('a broker alone', () => {
  let site: Site;
  let caller: Caller;

  before(async () => {
    site = await Site.start();
    caller = await site.caller();
  });
  after(() => site?.close());

  it('that stands still for 20 s loses nothing of what was captured in time', async () => {
    const agent = await site.agent('still');
    agent.busy = false;
    const short = await caller.place({ service: 'still', maxHits: 3, timeoutSeconds: 10 });
    const long = await caller.place({ service: 'still', maxHits: 3, timeoutSeconds: 60 });
    assert.ok('view' in short && 'view' in long);
    await until(async () => agent.probes === 2);
    site.broker().pause();
    agent.busy = true;
    await wait(STILL);
    site.broker().resume();
    for (const answer of [short, long]) {
      const view = await caller.ended(answer.view.action.id, END_WITHIN);
      assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 3]);
    }
    await site.verify();
  });

  it('behind a connection that swallows is found again by the agent of a process', async () => {
    await site.application('swallowed');
    const placed = await caller.place({
      service: 'swallowed',
      maxHits: 50,
      timeoutSeconds: 110,
      place: TICKER_PLACE,
      overheadPercent: 1,
    });
    assert.ok('view' in placed);
    const { id } = placed.view.action;
    await until(async () => {
      const answer = await caller.look(id);
      return 'view' in answer && answer.view.hits.length > 0;
    });
    site.wire.swallow();
    await wait(SILENCE);
    const view = await caller.ended(id, END_WITHIN);
    assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 50]);
    site.wire.cut();
    await site.verify();
  });
});
