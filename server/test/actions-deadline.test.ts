import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Libsql from 'libsql';
import { proves } from '../../tests/proves.ts';
import { systemClock } from '../src/clock.ts';
import { runtimeOf } from './agent-peer.ts';
import { developer, inSeconds, spec, startEngine } from './engine-harness.ts';

const short = { ...spec, timeoutSeconds: 1 };
const shop = { service: 'shop' };

test(
  proves('actions:late-delivery', 'a hit captured before the deadline counts, though its runtime reconnects after it'),
  async (t) => {
    const { engine, attach, connect, meter } = await startEngine(t);
    const { peer } = await attach('1');
    const { id, expiresAt } = await engine.actions.place(developer, shop, short);
    await peer.next('arm');
    peer.armed(id);
    await peer.leave();
    const atDeadline = await engine.actions.wait(developer, id, { until: expiresAt + 20 });
    assert.equal(atDeadline.action.state, 'armed', 'it waits for what its runtime may still have');
    const waiting = engine.actions.wait(developer, id, { until: inSeconds(5) });
    const back = await connect();
    const welcome = await back.hello(runtimeOf('1'), undefined, [{ actionId: id, sequence: 1 }]);
    assert.equal(welcome.actions[0]?.action.actionId, id);
    assert.equal(welcome.actions[0]?.action.ttlMs, 1, 'no probe is to be placed any more');
    back.oldHit(id, welcome.epoch, 1, 3_000);
    assert.equal((await back.next('ack')).sequence, 1);
    const view = await waiting;
    assert.equal(view.action.state, 'completed');
    assert.equal(view.hits.length, 1);
    assert.deepEqual(
      meter.events.filter((event) => event.startsWith('ended')),
      ['ended completed'],
    );
  },
);

test('a runtime that reconnects after the deadline and knows nothing of the action is not told of it', async (t) => {
  const { engine, attach } = await startEngine(t);
  const { peer } = await attach('1');
  const { id, expiresAt } = await engine.actions.place(developer, shop, short);
  await peer.leave();
  await engine.actions.wait(developer, id, { until: expiresAt + 20 });
  assert.deepEqual((await attach('1')).welcome.actions, []);
});

test('a hit captured after the deadline does not count, whatever the clock of its runtime says', async (t) => {
  let ahead = 0;
  const clock = { ...systemClock, now: () => Date.now() + ahead };
  const { engine, attach } = await startEngine(t, { clock });
  const { peer, welcome } = await attach('1');
  const { id } = await engine.actions.place(developer, shop, { ...spec, maxHits: 2 });
  await peer.next('arm');
  peer.armed(id);
  ahead = 63_000;
  peer.oldHit(id, welcome.epoch, 1, 4_000);
  assert.equal((await peer.next('ack')).sequence, 1);
  peer.oldHit(id, welcome.epoch, 2, 1_000);
  assert.equal((await peer.next('disarm')).reason, 'expired');
  peer.removed(id);
  const { action, hits } = await engine.actions.wait(developer, id, { until: clock.now() + 5_000 });
  assert.equal(action.state, 'expired', 'the last word of its runtime ends it');
  assert.equal(hits.length, 1);
});

test('an action whose runtimes say at the deadline that the probe is gone waits for nothing more', async (t) => {
  const { engine, attach } = await startEngine(t);
  const { peer } = await attach('1');
  const { id, expiresAt } = await engine.actions.place(developer, shop, short);
  peer.armed(id);
  await engine.actions.wait(developer, id, { until: expiresAt + 20 });
  peer.removed(id);
  const { action, placements } = await engine.actions.wait(developer, id, { until: inSeconds(5) });
  assert.equal(action.state, 'expired');
  assert.equal(placements[0]?.status, 'removed');
  assert.ok(!peer.received.some(({ type }) => type === 'disarm'), 'there is no probe to take out');
});

test(
  proves('actions:late-delivery', 'nor is a hit lost that the store could not take before the deadline'),
  async (t) => {
    const { engine, attach, dataDir } = await startEngine(t);
    const { peer, welcome } = await attach('1');
    const { id, expiresAt } = await engine.actions.place(developer, shop, short);
    await peer.next('arm');
    const locker = new Libsql(join(dataDir, 'borescope.db'));
    t.after(() => locker.close());
    locker.exec('BEGIN EXCLUSIVE');
    peer.armed(id);
    peer.oldHit(id, welcome.epoch, 1, 0);
    peer.removed(id);
    assert.equal((await engine.actions.wait(developer, id, { until: expiresAt + 200 })).action.state, 'queued');
    locker.exec('ROLLBACK');
    assert.equal((await peer.next('resend')).lastSequence, 0);
    peer.oldHit(id, welcome.epoch, 1, 3_000);
    const { action, hits } = await engine.actions.wait(developer, id, { until: inSeconds(5) });
    assert.equal(action.state, 'completed');
    assert.equal(hits.length, 1);
  },
);

test(
  proves(
    ['actions:late-delivery', 'faults:standstill'],
    'nor one that was on its way while the broker stood still beyond the deadline',
  ),
  async (t) => {
    const { engine, attach } = await startEngine(t, { deliveryGraceMs: 100 });
    const { peer, welcome } = await attach('1');
    const { id } = await engine.actions.place(developer, shop, { ...short, maxHits: 2 });
    await peer.next('arm');
    peer.armed(id);
    peer.oldHit(id, welcome.epoch, 1, 0);
    assert.equal((await peer.next('ack')).sequence, 1);
    // In the buffers of the system before this process stands still, its broker with it.
    peer.oldHit(id, welcome.epoch, 2, 0);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3_000);
    const { action, hits } = await engine.actions.wait(developer, id, { until: inSeconds(5) });
    assert.equal(action.state, 'completed');
    assert.equal(hits.length, 2);
  },
);
