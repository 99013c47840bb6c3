import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CLOSE } from '@borescope/agent-protocol';
import { WebSocketServer } from 'ws';
import { proves } from '../../tests/proves.ts';
import { drainDelay, reconnectDelay, slowDelay } from '../src/connection/backoff.ts';
import { Link } from '../src/connection/link.ts';
import { Outbox } from '../src/connection/outbox.ts';
import { type Application, startApplication } from './support/application.ts';
import { armSpec, TestBroker } from './support/broker.ts';

const place = { file: 'fixtures/orders.cjs', line: 24 };

describe('a broker that goes away and comes back', () => {
  let broker: TestBroker;
  let application: Application;

  beforeEach(async () => {
    broker = await TestBroker.start();
    application = startApplication(broker, 'orders.cjs');
    await broker.hello();
  });
  afterEach(async () => {
    const { stderr } = await application.stop();
    await broker.close();
    assert.equal(stderr, '');
  });

  it(
    proves('wire:reconnect', 'gets the hits that it has not stored, each once more, in order and with the new epoch'),
    async () => {
      broker.acknowledge = false;
      const spec = armSpec({ actionId: 'a', place, maxHits: 4 });
      broker.send({ type: 'arm', action: spec });
      await broker.next('hit', ({ sequence }) => sequence === 4);
      await broker.next('status', (frame) => frame.removed);
      broker.actions = [{ action: { ...spec, maxHits: 2 }, lastSequence: 2 }];
      broker.acknowledge = true;
      broker.cut();
      const hello = await broker.hello(2);
      assert.deepEqual(hello.live, [{ actionId: 'a', sequence: 4 }]);
      await broker.next('hit', (frame) => frame.epoch === 2 && frame.sequence === 4);
      const again = broker.frames.filter((frame) => frame.type === 'hit' && frame.epoch === 2);
      assert.deepEqual(
        again.map((frame) => frame.type === 'hit' && frame.sequence),
        [3, 4],
      );
      for (const frame of again)
        assert.ok(frame.type === 'hit' && (frame.ageMs ?? 0) > 0, 'and tells how long it had them');
      const status = broker.frames.filter((frame) => frame.type === 'status').at(-1);
      assert.ok(status?.type === 'status' && status.removed);
    },
  );

  it(
    proves('actions:late-delivery', 'gets the hits of a probe whose time is over meanwhile, and its last word'),
    async () => {
      broker.acknowledge = false;
      const spec = armSpec({ actionId: 'late', place, maxHits: 50, ttlMs: 1500 });
      broker.send({ type: 'arm', action: spec });
      const { sequence } = await broker.next('hit');
      await broker.next('status', (frame) => frame.removed);
      const removedAt = broker.frames.findIndex((frame) => frame.type === 'status' && frame.removed);
      const lastHit = broker.frames.findLastIndex((frame) => frame.type === 'hit');
      assert.ok(lastHit < removedAt, 'no hit comes behind the last word');
      broker.actions = [{ action: { ...spec, ttlMs: 1 }, lastSequence: sequence - 1 }];
      broker.cut();
      await broker.hello(2);
      await broker.next('hit', (frame) => frame.epoch === 2 && frame.sequence === sequence);
      await broker.next('status', (frame) => frame.removed, 2);
      assert.ok(!broker.frames.some((frame) => frame.type === 'armed' && broker.frames.indexOf(frame) > removedAt));
    },
  );

  it('finds its probes still in place, and tells how they stand', async () => {
    const spec = armSpec({ actionId: 'b', place, condition: 'order.id < 0' });
    broker.send({ type: 'arm', action: spec });
    await broker.next('armed');
    broker.actions = [{ action: spec, lastSequence: 0 }];
    broker.cut();
    await broker.hello(2);
    await broker.next('armed', () => true, 2);
    await broker.next('status', ({ removed, observation }) => !removed && observation.passes > 0);
  });

  it(
    proves('wire:reconnect', 'has the probes dropped that it does not list, and those placed that are missing'),
    async () => {
      broker.arm({ actionId: 'old', place, condition: 'order.id < 0' });
      await broker.next('armed');
      broker.actions = [{ action: armSpec({ actionId: 'new', place, maxHits: 2 }), lastSequence: 5 }];
      broker.cut();
      await broker.hello(2);
      const first = await broker.next('hit', ({ actionId }) => actionId === 'new');
      assert.equal(first.sequence, 6);
      broker.actions = [];
      broker.cut();
      assert.deepEqual(
        (await broker.hello(3)).live.map(({ actionId }) => actionId),
        ['new'],
      );
    },
  );

  it(proves('wire:sequences', 'can ask for hits again'), async () => {
    broker.acknowledge = false;
    broker.arm({ actionId: 'c', place, maxHits: 3 });
    await broker.next('hit', ({ sequence }) => sequence === 3);
    broker.send({ type: 'resend', actionId: 'c', lastSequence: 1 });
    await broker.next('hit', ({ sequence }) => sequence === 3, 2);
    await broker.next('hit', ({ sequence }) => sequence === 2, 2);
    broker.send({ type: 'ack', actionId: 'c', sequence: 3 });
    broker.send({ type: 'resend', actionId: 'c', lastSequence: 0 });
    broker.send({ type: 'inspect', requestId: 'after', place });
    await broker.next('inspected', ({ requestId }) => requestId === 'after');
    assert.equal(broker.frames.filter(({ type }) => type === 'hit').length, 5);
  });

  it('drains: the agent comes back after the time that it named', async () => {
    broker.send({ type: 'drain', reconnectAfterMs: 50 });
    await broker.hello(2);
  });

  it(proves('wire:bad-frame', 'that sends what is no frame loses the connection, and gets another'), async () => {
    broker.sendText('{"type":"arm","action":{"__proto__":{}}}');
    await broker.hello(2);
    broker.send({ type: 'welcome', protocol: 1, epoch: 9, actions: [], policy: broker.policy, heartbeatMs: 1000 });
    await broker.hello(3);
    assert.equal(CLOSE.badFrame, 4001);
  });
});

describe('the time before the next attempt', () => {
  it('grows also where the broker welcomes and then breaks', async () => {
    const broken = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(broken, 'listening');
    const { port } = broken.address() as AddressInfo;
    const arrivals: number[] = [];
    const ignore = () => {};
    const link: Link = new Link({
      url: `ws://127.0.0.1:${port}`,
      token: 'bore_agt_test',
      trust: { ca: null, pins: [] },
      // The upper bound of each delay.
      now: () => performance.now(),
      random: () => 1,
      say: ignore,
      onOpen: () => link.welcomed(10_000),
      onFrame: ignore,
      onClose: ignore,
    });
    try {
      const thrice = new Promise<void>((resolve) => {
        broken.on('connection', (socket) => {
          arrivals.push(performance.now());
          socket.on('close', () => arrivals.length === 3 && resolve());
          socket.send('no frame');
        });
      });
      link.connect();
      await thrice;
    } finally {
      link.end();
      broken.close();
    }
    const [first = 0, second = 0, third = 0] = arrivals;
    // 500 ms, then 1,000: each may take longer on a busy machine, and never less.
    assert.ok(third - second >= 950, `${second - first} ms, then ${third - second} ms`);
  });

  it('is anywhere below an exponential bound, and never above 30 s', () => {
    assert.equal(reconnectDelay(0, 0.999), 500);
    assert.equal(reconnectDelay(3, 0.5), 2000);
    assert.equal(reconnectDelay(5, 0), 0);
    assert.equal(reconnectDelay(1000, 1), 30_000);
  });

  it('is long after a refusal, and at least what a draining broker named', () => {
    assert.equal(slowDelay(0), 60_000);
    assert.equal(drainDelay(1000, 0), 1000);
    assert.equal(drainDelay(1000, 1), 1500);
  });
});

describe('the outbox', () => {
  const hit = {
    time: 0,
    file: 'a',
    line: 1,
    function: '',
    variables: [],
    values: [],
    stack: [],
    redactions: { count: 0, kinds: [] },
    captureUs: 1,
  };

  it('gives no sequence to a hit that has no room, so that no gap arises', () => {
    const outbox = new Outbox();
    outbox.open('a', 7);
    assert.equal(outbox.add('a', hit, 15 * 1024 * 1024), 8);
    assert.equal(outbox.add('a', hit, 2 * 1024 * 1024), undefined);
    outbox.acknowledge('a', 8);
    assert.ok(outbox.empty);
    assert.equal(outbox.add('a', hit, 2 * 1024 * 1024), 9);
    assert.equal(outbox.add('unknown', hit, 1), undefined);
  });

  it('has its room back from actions that the broker does not know any more', () => {
    const outbox = new Outbox();
    outbox.open('old', 0);
    outbox.open('live', 0);
    outbox.add('old', hit, 15 * 1024 * 1024);
    outbox.keepOnly(new Set(['live']));
    assert.ok(outbox.empty);
    assert.equal(outbox.add('old', hit, 1), undefined);
    assert.equal(outbox.add('live', hit, 15 * 1024 * 1024), 1);
  });
});
