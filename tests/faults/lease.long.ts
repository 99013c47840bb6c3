import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { until } from '../live/until.ts';
import type { Caller } from './caller.ts';
import { Site, TICKER_PLACE } from './site.ts';

/** Milliseconds: longer than the lease of 45 s, and the look that ends what was not renewed. */
const BEYOND_LEASE = 60_000;
const END_WITHIN = 60_000;
/** Milliseconds for an agent that was attached to the broker that stood still. */
const BACK_WITHIN = 15_000;

describe('of two brokers on one Redis', { skip: noRedis }, () => {
  let redis: LiveRedis;
  let site: Site;
  let caller: Caller;

  before(async () => {
    redis = await liveRedis({ durable: true });
    site = await Site.start({ redisUrl: redis.url, brokers: 2 });
    site.callersGoTo = 1;
    caller = await site.caller();
    // The attachments of a broker lapse when the store has worked for 30 s.
    await wait(30_000);
  });
  after(async () => {
    await site?.close();
    await redis?.close();
  });

  it('one stands still for longer than its lease: its agents go to the other, and those that stayed are served again', async () => {
    site.agentsGoTo = 0;
    // Knows nothing of heartbeats, and stays where it is.
    const patient = await site.agent('patient');
    patient.busy = false;
    await site.application('process');
    const staying = await caller.place({ service: 'patient', maxHits: 3, timeoutSeconds: 110 });
    const moving = await caller.place({
      service: 'process',
      maxHits: 50,
      timeoutSeconds: 110,
      place: TICKER_PLACE,
      overheadPercent: 1,
    });
    assert.ok('view' in staying && 'view' in moving);
    await until(async () => patient.probes === 1);
    const process = moving.view.action.id;
    await until(async () => {
      const answer = await caller.look(process);
      return 'view' in answer && answer.view.hits.length > 0;
    });
    site.agentsGoTo = 1;
    site.broker(0).pause();
    patient.busy = true;
    await wait(BEYOND_LEASE);
    const view = await caller.ended(process, END_WITHIN);
    assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 50]);

    site.broker(0).resume();
    const resumed = performance.now();
    const stayed = await caller.ended(staying.view.action.id, END_WITHIN);
    assert.deepEqual([stayed?.action.state, stayed?.hits.length], ['completed', 3]);
    await until(async () => {
      const answer = await caller.place({ service: 'patient', timeoutSeconds: 10, waitSeconds: 5 });
      return 'view' in answer && answer.view.action.state === 'completed';
    });
    assert.ok(performance.now() - resumed < BACK_WITHIN, 'it does not wait as one that was replaced');
    await site.verify();
  });
});
