import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { type CapturedValue, capturedValue, LIMITS } from '@borescope/agent-protocol';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { createCapturer } from '../src/capture/capture.ts';
import type { CaptureBudget } from '../src/capture/request.ts';
import { compileExpression } from '../src/expressions/compile.ts';
import { parseExpression } from '../src/expressions/parse.ts';

const redactor = createRedactor({ pseudonym: (kind) => `p${kind.length}` });
const BUDGET: CaptureBudget = { nodes: 4000, bytes: LIMITS.hitBytes, microseconds: 1_000_000 };

function capture(value: unknown, { name = 'it', expression = '', budget = BUDGET } = {}) {
  const parsed = parseExpression(expression || '1', { redactor });
  assert.ok(parsed.ok);
  const result = createCapturer({ redactor, now: () => performance.now() * 1000 }).capture({
    names: [{ name, scope: 'local' }],
    values: [value],
    thisValue: undefined,
    hasThis: false,
    expressions: expression ? [{ text: expression, evaluate: compileExpression(parsed.tree, { redactor }) }] : [],
    budget,
  });
  const bytes = Buffer.byteLength(JSON.stringify(result));
  assert.ok(bytes <= budget.bytes, `${bytes} bytes`);
  return result;
}

/** As it is on the wire, where undefined fields are gone. */
function captured(value: unknown, name?: string, budget?: CaptureBudget): CapturedValue {
  const [variable] = capture(value, { ...(name !== undefined && { name }), ...(budget && { budget }) }).variables;
  return capturedValue.parse(JSON.parse(JSON.stringify(variable?.value)));
}

function evaluated(value: unknown, expression: string): unknown {
  const [result] = capture(value, { expression }).values;
  return JSON.parse(JSON.stringify(result?.value ?? result?.error));
}

/** Names and plain values of what a value has beside its contents. */
function extras(value: unknown): Record<string, unknown> | undefined {
  const shown = captured(value);
  return 'properties' in shown && shown.properties !== undefined
    ? Object.fromEntries(
        shown.properties.map((one) => [
          one.symbol === true ? `@${one.name}` : one.name,
          'value' in one.value ? one.value.value : one.value.type,
        ]),
      )
    : undefined;
}

const TAG: unique symbol = Symbol('tag');
const RETRY: unique symbol = Symbol('retry');

class Basket extends Map<string, number> {
  owner = 'ann';
  [TAG] = 1;
}
class Tags extends Set<string> {
  locked = true;
}
class Stamp extends Date {
  zone = 'UTC';
}
class Pattern extends RegExp {
  uses = 2;
}
class Deferred extends Promise<number> {
  done = false;
}
class HttpError extends Error {
  status = 503;
  [RETRY] = true;
}

test(proves('values:extras', 'properties that a value has beside its contents are shown, whatever its kind'), () => {
  const total = Object.assign([1, 2], { total: 3, [Symbol('page')]: 4 });
  const call = Object.assign(function call() {}, { calls: 3 });
  class Registry {
    static size = 7;
    static create() {}
    id = 1;
  }
  const sticky = /a/g;
  sticky.test('a');
  const bytes = Object.assign(new Uint8Array(3), { offset: 4 });
  const expected: [value: unknown, wanted: Record<string, unknown> | undefined][] = [
    [total, { total: 3, '@page': 4 }],
    ['x2026'.match(/(?<year>\d+)/), { index: 1, input: 'x2026', groups: 'object' }],
    [new Basket([['a', 1]]), { owner: 'ann', '@tag': 1 }],
    [new Tags(['a']), { locked: true }],
    [new Stamp(0), { zone: 'UTC' }],
    [new Pattern('a'), { uses: 2 }],
    [sticky, { lastIndex: 1 }],
    [new Deferred(() => {}), { done: false }],
    [new HttpError('late'), { status: 503, '@retry': true }],
    [call, { calls: 3 }],
    [Registry, { size: 7 }],
    [bytes, { offset: 4 }],
    [Object.assign(new DataView(new ArrayBuffer(2)), { at: 1 }), { at: 1 }],
    [Object.assign(Object('ab'), { note: 'n' }), { '[[PrimitiveValue]]': 'ab', note: 'n' }],
    // Nothing but what the kind brings.
    [[1, 2], undefined],
    [new Map([['a', 1]]), undefined],
    [new Date(0), undefined],
    [/a/g, undefined],
    [function plain() {}, undefined],
    [class {}, undefined],
    [Buffer.from('abc'), undefined],
    [new Error('plain'), undefined],
    [Object('ab'), { '[[PrimitiveValue]]': 'ab' }],
  ];
  for (const [value, wanted] of expected) assert.deepEqual(extras(value), wanted, String(value));
});

test('the class of what extends a date, a regexp or a promise is told', () => {
  for (const [value, wanted] of [
    [new Stamp(0), 'Stamp'],
    [new Pattern('a'), 'Pattern'],
    [new Deferred(() => {}), 'Deferred'],
    [new Date(0), undefined],
  ] as const) {
    const shown = captured(value);
    assert.equal('class' in shown ? shown.class : undefined, wanted);
  }
});

test('what Node writes on promises for itself is not shown', async () => {
  const storage = new AsyncLocalStorage<string>();
  await storage.run('of this request', async () => {
    const promise = Promise.resolve(1).then(() => 2);
    assert.deepEqual(captured(promise), { type: 'promise' });
    await promise;
  });
});

test('a getter beside the contents is not run, and those of an array with many items are looked for under symbols only', () => {
  let ran = 0;
  const guarded = Object.defineProperty([1], 'total', {
    get() {
      ran++;
      return 1;
    },
  });
  const shown = captured(guarded);
  assert.ok(shown.type === 'array');
  assert.deepEqual(shown.properties, [{ name: 'total', value: { type: 'getter' } }]);
  assert.equal(ran, 0);
  const many = Object.assign(new Array(100_000).fill(1), { named: 1, [Symbol('tag')]: 2 });
  assert.deepEqual(extras(many), { '@tag': 2 });
});

test('the limits of an object hold: fifty properties with the full count, and none below the deepest level', () => {
  const wide = new Map();
  for (let i = 0; i < 60; i++) Object.assign(wide, { [`p${i}`]: i });
  const shown = captured(wide);
  assert.ok(shown.type === 'map');
  assert.deepEqual([shown.properties?.length, shown.propertyCount], [LIMITS.objectProperties, 60]);
  const deep = captured([[[Object.assign(new Date(0), { zone: { name: 'UTC' } })]]]);
  assert.match(JSON.stringify(deep), /"type":"date".*"propertyCount":1/);
  assert.equal(JSON.stringify(deep).includes('zone'), false);
  const level = captured({ at: Object.assign(() => 1, { a: { b: { c: 1 } } }) });
  assert.match(JSON.stringify(level), /"name":"b","value":{"type":"depth"/);
});

test('a budget that runs out leaves the count of what is not shown', () => {
  const values = [Object.assign([1, 2, 3], { total: 'x'.repeat(400) }), Object.assign(new Date(0), { zone: 'UTC' })];
  for (let bytes = 400; bytes < 1400; bytes += 10) {
    const text = JSON.stringify(captured(values, 'it', { ...BUDGET, bytes }));
    if (text.includes('"type":"date"')) assert.match(text, /"name":"zone"|"propertyCount":1/);
  }
  for (let nodes = 1; nodes < 12; nodes++) captured(values, 'it', { ...BUDGET, nodes });
});

test(
  proves(
    ['redaction:names', 'redaction:agent'],
    'what stands beside the contents is hidden by its name and its content',
  ),
  () => {
    const secret = 'correct-horse-battery';
    const holder = Object.assign(new Map(), { password: secret, contact: 'ann@example.com' });
    const call = Object.assign(() => {}, { apiKey: secret, name2: 1 });
    const header = Object.assign(['x'], { name: 'authorization', value: secret });
    const text = JSON.stringify([captured(holder), captured(call), captured(header)]);
    assert.equal(text.includes('correct'), false, text);
    assert.equal(text.includes('ann@'), false, text);
    const named = captured(
      Object.assign(() => {}, { value: secret }),
      'password',
    );
    assert.deepEqual(named, { type: 'function', name: '', propertyCount: 1 });
  },
);

test('expressions reach what stands beside the contents', () => {
  assert.deepEqual(evaluated('x2026'.match(/(?<year>\d+)/), 'it.groups.year'), { type: 'string', value: '2026' });
  assert.deepEqual(evaluated(new Basket(), 'it.owner'), { type: 'string', value: 'ann' });
  assert.deepEqual(
    evaluated(
      Object.assign(() => {}, { calls: 3 }),
      'it.calls > 2',
    ),
    { type: 'boolean', value: true },
  );
  assert.deepEqual(evaluated(new Stamp(0), 'it.zone'), { type: 'string', value: 'UTC' });
});
