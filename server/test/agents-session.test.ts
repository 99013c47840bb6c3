import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { CLOSE, LIMITS } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { systemClock } from '../src/clock.ts';
import { runtimeOf } from './agent-peer.ts';
import { agentCaller, developer, inSeconds, spec, startEngine } from './engine-harness.ts';

test('an agent that says hello is welcomed with an epoch, a policy and a heartbeat, and is listed', async (t) => {
  const { attach, engine } = await startEngine(t);
  const { welcome } = await attach('1', { version: '1.2.3' });
  assert.equal(welcome.protocol, 1);
  assert.equal(welcome.epoch, 1);
  assert.deepEqual(welcome.actions, []);
  assert.equal(welcome.heartbeatMs, 15_000);
  assert.ok((welcome.policy.pseudonymKey?.length ?? 0) >= 22, 'a key of at least 128 bits');
  const [listed] = await engine.actions.runtimes(developer, { version: '1.2.3' });
  assert.equal(listed?.runtime.id, 'runtime-1');
  assert.equal(engine.sessions.count(), 1);
});

test('agents of one organization share the pseudonym key of the day, those of another have their own', async (t) => {
  const { attach } = await startEngine(t);
  const key = async (id: string, organization: string) =>
    (await attach(id, {}, { ...agentCaller, organization })).welcome.policy.pseudonymKey;
  const first = await key('1', 'default');
  assert.equal(await key('2', 'default'), first);
  assert.notEqual(await key('3', 'other'), first);
});

test(
  proves('wire:versions', 'an agent of a version that the broker does not speak is told which it speaks'),
  async (t) => {
    const { connect } = await startEngine(t);
    const peer = await connect();
    peer.send({ type: 'hello', protocol: { min: 7, max: 9 }, runtime: runtimeOf('1'), live: [] });
    assert.deepEqual(await peer.closed, {
      code: CLOSE.unsupportedVersion,
      reason: 'this broker speaks protocol 1 to 1',
    });
  },
);

const hostile: [string, string | Buffer, number, string?][] = [
  ['text that is not JSON', '{"type":"hello"', CLOSE.badFrame],
  ['an unknown type', '{"type":"dance"}', CLOSE.badFrame, 'unknown frame type'],
  ['an array', '[]', CLOSE.badFrame, 'a frame is a JSON object'],
  ['a forbidden key', '{"type":"pending","actionId":"a","__proto__":{"x":1}}', CLOSE.badFrame],
  ['a binary message', Buffer.from('{"type":"pending","actionId":"a"}'), CLOSE.badFrame],
  ['a message above the limit', `"${'x'.repeat(LIMITS.frameBytes)}"`, CLOSE.badFrame],
  ['a deeply nested message', '['.repeat(100_000), CLOSE.badFrame],
  ['a report before hello', '{"type":"pending","actionId":"a"}', CLOSE.outOfOrder],
];

for (const [what, message, code, reason] of hostile) {
  test(proves('wire:bad-frame', `${what} closes its connection with a reason, and harms no other`), async (t) => {
    const { connect, attach, engine, meter } = await startEngine(t);
    const { peer: good, welcome } = await attach('good');
    good.serve(welcome.epoch, () => 1);
    const bad = await connect();
    bad.socket.send(message);
    const closed = await bad.closed;
    assert.equal(closed.code, code);
    if (reason === undefined) assert.ok(closed.reason.length > 0);
    else assert.equal(closed.reason, reason);
    assert.ok(meter.events.some((event) => event.startsWith('closed ')));
    const { id } = await engine.actions.place(developer, { service: 'shop' }, spec);
    const view = await engine.actions.wait(developer, id, { until: inSeconds(5) });
    assert.equal(view.action.state, 'completed');
  });
}

test('a second hello is out of order', async (t) => {
  const { attach } = await startEngine(t);
  const { peer } = await attach('1');
  peer.send({ type: 'hello', protocol: { min: 1, max: 1 }, runtime: runtimeOf('1'), live: [] });
  assert.equal((await peer.closed).code, CLOSE.outOfOrder);
});

test(proves('wire:epochs', 'a runtime that attaches again supersedes its older connection'), async (t) => {
  const { attach, engine } = await startEngine(t);
  const { peer: old } = await attach('1');
  const { welcome } = await attach('1');
  assert.equal(welcome.epoch, 2);
  assert.equal((await old.closed).code, CLOSE.superseded);
  assert.equal((await engine.actions.runtimes(developer, {})).length, 1, 'the older one did not detach the newer');
});

test('an agent cannot take the id of a runtime of another service', async (t) => {
  const { attach, connect, engine } = await startEngine(t);
  await attach('1', { service: 'payments' });
  const thief = await connect();
  thief.send({ type: 'hello', protocol: { min: 1, max: 1 }, runtime: runtimeOf('1'), live: [] });
  assert.equal((await thief.closed).code, CLOSE.unauthorized);
  assert.equal((await engine.actions.runtimes(developer, { service: 'payments' })).length, 1);
});

test('the same id in another organization is another runtime', async (t) => {
  const { attach, engine } = await startEngine(t);
  await attach('1');
  const { welcome } = await attach('1', {}, { ...agentCaller, organization: 'other' });
  assert.equal(welcome.epoch, 1);
  assert.equal(engine.sessions.count(), 2);
});

test(proves('tokens:bound', 'a token that is bound to services and environments attaches no others'), async (t) => {
  const { connect, attach } = await startEngine(t);
  const bound = { ...agentCaller, services: ['shop'], environments: ['prod'] };
  for (const over of [{ service: 'billing', environment: 'prod' }, { environment: 'dev' }, {}]) {
    const peer = await connect(bound);
    peer.send({ type: 'hello', protocol: { min: 1, max: 1 }, runtime: runtimeOf('1', over), live: [] });
    assert.equal((await peer.closed).code, CLOSE.unauthorized);
  }
  await attach('2', { environment: 'prod' }, bound);
});

test('a revoked token closes its sockets, and only those', async (t) => {
  const { attach, engine } = await startEngine(t);
  const { peer: revoked } = await attach('1', {}, { ...agentCaller, tokenId: 'revoked' });
  await attach('2');
  assert.equal(engine.sessions.closeByToken('other', 'revoked'), 0);
  assert.equal(engine.sessions.closeByToken('default', 'revoked'), 1);
  assert.equal((await revoked.closed).code, CLOSE.unauthorized);
  assert.equal(engine.sessions.count(), 1);
});

test('a runtime that leaves is not listed any more', async (t) => {
  const { attach, engine } = await startEngine(t);
  const { peer } = await attach('1');
  await peer.leave();
  await until(() => engine.sessions.count() === 0);
  assert.deepEqual(await engine.actions.runtimes(developer, {}), []);
});

test('a connection that is silent for three heartbeats is dropped', async (t) => {
  const { connect, engine, meter } = await startEngine(t, { heartbeatMs: 40 });
  const silent = await connect(agentCaller, { autoPong: false });
  await silent.hello(runtimeOf('silent'));
  const alive = await connect();
  await alive.hello(runtimeOf('alive'));
  await silent.closed;
  assert.deepEqual(meter.events, ['closed silent']);
  await once(alive.socket, 'ping');
  await until(() => engine.sessions.count() === 1);
});

test('at midnight attached agents get the pseudonym key of the new day, and a clock that jumps drops none', async (t) => {
  let jumped = 0;
  const clock = { ...systemClock, now: () => Date.now() + jumped };
  const { attach, engine } = await startEngine(t, { clock, heartbeatMs: 40 });
  const { peer, welcome } = await attach('1');
  jumped = 24 * 60 * 60 * 1000;
  const { policy } = await peer.next('policy');
  assert.ok(policy.revision > welcome.policy.revision);
  assert.notEqual(policy.pseudonymKey, welcome.policy.pseudonymKey);
  assert.equal(engine.sessions.count(), 1);
});

test('inspect is answered by the runtime, and what it says is redacted again', async (t) => {
  const { attach, engine } = await startEngine(t);
  const { peer } = await attach('1');
  const asked = engine.actions.inspect(developer, { service: 'shop' }, spec.place);
  const { requestId, place } = await peer.next('inspect');
  assert.deepEqual(place, spec.place);
  const source = [{ line: 12, text: 'total += 1' }];
  const inspection = { source, names: ['total'], scripts: ['file:///app/src/order.ts'], pending: false };
  peer.send({ type: 'inspected', requestId: 'one that was never asked', inspection });
  peer.send({ type: 'inspected', requestId, inspection });
  assert.deepEqual((await asked)[0]?.inspection, inspection);
});

test('an inspection ends when its runtime leaves', async (t) => {
  const { attach, engine } = await startEngine(t);
  const { peer } = await attach('1');
  const asked = engine.actions.inspect(developer, { service: 'shop' }, spec.place);
  await peer.next('inspect');
  peer.socket.terminate();
  assert.equal((await asked)[0]?.inspection.problem?.code, 'UNAVAILABLE');
});

test('a drain tells agents to reconnect, lets them go, and takes no other', async (t) => {
  const { attach, connect, engine } = await startEngine(t);
  const { peer: polite } = await attach('1');
  const { peer: deaf } = await attach('2');
  const drained = engine.drain(400);
  assert.ok((await polite.next('drain')).reconnectAfterMs <= 2_000);
  await polite.leave();
  assert.equal((await deaf.closed).code, 1001);
  await drained;
  assert.equal(engine.sessions.count(), 0);
  assert.equal((await (await connect()).closed).code, 1012);
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = inSeconds(5);
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'it did not come true in time');
    await new Promise(setImmediate);
  }
}
