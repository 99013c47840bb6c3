import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { Outbox } from '../src/agents/outbox.ts';
import { AgentPeer } from './agent-peer.ts';
import { developer, inSeconds, spec, startEngine } from './engine-harness.ts';

/** As large as an action may be on the wire: control characters take six bytes each in JSON. */
const large = {
  ...spec,
  place: { file: '\u0001'.repeat(4096), line: 1, expectLine: '\u0001'.repeat(4096) },
  expressions: Array.from({ length: 10 }, () => '\u0001'.repeat(1024)),
};

test('an agent that does not read is dropped, and its actions stay', async (t) => {
  const { engine, attach, meter } = await startEngine(t);
  const { peer } = await attach('1');
  peer.socket.pause();
  const ids: string[] = [];
  for (let n = 0; n < 200; n++) {
    ids.push((await engine.actions.place(developer, { ids: ['runtime-1'] }, large)).id);
    await new Promise(setImmediate);
    if (engine.sessions.count() === 0) break;
  }
  assert.deepEqual(meter.events, ['closed tooSlow']);
  assert.equal(engine.sessions.count(), 0);
  assert.equal((await engine.actions.view(developer, ids[0] ?? '')).action.state, 'queued');
});

test('what does not fit into one welcome fails with the limit, and the rest is welcomed', async (t) => {
  const { engine, attach } = await startEngine(t);
  const { peer } = await attach('1');
  const ids: string[] = [];
  for (let n = 0; n < 20; n++) ids.push((await engine.actions.place(developer, { ids: ['runtime-1'] }, large)).id);
  await peer.leave();
  const { welcome } = await attach('1');
  const welcomed = welcome.actions.map(({ action }) => action.actionId);
  assert.ok(welcomed.length > 5 && welcomed.length < 20);
  assert.deepEqual(welcomed, ids.slice(0, welcomed.length), 'the oldest ones');
  const left = await engine.actions.wait(developer, ids.at(-1) ?? '', { until: inSeconds(5) });
  assert.equal(left.action.state, 'failed');
  assert.equal(left.placements[0]?.problem?.code, 'LIMIT_EXCEEDED');
});

test('while an agent reads slowly, a later frame takes the place of an earlier one of its subject', async (t) => {
  const server = createServer();
  const upgrader = new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    upgrader.close();
    server.close();
  });
  const connected = once(upgrader, 'connection');
  const peer = await AgentPeer.connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  t.after(() => peer.socket.terminate());
  const [socket] = await connected;
  const outbox = new Outbox(socket, () => assert.fail('far from the bound'));
  peer.socket.pause();
  const place = { file: 'x'.repeat(4096), line: 1 };
  for (let n = 0; socket.bufferedAmount <= 1024 * 1024; n++) {
    outbox.send({ type: 'inspect', requestId: `fill-${n}`, place });
    await new Promise(setImmediate);
  }
  for (let sequence = 1; sequence <= 1_000; sequence++) outbox.send({ type: 'ack', actionId: 'a', sequence });
  outbox.send({ type: 'disarm', actionId: 'a', reason: 'cancelled' });
  peer.socket.resume();
  await peer.next('disarm');
  const acks = peer.received.filter(({ type }) => type === 'ack');
  assert.deepEqual(acks, [{ type: 'ack', actionId: 'a', sequence: 1_000 }]);
});

test('an agent that floods is read no faster than the store can follow, and others are served', async (t) => {
  const { engine, attach, meter } = await startEngine(t);
  const { peer: flooding, welcome } = await attach('flood', { service: 'flood' });
  const { peer: calm, welcome: other } = await attach('calm');
  calm.serve(other.epoch, () => 1);
  const { id } = await engine.actions.place(developer, { service: 'flood' }, { ...spec, maxHits: 2 });
  await flooding.next('arm');
  flooding.hit(id, welcome.epoch, 1);
  for (let n = 0; n < 5_000; n++) flooding.hit(id, welcome.epoch, 1);
  flooding.hit(id, welcome.epoch, 2);
  const { id: calmId } = await engine.actions.place(developer, { service: 'shop' }, spec);
  assert.equal((await engine.actions.wait(developer, calmId, { until: inSeconds(10) })).action.state, 'completed');
  const view = await engine.actions.wait(developer, id, { until: inSeconds(20) });
  assert.equal(view.hits.length, 2);
  assert.equal(meter.events.filter((event) => event === 'hit duplicate').length, 5_000);
});
