import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMITS } from '@borescope/agent-protocol';
import Libsql from 'libsql';
import { proves } from '../../tests/proves.ts';
import type { Caller } from '../src/access/caller.ts';
import { runtimeOf } from './agent-peer.ts';
import { agentCaller, developer, inSeconds, spec, startEngine, temporaryDirectory } from './engine-harness.ts';

test('an action is queued, armed, hit and completed, and its runtime is told to let go', async (t) => {
  const { engine, attach, meter } = await startEngine(t);
  const { peer, welcome } = await attach('1');
  const asked = { ...spec, condition: 'total > 1', expressions: ['total'], timeoutSeconds: 30, overheadPercent: 2 };
  const placed = await engine.actions.place(developer, { service: 'shop' }, asked);
  assert.equal(placed.state, 'queued');
  assert.doesNotMatch(placed.id, /:/);
  const { action } = await peer.next('arm');
  assert.ok(action.ttlMs > 25_000 && action.ttlMs <= 30_000);
  assert.deepEqual(action, {
    actionId: placed.id,
    kind: 'snapshot',
    place: spec.place,
    condition: 'total > 1',
    expressions: ['total'],
    maxHits: 1,
    ttlMs: action.ttlMs,
    overheadPercent: 2,
  });
  const armed = new Promise<void>((resolve) => {
    void engine.actions.wait(developer, placed.id, {
      until: inSeconds(5),
      onChange: (view) => view.action.state === 'armed' && resolve(),
    });
  });
  peer.armed(placed.id);
  await armed;
  peer.hit(placed.id, welcome.epoch, 1);
  assert.equal((await peer.next('disarm')).reason, 'completed');
  assert.ok(meter.events.includes('ended completed'));
});

test(
  proves(
    ['errors:runtime-not-found', 'tokens:bound'],
    'where nothing matches, the error lists what is attached and the caller may see',
  ),
  async (t) => {
    const { engine, attach } = await startEngine(t);
    await assert.rejects(engine.actions.place(developer, { service: 'shop' }, spec), {
      code: 'RUNTIME_NOT_FOUND',
      hint: /No runtime is attached/,
    });
    await attach('1', { service: 'shop', version: '2', environment: 'prod' });
    await attach('2', { service: 'shop', version: '2', environment: 'prod' });
    await attach('3', { service: 'secret', environment: 'prod' });
    const bound: Caller = { ...developer, services: ['shop'] };
    await assert.rejects(engine.actions.place(bound, { service: 'secret' }, spec), {
      code: 'RUNTIME_NOT_FOUND',
      hint: 'Attached now: service "shop" version "2" environment "prod" (2).',
    });
  },
);

test('no target at all is an error, and not every runtime', async (t) => {
  const { engine, attach } = await startEngine(t);
  await attach('1');
  for (const target of [{}, { tags: {} }]) {
    const missing = { code: 'RUNTIME_NOT_FOUND', message: 'no target is given' };
    await assert.rejects(engine.actions.place(developer, target, spec), missing);
    await assert.rejects(engine.actions.inspect(developer, target, spec.place), missing);
  }
});

test('a target is matched by all that is given', async (t) => {
  const { engine, attach } = await startEngine(t);
  await attach('1', { service: 'shop', version: '1', environment: 'prod', tags: { zone: 'a' }, host: 'web-1' });
  await attach('2', { service: 'shop', version: '2', environment: 'dev', tags: { zone: 'b' }, host: 'web-2' });
  const found = async (filter: Parameters<typeof engine.actions.runtimes>[1]) =>
    (await engine.actions.runtimes(developer, filter)).map(({ runtime }) => runtime.id);
  assert.deepEqual(await found({ service: 'shop' }), ['runtime-1', 'runtime-2']);
  assert.deepEqual(await found({ version: '2' }), ['runtime-2']);
  assert.deepEqual(await found({ environment: 'prod', version: '2' }), []);
  assert.deepEqual(await found({ tags: { zone: 'a' } }), ['runtime-1']);
  assert.deepEqual(await found({ tags: { toString: 'a' } }), []);
  assert.deepEqual(await found({ ids: ['runtime-2', 'runtime-9'] }), ['runtime-2']);
  assert.deepEqual(await found({ name: 'WEB-*' }), ['runtime-1', 'runtime-2']);
  assert.deepEqual(await found({ name: '*-2' }), ['runtime-2']);
  assert.deepEqual(await found({ name: 's*p' }), ['runtime-1', 'runtime-2']);
  assert.deepEqual(await found({ name: 'sho' }), []);
  assert.deepEqual(await found({ name: 'web-1*1' }), [], 'no character serves both sides of a star');
});

const beyond: [string, Partial<typeof spec>, RegExp][] = [
  ['max_hits 0', { maxHits: 0 }, /max_hits must be a whole number, 1 to 50/],
  ['max_hits 51', { maxHits: 51 }, /max_hits/],
  ['max_hits 1.5', { maxHits: 1.5 }, /max_hits/],
  ['max_hits NaN', { maxHits: Number.NaN }, /max_hits/],
  ['timeout_seconds 0', { timeoutSeconds: 0 }, /timeout_seconds must be 1 to 600/],
  ['timeout_seconds 601', { timeoutSeconds: 601 }, /timeout_seconds/],
  ['overhead_percent 21', { overheadPercent: 21 }, /overhead_percent must be 1 to 20/],
  ['eleven expressions', { expressions: Array(11).fill('a') }, /number of expressions must be 0 to 10/],
  ['a long expression', { expressions: ['a'.repeat(1025)] }, /length of an expression must be 1 to 1024/],
  ['a long condition', { condition: 'a'.repeat(1025) }, /length of the condition/],
];
for (const [what, over, message] of beyond) {
  test(`${what} is refused with the limit, and nothing is made`, async (t) => {
    const { engine, attach } = await startEngine(t);
    await attach('1');
    const placing = engine.actions.place(developer, { service: 'shop' }, { ...spec, ...over });
    await assert.rejects(placing, { code: 'LIMIT_EXCEEDED', message });
    assert.deepEqual((await engine.actions.list(developer, {})).actions, []);
  });
}

test('one runtime takes 100 actions at once, and every one is hit', async (t) => {
  const { engine, attach } = await startEngine(t);
  const { peer, welcome } = await attach('1');
  peer.serve(welcome.epoch, () => 1);
  const views = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
      return engine.actions.wait(developer, id, { until: inSeconds(20) });
    }),
  );
  assert.ok(views.every(({ action, hits }) => action.state === 'completed' && hits.length === 1));
  assert.equal(new Set(views.map(({ action }) => action.id)).size, 100);
});

test('the 201st live action of a runtime is refused with the limit', async (t) => {
  const { engine, attach } = await startEngine(t);
  await attach('1');
  for (let n = 0; n < LIMITS.liveActionsPerRuntime; n++)
    await engine.actions.place(developer, { service: 'shop' }, spec);
  await assert.rejects(engine.actions.place(developer, { service: 'shop' }, spec), {
    code: 'LIMIT_EXCEEDED',
    message: /200 live actions/,
  });
});

test(
  proves('limits:runtimes-refused', 'an action on more than 1,000 runtimes is refused with the limit, and not made'),
  async (t) => {
    const { engine, store } = await startEngine(t);
    const attach = (n: number) => store.runtimes.attach('default', runtimeOf(`${n}`), 'here', 1);
    for (let n = 0; n < LIMITS.runtimesPerAction; n++) await attach(n);
    const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
    assert.equal((await engine.actions.view(developer, id)).placements.length, LIMITS.runtimesPerAction);
    await attach(LIMITS.runtimesPerAction);
    const tooMany = { code: 'LIMIT_EXCEEDED', message: '1001 runtimes match, above the limit of 1000 runtimes' };
    await assert.rejects(engine.actions.place(developer, { service: 'shop' }, spec), tooMany);
    await assert.rejects(engine.actions.inspect(developer, { service: 'shop' }, spec.place), tooMany);
    assert.equal((await engine.actions.list(developer, {})).actions.length, 1);
  },
);

test('an action whose runtime says nothing expires a grace after its deadline, and the runtime is told', async (t) => {
  const { engine, attach, meter } = await startEngine(t, { deliveryGraceMs: 50 });
  const { peer } = await attach('1');
  const { id } = await engine.actions.place(developer, { service: 'shop' }, { ...spec, timeoutSeconds: 1 });
  peer.armed(id);
  const waiting = engine.actions.wait(developer, id, { until: inSeconds(10) });
  assert.equal((await peer.next('disarm')).reason, 'expired');
  peer.removed(id);
  const { action, placements } = await waiting;
  assert.equal(action.state, 'expired');
  assert.equal(action.reason, 'its time of 1 s was over');
  assert.ok((action.endedAt ?? 0) >= action.expiresAt + 50);
  assert.equal(placements[0]?.status, 'removed');
  assert.ok(meter.events.includes('ended expired'));
});

test(
  proves(
    'tools:cancel',
    'a cancelled action is over at once, for its runtime and for who waits; a second call answers like the first',
  ),
  async (t) => {
    const { engine, attach, meter } = await startEngine(t);
    const { peer, welcome } = await attach('1');
    peer.serve(welcome.epoch, () => 0);
    const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
    const waiting = engine.actions.wait(developer, id, { until: inSeconds(10) });
    const first = await engine.actions.cancel(developer, id);
    assert.equal(first.action.state, 'cancelled');
    assert.equal((await waiting).action.state, 'cancelled');
    assert.deepEqual((await engine.actions.cancel(developer, id)).action, first.action);
    assert.equal(meter.events.filter((event) => event === 'ended cancelled').length, 1);
  },
);

test('an action fails when every placement has failed, with the problems of each', async (t) => {
  const { engine, attach } = await startEngine(t);
  const { peer: one } = await attach('1');
  const { peer: two } = await attach('2');
  const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
  const waiting = engine.actions.wait(developer, id, { until: inSeconds(10) });
  one.send({ type: 'failed', actionId: id, problem: { code: 'LINE_NOT_EXECUTABLE', message: 'blank' } });
  await one.next('arm');
  await settled(async () => (await engine.actions.view(developer, id)).placements[0]?.status === 'failed');
  assert.equal((await engine.actions.view(developer, id)).action.state, 'queued');
  two.send({
    type: 'failed',
    actionId: id,
    problem: { code: 'FILE_NOT_FOUND', message: 'no such file', hint: 'b.ts' },
  });
  const { action, placements } = await waiting;
  assert.equal(action.state, 'failed');
  assert.equal(action.reason, 'no runtime could keep the probe in place (FILE_NOT_FOUND)');
  assert.deepEqual(
    placements.map(({ problem }) => problem?.code),
    ['LINE_NOT_EXECUTABLE', 'FILE_NOT_FOUND'],
  );
});

test(
  proves(
    ['actions:runtime-leaves', 'wire:reconnect'],
    'a runtime that leaves in the middle keeps its action alive, and goes on where it was',
  ),
  async (t) => {
    const { engine, attach } = await startEngine(t);
    const { peer, welcome } = await attach('1');
    const { id } = await engine.actions.place(developer, { service: 'shop' }, { ...spec, maxHits: 2 });
    await peer.next('arm');
    peer.armed(id);
    peer.hit(id, welcome.epoch, 1);
    await peer.next('ack');
    await peer.leave();
    await settled(async () => (await engine.actions.view(developer, id)).placements[0]?.goneSince !== undefined);
    assert.equal((await engine.actions.view(developer, id)).action.state, 'armed');
    const back = await attach('1');
    assert.equal(back.welcome.epoch, 2);
    const [live] = back.welcome.actions;
    assert.equal(live?.action.actionId, id);
    assert.equal(live?.action.maxHits, 1, 'what is left of the budget');
    assert.equal(live?.lastSequence, 1);
    assert.equal((await engine.actions.view(developer, id)).placements[0]?.goneSince, undefined);
    back.peer.hit(id, 2, 1);
    assert.equal((await back.peer.next('ack')).sequence, 1);
    back.peer.hit(id, 2, 2);
    const view = await engine.actions.wait(developer, id, { until: inSeconds(5) });
    assert.equal(view.action.state, 'completed');
    assert.equal(view.hits.length, 2);
  },
);

test('an action that ended while its runtime was away is not in the welcome', async (t) => {
  const { engine, attach } = await startEngine(t);
  const { peer } = await attach('1');
  const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
  await peer.leave();
  await engine.actions.cancel(developer, id);
  assert.deepEqual((await attach('1')).welcome.actions, []);
});

test(
  proves(
    'actions:restart',
    'a broker that is killed and started again goes on with its live actions, and keeps their deadlines',
  ),
  async (t) => {
    const dataDir = temporaryDirectory(t);
    const before = await startEngine(t, { dataDir });
    const { peer, welcome } = await before.attach('1');
    const kept = await before.engine.actions.place(developer, { service: 'shop' }, { ...spec, maxHits: 2 });
    const short = await before.engine.actions.place(developer, { service: 'shop' }, { ...spec, timeoutSeconds: 1 });
    await peer.next('arm', kept.id);
    peer.armed(kept.id);
    peer.hit(kept.id, welcome.epoch, 1);
    await peer.next('ack');
    await before.stop();

    const after = await startEngine(t, { dataDir, deliveryGraceMs: 50 });
    const view = await after.engine.actions.view(developer, kept.id);
    assert.equal(view.action.state, 'armed');
    assert.equal(view.action.expiresAt, kept.expiresAt);
    assert.equal(view.hits.length, 1);
    const back = await after.attach('1');
    assert.ok(back.welcome.epoch > welcome.epoch);
    assert.equal(back.welcome.actions.find(({ action }) => action.actionId === kept.id)?.lastSequence, 1);
    back.peer.hit(kept.id, back.welcome.epoch, 2);
    const done = await after.engine.actions.wait(developer, kept.id, { until: inSeconds(5) });
    assert.equal(done.action.state, 'completed');
    const expired = await after.engine.actions.wait(developer, short.id, { until: inSeconds(5) });
    assert.equal(expired.action.state, 'expired');
  },
);

test(
  proves('tools:leave', 'a call stops waiting when its time is over or it is aborted, and the action goes on'),
  async (t) => {
    const { engine, attach } = await startEngine(t);
    await attach('1');
    const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
    assert.equal((await engine.actions.wait(developer, id, { until: 0 })).action.state, 'queued');
    assert.equal((await engine.actions.wait(developer, id, { until: Date.now() + 20 })).action.state, 'queued');
    const abort = new AbortController();
    const waiting = engine.actions.wait(developer, id, { until: inSeconds(60), signal: abort.signal });
    abort.abort();
    assert.equal((await waiting).action.state, 'queued');
    const already = engine.actions.wait(developer, id, { until: inSeconds(60), signal: AbortSignal.abort() });
    assert.equal((await already).action.state, 'queued');
  },
);

test('calls that wait are answered when the broker drains', async (t) => {
  const { engine, attach } = await startEngine(t);
  await attach('1');
  const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
  const waiting = engine.actions.wait(developer, id, { until: inSeconds(60) });
  await engine.drain(200);
  assert.equal((await waiting).action.state, 'queued');
});

test('what is asked for after a number leaves out the hits before it', async (t) => {
  const { engine, attach } = await startEngine(t);
  const { peer, welcome } = await attach('1');
  peer.serve(welcome.epoch, () => 3);
  const { id } = await engine.actions.place(developer, { service: 'shop' }, { ...spec, maxHits: 3 });
  const view = await engine.actions.wait(developer, id, { until: inSeconds(5), afterNumber: 2 });
  assert.deepEqual(
    view.hits.map(({ number }) => number),
    [3],
  );
  assert.deepEqual(
    (await engine.actions.view(developer, id, 1)).hits.map(({ number }) => number),
    [2, 3],
  );
});

test('actions are listed newest first in pages, and a cursor of elsewhere is refused', async (t) => {
  const { engine, attach } = await startEngine(t);
  await attach('1');
  const placed: string[] = [];
  for (let n = 0; n < 60; n++) placed.unshift((await engine.actions.place(developer, { service: 'shop' }, spec)).id);
  const first = await engine.actions.list(developer, {});
  assert.ok(first.cursor);
  const second = await engine.actions.list(developer, { cursor: first.cursor });
  assert.equal(second.cursor, undefined);
  assert.deepEqual(
    [...first.actions, ...second.actions].map(({ id }) => id),
    placed,
  );
  for (const cursor of ['', 'nonsense', 'x'.repeat(5000), Buffer.from('2 act').toString('base64url')]) {
    await assert.rejects(engine.actions.list(developer, { cursor }), { code: 'LIMIT_EXCEEDED' });
  }
  assert.deepEqual((await engine.actions.list(developer, { state: 'completed' })).actions, []);
});

test(
  proves(
    ['tokens:organization', 'tokens:bound'],
    'for another organization, or a token bound elsewhere, an action does not exist',
  ),
  async (t) => {
    const { engine, attach } = await startEngine(t);
    await attach('1', { service: 'shop', environment: 'prod' });
    await attach('2', { service: 'billing' });
    const mine = await engine.actions.place(developer, { ids: ['runtime-1'] }, spec);
    const both = await engine.actions.place(developer, { ids: ['runtime-1', 'runtime-2'] }, spec);
    const strangers: Caller[] = [
      { ...developer, organization: 'other' },
      { ...developer, services: ['other'] },
      { ...developer, environments: ['dev'] },
    ];
    for (const stranger of strangers) {
      const notThere = { code: 'ACTION_NOT_FOUND', message: 'there is no such action' };
      await assert.rejects(engine.actions.view(stranger, mine.id), notThere);
      await assert.rejects(engine.actions.wait(stranger, mine.id, { until: inSeconds(1) }), notThere);
      await assert.rejects(engine.actions.cancel(stranger, mine.id), notThere);
      await assert.rejects(engine.actions.view(stranger, 'act_never_was'), notThere);
      assert.deepEqual((await engine.actions.list(stranger, {})).actions, []);
      assert.deepEqual(await engine.actions.runtimes(stranger, {}), []);
    }
    const shop: Caller = { ...developer, services: ['shop'] };
    assert.equal((await engine.actions.view(shop, mine.id)).action.id, mine.id);
    await assert.rejects(engine.actions.view(shop, both.id), { code: 'ACTION_NOT_FOUND' });
    assert.deepEqual(
      (await engine.actions.list(shop, {})).actions.map(({ id }) => id),
      [mine.id],
    );
  },
);

test('a viewer reads and places nothing; a token of an agent does neither', async (t) => {
  const { engine, attach } = await startEngine(t);
  await attach('1');
  const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
  const viewer: Caller = { ...developer, role: 'viewer' };
  assert.equal((await engine.actions.view(viewer, id)).action.id, id);
  assert.equal((await engine.actions.runtimes(viewer, {})).length, 1);
  const forbidden = { code: 'FORBIDDEN' };
  await assert.rejects(engine.actions.place(viewer, { service: 'shop' }, spec), forbidden);
  await assert.rejects(engine.actions.cancel(viewer, id), forbidden);
  await assert.rejects(engine.actions.runtimes(agentCaller, {}), forbidden);
  await assert.rejects(engine.actions.view(agentCaller, id), forbidden);
});

test('actions are deleted when their retention is over', async (t) => {
  const { engine, attach } = await startEngine(t, { retentionMs: 500 });
  await attach('1');
  const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
  await engine.actions.cancel(developer, id);
  await settled(async () => (await engine.actions.list(developer, {})).actions.length === 0);
  await assert.rejects(engine.actions.view(developer, id), { code: 'ACTION_NOT_FOUND' });
});

test('documents and counters whose end is over are deleted along with old actions', async (t) => {
  const dataDir = temporaryDirectory(t);
  const { store } = await startEngine(t, { dataDir, retentionMs: 100 });
  const now = Date.now();
  for (const [id, expiresAt] of [
    ['soon', now + 50],
    ['later', now + 600_000],
  ] as const) {
    await store.documents.put('org', 'grant', { id, value: {}, expiresAt }, 0);
    const window = { kind: 'window', name: id, amount: 1, limit: 1, windowMs: expiresAt - now } as const;
    await store.quotas.take('org', [window, { kind: 'lease', name: 'l', id, until: expiresAt, limit: 9 }], now);
  }
  // Beside the store, for which they are not there as soon as they are over.
  const file = new Libsql(join(dataDir, 'borescope.db'));
  t.after(() => file.close());
  const left = (column: string, table: string) =>
    file.prepare(`SELECT ${column} FROM ${table} ORDER BY 1`).raw().all([]).flat().join();
  await settled(async () =>
    [
      ['id', 'document'],
      ['name', 'quota_window'],
      ['id', 'quota_lease'],
    ].every(([column = '', table = '']) => left(column, table) === 'later'),
  );
});

test('an action that is deleted while a call waits for its runtimes is answered as it was last seen', async (t) => {
  const { engine, store, attach } = await startEngine(t);
  const { peer } = await attach('1');
  const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
  await peer.next('arm');
  const cancelled = engine.actions.cancel(developer, id);
  await peer.next('disarm');
  // Its end is written down before the call waits.
  await settled(async () => (await store.audit.read('default', 0, 10)).length === 3);
  await new Promise(setImmediate);
  assert.equal(await store.actions.expire(inSeconds(1)), 1);
  assert.equal((await cancelled).action.state, 'cancelled');
  await assert.rejects(engine.actions.view(developer, id), { code: 'ACTION_NOT_FOUND' });
});

async function settled(condition: () => Promise<boolean>): Promise<void> {
  const deadline = inSeconds(5);
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, 'it did not come true in time');
    await new Promise(setImmediate);
  }
}
