import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { CapturedValue, Hit } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const FILE = 'fixtures/orders.cjs';

export function variable(hit: Hit, name: string): CapturedValue | undefined {
  return hit.variables.find((other) => other.name === name)?.value;
}

describe('probes in a running process', () => {
  let broker: TestBroker;
  let application: Application;
  let count = 0;
  const id = () => `action-${++count}`;

  before(async () => {
    broker = await TestBroker.start();
    application = startApplication(broker, 'orders.cjs');
    await broker.hello();
  });
  after(async () => {
    const { stderr } = await application.stop();
    await broker.close();
    assert.equal(stderr, '');
  });
  afterEach(() => assert.equal(application.child.exitCode, null));

  it(
    proves('values:true', 'captures the variables just before the line runs, what is not set yet marked as such'),
    async () => {
      const actionId = id();
      broker.arm({ actionId, place: { file: FILE, line: 15 } });
      const { place } = await broker.next('armed', (frame) => frame.actionId === actionId);
      assert.equal(place.sourceLine, '    const gross = sum + tax;');
      assert.equal(place.function, 'Basket.total');
      const { hit } = await broker.next('hit', (frame) => frame.actionId === actionId);
      assert.deepEqual(variable(hit, 'country'), { type: 'string', value: 'de' });
      assert.deepEqual(variable(hit, 'sum'), { type: 'number', value: 20 });
      assert.deepEqual(variable(hit, 'gross'), { type: 'uninitialized' });
      assert.equal(variable(hit, 'rates')?.type, 'object');
      assert.equal(hit.variables.find(({ name }) => name === 'rates')?.scope, 'module');
      assert.equal(variable(hit, 'this')?.type, 'object');
      assert.equal(variable(hit, 'item'), undefined);
      assert.equal(hit.line, 15);
      assert.deepEqual(
        hit.stack.slice(0, 2).map(({ function: name, line }) => [name, line]),
        [
          ['total', 15],
          ['handle', 23],
        ],
      );
    },
  );

  it('never shows an outer variable for the inner one of its name that V8 hides at a bare return', async () => {
    const actionId = id();
    broker.arm({ actionId, place: { file: FILE, line: 47 } });
    const { place } = await broker.next('armed', (frame) => frame.actionId === actionId);
    assert.equal(place.sourceLine, '    return cost;');
    const { hit } = await broker.next('hit', (frame) => frame.actionId === actionId);
    assert.deepEqual(variable(hit, 'cost'), { type: 'not_captured' });
    assert.equal(variable(hit, 'free')?.type, 'boolean');
    const asking = id();
    broker.arm({ actionId: asking, place: { file: FILE, line: 47 }, expressions: ['cost'] });
    const { problem } = await broker.next('failed', (frame) => frame.actionId === asking);
    assert.match(problem.message, /`cost` cannot be seen at line 47/);
  });

  it('leaves out a `this` that is only the global object', async () => {
    const actionId = id();
    broker.arm({ actionId, place: { file: FILE, line: 24 } });
    const { hit } = await broker.next('hit', (frame) => frame.actionId === actionId);
    assert.equal(variable(hit, 'this'), undefined);
    assert.equal(variable(hit, 'total')?.type, 'number');
  });

  it(proves('tools:cost', 'removes the probe after the last hit, and tells what it saw and cost'), async () => {
    const actionId = id();
    broker.arm({ actionId, place: { file: FILE, line: 24 }, maxHits: 3 });
    const status = await broker.next('status', (frame) => frame.actionId === actionId && frame.removed);
    const hits = broker.frames.filter((frame) => frame.type === 'hit' && frame.actionId === actionId);
    assert.equal(hits.length, 3);
    assert.ok(status.observation.passes >= 3);
    assert.ok(status.cost.totalMs > 0 && status.cost.maxUs >= status.cost.meanUs);
    assert.ok(status.observation.armedMs <= status.observation.placedMs);
  });

  it('tells with the last hit what that hit has cost', async () => {
    for (let round = 0; round < 30; round++) {
      const actionId = id();
      broker.arm({ actionId, place: { file: FILE, line: 24 } });
      await broker.next('status', (frame) => frame.actionId === actionId && frame.removed);
      for (const frame of broker.frames) {
        if (frame.type !== 'status' || frame.actionId !== actionId || frame.cost.samples === 0) continue;
        const { meanUs, maxUs, totalMs } = frame.cost;
        assert.ok(meanUs > 0 && maxUs > 0 && totalMs > 0, JSON.stringify(frame));
      }
    }
  });

  it('captures only where the condition holds, and evaluates expressions there', async () => {
    const actionId = id();
    const expressions = ['order.items[0].price * 2', 'total.toFixed(1)', 'order.nothing.here', 'order.items.length'];
    broker.arm({ actionId, place: { file: FILE, line: 24 }, condition: 'order.id % 10 === 0', expressions });
    const { hit } = await broker.next('hit', (frame) => frame.actionId === actionId);
    const values = hit.values.map(({ value, error }) => (error === undefined ? value : 'error'));
    assert.deepEqual(values[0], { type: 'number', value: 20 });
    assert.deepEqual(values[1], { type: 'string', value: '23.8' });
    assert.equal(values[2], 'error');
    assert.deepEqual(values[3], { type: 'number', value: 1 });
    const order = variable(hit, 'order');
    assert.ok(order?.type === 'object');
    const number = order.properties.find(({ name }) => name === 'id')?.value;
    assert.ok(number?.type === 'number' && Number(number.value) % 10 === 0);
    const { observation } = await broker.next('status', (frame) => frame.actionId === actionId && frame.removed);
    assert.equal(observation.passes, observation.conditionFalse + 1);
  });

  it(proves('redaction:agent', 'hides what is secret before it leaves the process'), async () => {
    const actionId = id();
    broker.arm({
      actionId,
      place: { file: FILE, line: 23 },
      expressions: ['order.customer.password', 'order.customer.email'],
    });
    const frame = await broker.next('hit', (other) => other.actionId === actionId);
    assert.doesNotMatch(JSON.stringify(frame), /hunter2|ann@example/);
    assert.ok(frame.hit.redactions.count >= 2);
  });

  it('applies a changed policy to a probe that is already in place', async () => {
    const actionId = id();
    broker.arm({
      actionId,
      place: { file: FILE, line: 23 },
      maxHits: 50,
      condition: 'order.id > 0',
      overheadPercent: 20,
    });
    await broker.next('hit', (frame) => frame.actionId === actionId);
    broker.send({ type: 'policy', policy: { revision: 2, keyNames: ['country'] } });
    const hidden = await broker.next(
      'hit',
      (frame) => frame.actionId === actionId && /"country","value":\{"type":"redacted"/.test(JSON.stringify(frame)),
    );
    assert.ok(hidden.sequence > 1);
    broker.send({ type: 'disarm', actionId, reason: 'cancelled' });
    await broker.next('status', (frame) => frame.actionId === actionId && frame.removed);
  });

  it('follows the newest of a flood of policies', async () => {
    for (let revision = 3; revision < 60; revision++) {
      broker.send({ type: 'policy', policy: { revision, keyNames: [`name${revision}`, 'country'] } });
    }
    broker.send({ type: 'policy', policy: { revision: 60, keyNames: [] } });
    // They are paced, so the newest holds a moment later: 200 hits are many times that moment.
    for (let tries = 1; ; tries++) {
      const actionId = id();
      broker.arm({ actionId, place: { file: FILE, line: 23 }, expressions: ['order.country'], overheadPercent: 20 });
      const { hit } = await broker.next('hit', (frame) => frame.actionId === actionId);
      if (hit.values[0]?.value?.type === 'string') return;
      assert.ok(tries < 200, 'the newest policy never came to hold');
    }
  });

  it('shares one place between probes with conditions of their own', async () => {
    const [even, odd, third] = [id(), id(), id()];
    broker.arm({ actionId: even, place: { file: FILE, line: 25 }, condition: 'order.id % 2 === 0', maxHits: 2 });
    broker.arm({ actionId: odd, place: { file: FILE, line: 25 }, condition: 'order.id % 2 === 1', maxHits: 2 });
    broker.arm({ actionId: third, place: { file: FILE, line: 25 }, expressions: ['rates.de'] });
    for (const [actionId, remainder] of [
      [even, 0],
      [odd, 1],
    ] as const) {
      for (const nth of [1, 2]) {
        const { hit } = await broker.next('hit', (frame) => frame.actionId === actionId, nth);
        const order = variable(hit, 'order');
        assert.ok(order?.type === 'object');
        const number = order.properties.find(({ name }) => name === 'id')?.value;
        assert.ok(number?.type === 'number' && Number(number.value) % 2 === remainder);
      }
    }
    const { hit } = await broker.next('hit', (frame) => frame.actionId === third);
    assert.deepEqual(hit.values[0]?.value, { type: 'number', value: 0.19 });
  });

  it(proves('tools:diagnosis', 'says why a condition never held'), async () => {
    const actionId = id();
    broker.arm({ actionId, place: { file: FILE, line: 25 }, condition: 'order.nothing.here === 1' });
    const { observation } = await broker.next(
      'status',
      (frame) => frame.actionId === actionId && frame.observation.conditionErrors > 0,
    );
    assert.equal(typeof observation.conditionError, 'string');
    assert.equal(observation.conditionErrors, observation.passes);
    broker.send({ type: 'disarm', actionId, reason: 'cancelled' });
    await broker.next('status', (frame) => frame.actionId === actionId && frame.removed);
  });

  it(proves('agent:deadline', 'removes a probe of its own accord at the deadline'), async () => {
    const actionId = id();
    broker.arm({ actionId, place: { file: FILE, line: 25 }, condition: 'order.id < 0', ttlMs: 400 });
    const status = await broker.next('status', (frame) => frame.actionId === actionId && frame.removed);
    assert.ok(status.observation.conditionFalse > 0);
    assert.equal(
      broker.frames.some((frame) => frame.type === 'hit' && frame.actionId === actionId),
      false,
    );
  });

  it(
    proves(
      ['errors:expression', 'expressions:no-guessing'],
      'refuses conditions and expressions that are not safe, or read a secret',
    ),
    async () => {
      for (const [condition, code] of [
        ['order.id = 1', 'EXPRESSION_UNSAFE'],
        ['order.id ===', 'EXPRESSION_INVALID'],
        ['order.customer.password === "a"', 'EXPRESSION_UNSAFE'],
      ] as const) {
        const actionId = id();
        broker.arm({ actionId, place: { file: FILE, line: 25 }, condition });
        const { problem } = await broker.next('failed', (frame) => frame.actionId === actionId);
        assert.equal(problem.code, code);
      }
    },
  );

  it('takes 200 actions and refuses the next one by the limit', async () => {
    const ids = Array.from({ length: 201 }, id);
    for (const actionId of ids) broker.arm({ actionId, place: { file: FILE, line: 25 }, condition: 'order.id < 0' });
    const { actionId, problem } = await broker.next('failed', (frame) => frame.problem.code === 'LIMIT_EXCEEDED');
    assert.equal(actionId, ids[200]);
    assert.match(problem.message, /200/);
    for (const armed of ids.slice(0, 200)) await broker.next('armed', (frame) => frame.actionId === armed);
    for (const other of ids) broker.send({ type: 'disarm', actionId: other, reason: 'cancelled' });
    for (const other of ids.slice(0, 200))
      await broker.next('status', (frame) => frame.actionId === other && frame.removed);
    const again = id();
    broker.arm({ actionId: again, place: { file: FILE, line: 25 } });
    await broker.next('hit', (frame) => frame.actionId === again);
  });
});
