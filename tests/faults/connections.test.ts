import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';
import type { Caller } from './caller.ts';
import { Site } from './site.ts';
import { workload } from './workload.ts';

const END_WITHIN = 30_000;
/** Milliseconds between two cuts of every connection, at most. */
const CUT_EVERY = 400;

describe('connections that break', () => {
  let site: Site;
  let caller: Caller;

  before(async () => {
    site = await Site.start();
    caller = await site.caller();
  });
  after(() => site?.close());

  it(
    proves('faults:connections', 'lose and double nothing, however often they are cut, and however many work at once'),
    async () => {
      const agents = await Promise.all(Array.from({ length: 5 }, () => site.agent('cut')));
      const callers = [caller, ...(await Promise.all([site.caller(), site.caller(), site.caller()]))];
      let cuts = 0;
      let next: NodeJS.Timeout | undefined;
      const cut = () => {
        (site.random() < 0.7 ? site.wire : site.door).cut();
        cuts += 1;
        next = setTimeout(cut, site.random() * CUT_EVERY);
      };
      cut();
      try {
        await workload(site, { callers, agents, service: 'cut', actions: 12 });
      } finally {
        clearTimeout(next);
      }
      assert.ok(cuts > 3, `${cuts} cuts`);
      await site.verify();
    },
  );

  it(
    proves(
      ['faults:connections', 'wire:epochs'],
      'and do not tell it: the agent attaches again, and what comes by the older connection does not count',
    ),
    async () => {
      const agent = await site.agent('half-open');
      agent.busy = false;
      const placed = await caller.place({ service: 'half-open', maxHits: 3, timeoutSeconds: 20 });
      assert.ok('view' in placed);
      await until(async () => agent.probes === 1);
      site.wire.swallow();
      // Captured, and sent into the void.
      agent.busy = true;
      await until(async () => agent.probes === 0);
      // As after three heartbeats without a ping.
      agent.reconnect();
      const view = await caller.ended(placed.view.action.id, END_WITHIN);
      assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 3]);
      site.wire.cut();
      await site.verify();
    },
  );

  it(proves(['faults:connections', 'tools:leave'], 'end the wait of a caller, never the action'), async () => {
    const agent = await site.agent('left');
    agent.busy = false;
    const waits = Array.from({ length: 20 }, () =>
      caller.place({ service: 'left', timeoutSeconds: 20, waitSeconds: 20 }),
    );
    await until(async () => agent.probes === 20);
    site.door.cut();
    assert.ok((await Promise.all(waits)).every((answer) => 'unknown' in answer));
    agent.busy = true;
    await until(async () => agent.probes === 0);
    await site.verify();
    const ended = site.history.events.filter((event) => event.type === 'shown' && event.state === 'completed');
    assert.ok(ended.length >= 20);
  });
});
