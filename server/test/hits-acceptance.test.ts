import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLOSE, LIMITS } from '@borescope/agent-protocol';
import Libsql from 'libsql';
import { proves } from '../../tests/proves.ts';
import { HIT } from './agent-peer.ts';
import { agentCaller, developer, type Harness, inSeconds, spec, startEngine } from './engine-harness.ts';

test('a hit is acknowledged when it is stored, and given to who waits', async (t) => {
  const { engine, peer, epoch, id } = await armed(t, { maxHits: 2 });
  const changes: number[] = [];
  const waiting = engine.actions.wait(developer, id, {
    until: inSeconds(5),
    onChange: ({ action }) => changes.push(action.hits),
  });
  peer.hit(id, epoch, 1);
  assert.deepEqual(await peer.next('ack'), { type: 'ack', actionId: id, sequence: 1 });
  assert.deepEqual(
    (await engine.actions.view(developer, id)).hits.map(({ hit }) => hit),
    [HIT],
  );
  peer.hit(id, epoch, 2);
  assert.equal((await peer.next('disarm')).reason, 'completed');
  peer.removed(id);
  const view = await waiting;
  assert.equal(view.action.state, 'completed');
  assert.deepEqual(
    view.hits.map(({ number, sequence }) => [number, sequence]),
    [
      [1, 1],
      [2, 2],
    ],
  );
  assert.ok(changes.includes(1), 'the first hit was told on the way');
});

test('the answer comes with the cost that the runtime tells as its last word', async (t) => {
  const { engine, peer, epoch, id } = await armed(t);
  const waiting = engine.actions.wait(developer, id, { until: inSeconds(5) });
  peer.hit(id, epoch, 1);
  await peer.next('disarm');
  peer.removed(id);
  const [placement] = (await waiting).placements;
  assert.equal(placement?.status, 'removed');
  assert.equal(placement?.cost?.totalMs, 0.1);
  assert.equal(placement?.observation?.passes, 1);
});

test('what an agent says in one go counts in its order, and is committed together', async (t) => {
  const { engine, peer, epoch, id } = await armed(t, { maxHits: 3 }, { arm: false });
  const waiting = engine.actions.wait(developer, id, { until: inSeconds(5) });
  peer.armed(id);
  for (let sequence = 1; sequence <= 3; sequence++) peer.hit(id, epoch, sequence);
  peer.removed(id);
  const { action, placements, hits } = await waiting;
  assert.equal(action.state, 'completed');
  assert.deepEqual(
    hits.map(({ number, sequence }) => [number, sequence]),
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  );
  assert.ok(placements[0]?.bound);
  assert.equal(placements[0]?.status, 'removed');
  assert.equal((await peer.next('ack')).sequence, 1);
});

test('the answer comes without that word, too', async (t) => {
  const { engine, peer, epoch, id } = await armed(t);
  peer.hit(id, epoch, 1);
  const view = await engine.actions.wait(developer, id, { until: inSeconds(5) });
  assert.equal(view.action.state, 'completed');
  assert.equal(view.placements[0]?.cost, undefined);
});

test(proves('wire:sequences', 'a hit that comes twice is acknowledged twice and stored once'), async (t) => {
  const { engine, peer, epoch, id, meter } = await armed(t, { maxHits: 5 });
  peer.hit(id, epoch, 1);
  peer.hit(id, epoch, 1);
  assert.equal((await peer.next('ack')).sequence, 1);
  assert.equal((await peer.next('ack')).sequence, 1);
  assert.equal((await engine.actions.view(developer, id)).hits.length, 1);
  assert.deepEqual(meter.events, ['hit accepted', 'hit duplicate']);
});

test(proves('wire:sequences', 'a hit after a gap is asked for again, with those that are missing'), async (t) => {
  const { engine, peer, epoch, id } = await armed(t, { maxHits: 3 });
  peer.hit(id, epoch, 1);
  peer.hit(id, epoch, 3);
  assert.equal((await peer.next('resend')).lastSequence, 1);
  peer.hit(id, epoch, 2);
  peer.hit(id, epoch, 3);
  const view = await engine.actions.wait(developer, id, { until: inSeconds(5) });
  assert.deepEqual(
    view.hits.map(({ sequence }) => sequence),
    [1, 2, 3],
  );
});

test(
  proves('wire:epochs', 'a hit of an older attachment is fenced, also when the newer one is at another broker'),
  async (t) => {
    const { store, engine, peer, epoch, id, meter } = await armed(t, { maxHits: 5 });
    const runtime = (await engine.actions.view(developer, id)).placements[0]?.runtime;
    assert.ok(runtime);
    await store.runtimes.attach('default', runtime, 'another broker', 5);
    peer.hit(id, epoch, 1);
    assert.equal((await peer.closed).code, CLOSE.superseded);
    assert.deepEqual((await engine.actions.view(developer, id)).hits, []);
    assert.ok(meter.events.includes('hit fenced'));
    assert.equal((await store.runtimes.get('default', runtime.id))?.replica, 'another broker', 'the newer one stays');
  },
);

test('a hit that carries another epoch than its connection is out of order', async (t) => {
  const { engine, peer, epoch, id } = await armed(t, { maxHits: 5 });
  peer.hit(id, epoch + 1, 1);
  assert.equal((await peer.closed).code, CLOSE.outOfOrder);
  assert.deepEqual((await engine.actions.view(developer, id)).hits, []);
});

test('a hit above its limit is a bad frame', async (t) => {
  const { peer, epoch, id } = await armed(t, { maxHits: 5 });
  const value = { type: 'string', value: 'x'.repeat(LIMITS.hitBytes) } as const;
  peer.hit(id, epoch, 1, { variables: [{ name: 'big', value, scope: 'local' }] });
  assert.equal((await peer.closed).code, CLOSE.badFrame);
});

test('a hit for an action that is over, or never was, or is of another organization, is told to go', async (t) => {
  const { engine, peer, epoch, id, attach } = await armed(t);
  await engine.actions.cancel(developer, id);
  peer.removed(id);
  peer.received.length = 0;
  peer.hit(id, epoch, 1);
  assert.equal((await peer.next('disarm', id)).reason, 'cancelled');
  peer.hit('act_none', epoch, 1);
  assert.equal((await peer.next('disarm', 'act_none')).reason, 'unknown');
  const { peer: stranger, welcome } = await attach('1', {}, { ...agentCaller, organization: 'other' });
  stranger.hit(id, welcome.epoch, 1);
  assert.equal((await stranger.next('disarm')).reason, 'unknown');
  stranger.armed(id);
  assert.equal((await stranger.next('disarm')).reason, 'unknown');
  assert.deepEqual((await engine.actions.view(developer, id)).hits, []);
});

test(proves('limits:hits', '20 runtimes race for 50 hits, and exactly 50 are stored'), async (t) => {
  const { engine, attach, meter } = await startEngine(t);
  for (let n = 0; n < 20; n++) {
    const { peer, welcome } = await attach(`race-${n}`);
    peer.serve(welcome.epoch, (action) => action.maxHits);
  }
  const { id } = await engine.actions.place(developer, { service: 'shop' }, { ...spec, maxHits: 50 });
  const view = await engine.actions.wait(developer, id, { until: inSeconds(20) });
  assert.equal(view.action.state, 'completed');
  assert.equal(view.action.hits, 50);
  assert.deepEqual(
    view.hits.map(({ number }) => number),
    Array.from({ length: 50 }, (_, n) => n + 1),
  );
  assert.equal(meter.events.filter((event) => event === 'hit accepted').length, 50);
  assert.equal(meter.events.filter((event) => event === 'ended completed').length, 1);
  for (const { runtime } of view.placements) {
    const own = view.hits.filter((hit) => hit.runtime === runtime.id).map(({ sequence }) => sequence);
    assert.deepEqual(
      own,
      own.map((_, n) => n + 1),
      'of each runtime a gapless prefix',
    );
  }
});

test('what arrived just before the connection was lost still counts', async (t) => {
  const { engine, peer, epoch, id } = await armed(t, { maxHits: 10 });
  for (let n = 1; n <= 10; n++) peer.hit(id, epoch, n);
  peer.socket.close();
  const view = await engine.actions.wait(developer, id, { until: inSeconds(5) });
  assert.equal(view.action.state, 'completed');
});

test(
  proves(
    'errors:unavailable',
    'while the store is locked nothing is acknowledged; when it heals the hits are asked for, and nothing is lost',
  ),
  async (t) => {
    const { engine, peer, epoch, id, dataDir, meter } = await armed(t, { maxHits: 3 }, { arm: false });
    const locker = new Libsql(join(dataDir, 'borescope.db'));
    t.after(() => locker.close());
    locker.exec('BEGIN EXCLUSIVE');
    peer.armed(id);
    peer.hit(id, epoch, 1);
    peer.hit(id, epoch, 2);
    // Not by a caller: that would have to be written into the audit.
    const answer = engine.sessions.inspect('default', 'runtime-1', spec.place, 5_000);
    const { requestId } = await peer.next('inspect');
    peer.send({ type: 'inspected', requestId, inspection: { source: [], names: [], scripts: [], pending: false } });
    await answer;
    assert.deepEqual(peer.received, [], 'the inspection was answered behind the hits, and none of them acknowledged');
    await assert.rejects(engine.actions.place(developer, { service: 'shop' }, spec), { code: 'UNAVAILABLE' });
    assert.equal((await engine.actions.view(developer, id)).action.state, 'queued');
    locker.exec('ROLLBACK');
    assert.equal((await peer.next('resend')).lastSequence, 0);
    assert.equal((await engine.actions.view(developer, id)).placements[0]?.status, 'armed', 'the report was kept');
    for (let n = 1; n <= 3; n++) peer.hit(id, epoch, n);
    const view = await engine.actions.wait(developer, id, { until: inSeconds(5) });
    assert.equal(view.action.state, 'completed');
    assert.deepEqual(
      view.hits.map(({ sequence }) => sequence),
      [1, 2, 3],
    );
    assert.equal(meter.events.filter((event) => event === 'hit accepted').length, 3);
  },
);

test(
  proves('redaction:broker', 'what the agent let through is redacted before it is stored, and counted'),
  async (t) => {
    const { engine, peer, epoch, id, meter } = await armed(t);
    const value = { type: 'string', value: 'jane.doe@example.com' } as const;
    peer.hit(id, epoch, 1, { variables: [{ name: 'note', value, scope: 'local' }] });
    const view = await engine.actions.wait(developer, id, { until: inSeconds(5) });
    assert.doesNotMatch(JSON.stringify(view), /jane\.doe/);
    assert.equal(view.hits[0]?.hit.variables[0]?.value.type, 'redacted');
    assert.equal(view.hits[0]?.hit.redactions.count, 1);
    assert.ok(meter.events.includes('caught email'));
  },
);

test('what an agent says of the source is redacted, too', async (t) => {
  const { engine, peer, id } = await armed(t, {}, { arm: false });
  const secret = 'AKIAIOSFODNN7EXAMPLQ';
  const named = { file: `/srv/${secret}/a.ts`, function: secret };
  peer.send({ type: 'armed', actionId: id, place: { ...named, line: 1, sourceLine: `const k = '${secret}'` } });
  peer.removed(id, {
    removed: false,
    observation: {
      passes: 1,
      conditionFalse: 0,
      conditionErrors: 1,
      conditionError: `no such key ${secret}`,
      dropped: 0,
      armedMs: 1,
      placedMs: 1,
    },
  });
  peer.send({ type: 'failed', actionId: id, problem: { code: 'SOURCE_MISMATCH', message: `line is ${secret}` } });
  const view = await engine.actions.wait(developer, id, { until: inSeconds(5) });
  assert.equal(view.action.state, 'failed');
  assert.ok(view.placements[0]?.bound && view.placements[0].observation && view.placements[0].problem);
  assert.doesNotMatch(JSON.stringify(view), new RegExp(secret));
});

/** One runtime with one live action. */
async function armed(
  t: Parameters<typeof startEngine>[0],
  over: Partial<typeof spec> = {},
  { arm = true } = {},
): Promise<Harness & { peer: Awaited<ReturnType<Harness['connect']>>; epoch: number; id: string }> {
  const harness = await startEngine(t);
  const { peer, welcome } = await harness.attach('1');
  const { id } = await harness.engine.actions.place(developer, { service: 'shop' }, { ...spec, ...over });
  await peer.next('arm');
  if (arm) peer.armed(id);
  return { ...harness, peer, epoch: welcome.epoch, id };
}
