import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { type CapturedValue, capturedValue, hit, LIMITS } from '@borescope/agent-protocol';
import { createRedactor, type Redactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { createCapturer } from '../src/capture/capture.ts';
import { jsonBytes } from '../src/capture/json-bytes.ts';
import type { CaptureResult } from '../src/capture/request.ts';
import { compileExpression } from '../src/expressions/compile.ts';
import { parseExpression } from '../src/expressions/parse.ts';
import { NOT_CAPTURED, type ScopeName, UNINITIALIZED } from '../src/expressions/scope.ts';

const redactor = createRedactor({ pseudonym: (kind) => `p${kind.length}` });
const now = () => performance.now() * 1000;
const BUDGET = { nodes: 4000, bytes: LIMITS.hitBytes - 16_384, microseconds: 1_000_000 };

function capture(
  variables: Record<string, unknown>,
  options: { budget?: Partial<typeof BUDGET>; expressions?: string[]; redactor?: Redactor; now?: () => number } = {},
): CaptureResult {
  const used = options.redactor ?? redactor;
  const expressions = (options.expressions ?? []).map((text) => {
    const parsed = parseExpression(text, { redactor: used });
    assert.ok(parsed.ok, text);
    return { text, evaluate: compileExpression(parsed.tree, { redactor: used }) };
  });
  const names = Object.keys(variables).filter((name) => name !== 'self');
  const result = createCapturer({ redactor: used, now: options.now ?? now }).capture({
    names: names.map((name): ScopeName => ({ name, scope: 'local' })),
    values: names.map((name) => variables[name]),
    thisValue: variables['self'],
    hasThis: Object.hasOwn(variables, 'self'),
    expressions,
    budget: { ...BUDGET, ...options.budget },
  });
  const envelope = { time: 0, file: 'f', line: 1, function: 'f', stack: [], captureUs: 0, ...result };
  const checked = hit.safeParse(JSON.parse(JSON.stringify(envelope)));
  assert.ok(checked.success, 'the result is against the schema of a hit');
  const bytes = Buffer.byteLength(JSON.stringify(result));
  assert.ok(bytes <= (options.budget?.bytes ?? BUDGET.bytes), `${bytes} bytes`);
  return result;
}

/** As it is on the wire, where undefined fields are gone. */
function captured(value: unknown): CapturedValue {
  const [variable] = capture({ it: value }).variables;
  return capturedValue.parse(JSON.parse(JSON.stringify(variable?.value)));
}

test('primitives are told apart, also where JSON has no word for them', () => {
  const expected: [value: unknown, wanted: CapturedValue][] = [
    [undefined, { type: 'undefined' }],
    [null, { type: 'null' }],
    [true, { type: 'boolean', value: true }],
    [1.5, { type: 'number', value: 1.5 }],
    [-0, { type: 'number', value: '-0' }],
    [Number.NaN, { type: 'number', value: 'NaN' }],
    [-Infinity, { type: 'number', value: '-Infinity' }],
    [-12n, { type: 'bigint', value: '-12' }],
    ['é', { type: 'string', value: 'é' }],
    [Symbol('s'), { type: 'symbol', description: 's' }],
    [Symbol(), { type: 'symbol' }],
    [10n ** 2000n, { type: 'bigint', value: `1${'0'.repeat(1023)}`, digits: 2001 }],
    [1n << 1_000_000n, { type: 'truncated', reason: 'size', class: 'bigint' }],
  ];
  for (const [value, wanted] of expected) assert.deepEqual(captured(value), wanted);
});

test('every kind of object is what it is', () => {
  class Cart {
    items = [1];
  }
  class Words extends Map<string, number> {
    override forEach() {
      throw new Error('run');
    }
  }
  const cause = new RangeError('inner');
  const error = Object.assign(new TypeError('outer', { cause }), { code: 'E_X' });
  const sparse = [1, 2, 3];
  delete sparse[1];
  const expected: [value: unknown, wanted: CapturedValue][] = [
    [
      new Cart(),
      {
        type: 'object',
        class: 'Cart',
        properties: [{ name: 'items', value: { type: 'array', items: [{ type: 'number', value: 1 }] } }],
      },
    ],
    [Object.create(null), { type: 'object', class: 'Object (null prototype)', properties: [] }],
    [(function* () {})(), { type: 'object', class: 'Generator', properties: [] }],
    [new Map().values(), { type: 'object', class: 'Map Iterator', properties: [] }],
    [Object.create({ [Symbol.toStringTag]: 'Tagged' }), { type: 'object', class: 'Tagged', properties: [] }],
    [sparse, { type: 'array', items: [{ type: 'number', value: 1 }, { type: 'hole' }, { type: 'number', value: 3 }] }],
    [
      new Words([['a', 1]]),
      {
        type: 'map',
        class: 'Words',
        entries: [
          [
            { type: 'string', value: 'a' },
            { type: 'number', value: 1 },
          ],
        ],
      },
    ],
    [new Set(['x']), { type: 'set', items: [{ type: 'string', value: 'x' }] }],
    [new Date(0), { type: 'date', value: '1970-01-01T00:00:00.000Z' }],
    [new Date(Number.NaN), { type: 'date' }],
    [/a"b/dgimsuy, { type: 'regexp', source: 'a"b', flags: 'dgimsuy' }],
    [Cart, { type: 'function', name: 'Cart', class: true }],
    [function named() {}, { type: 'function', name: 'named' }],
    [Promise.resolve(1), { type: 'promise' }],
    [new Proxy({}, {}), { type: 'proxy' }],
    [new Proxy(() => 1, {}), { type: 'proxy' }],
    [
      Object('boxed'),
      {
        type: 'object',
        class: 'String',
        properties: [{ name: '[[PrimitiveValue]]', value: { type: 'string', value: 'boxed' } }],
      },
    ],
    [
      { [Symbol('tag')]: 1 },
      {
        type: 'object',
        class: 'Object',
        properties: [{ name: 'tag', value: { type: 'number', value: 1 }, symbol: true }],
      },
    ],
    [new Float64Array(2), { type: 'buffer', class: 'Float64Array', length: 16 }],
    [new DataView(new ArrayBuffer(3)), { type: 'buffer', class: 'DataView', length: 3 }],
    [new SharedArrayBuffer(5), { type: 'buffer', class: 'SharedArrayBuffer', length: 5 }],
  ];
  for (const [value, wanted] of expected) assert.deepEqual(captured(value), wanted);
  const shown = captured(error);
  assert.ok(shown.type === 'error' && shown.cause?.type === 'error');
  assert.deepEqual([shown.class, shown.message, shown.cause.message], ['TypeError', 'outer', 'inner']);
  assert.match(shown.stack ?? '', /TypeError: outer\n {4}at /);
  assert.deepEqual(shown.properties, [{ name: 'code', value: { type: 'string', value: 'E_X' } }]);
});

test(proves('limits:depth', 'the contents of nesting levels 1 to 3 are shown, of level 4 never'), () => {
  const value = {
    level2: { level3: { level4: { secretlyDeep: 1 } } },
    list: [[['never', 'shown']]],
    map: new Map([['k', new Map([['l', new Set([1, 2])]])]]),
  };
  const text = JSON.stringify(captured(value));
  assert.match(text, /"name":"level4","value":\{"type":"depth","class":"Object","size":1\}/);
  assert.match(text, /\{"type":"depth","class":"Array","size":2\}/);
  assert.match(text, /\{"type":"depth","class":"Set","size":2\}/);
  assert.doesNotMatch(text, /secretlyDeep|never/);
  const [result] = capture({ value }, { expressions: ['value.level2.level3'] }).values;
  assert.match(JSON.stringify(result), /secretlyDeep/, 'an expression starts its own count');
});

test('circles are marked by how far up they lead, repeated objects are shown again', () => {
  const inner: Record<string, unknown> = { n: 1 };
  const outer = { inner, again: inner };
  inner['up'] = outer;
  inner['me'] = inner;
  const text = JSON.stringify(captured(outer));
  assert.equal(text.match(/"name":"up","value":\{"type":"circular","levels":2\}/g)?.length, 2);
  assert.equal(text.match(/"name":"me","value":\{"type":"circular","levels":1\}/g)?.length, 2);
});

test(
  proves(
    ['limits:sizes-told', 'values:true'],
    'limits cut with the full count told, and never in the middle of a character',
  ),
  () => {
    const string = captured(`${'a'.repeat(1023)}😀b`);
    assert.deepEqual(string, { type: 'string', value: 'a'.repeat(1023), length: 1026 });
    assert.deepEqual(captured('b'.repeat(1024)), { type: 'string', value: 'b'.repeat(1024) });
    const array = captured(Array.from({ length: 101 }, (_, i) => i));
    assert.ok(array.type === 'array' && array.items.length === 100 && array.length === 101);
    const exact = captured(Array.from({ length: 100 }, (_, i) => i));
    assert.ok(exact.type === 'array' && exact.items.length === 100 && exact.length === undefined);
    const object = captured(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, i])));
    assert.ok(object.type === 'object' && object.properties.length === 50 && object.size === 51);
    const set = captured(new Set(Array.from({ length: 200 }, (_, i) => i)));
    assert.ok(set.type === 'set' && set.items.length === 100 && set.size === 200);
    const map = captured(new Map(Array.from({ length: 200 }, (_, i) => [i, i])));
    assert.ok(map.type === 'map' && map.entries.length === 100 && map.size === 200);
  },
);

test('a huge array, string or object costs little more than a small one, and is told in full size', () => {
  const wide: Record<string, number> = {};
  for (let i = 0; i < 200_000; i++) wide[`key${i}`] = i;
  const capturer = createCapturer({ redactor, now });
  const request = {
    names: [
      { name: 'list', scope: 'local' },
      { name: 'text', scope: 'local' },
      { name: 'wide', scope: 'local' },
    ] as const,
    values: [new Array(1e6).fill(1), 'x'.repeat(5e6), wide],
    thisValue: undefined,
    hasThis: false,
    expressions: [],
    budget: { ...BUDGET, microseconds: 60_000_000 },
  };
  const first = capturer.capture(request).variables.map((variable) => variable.value);
  assert.ok(first[0]?.type === 'array' && first[0].length === 1e6 && first[0].items.length === 100);
  assert.ok(first[1]?.type === 'string' && first[1].length === 5e6);
  assert.ok(first[2]?.type === 'object' && first[2].size === 200_000 && first[2].properties.length === 50);
  wide['key0'] = 77;
  wide['later'] = 1;
  const second = capturer.capture(request).variables[2]?.value;
  assert.ok(second?.type === 'object' && second.properties.length === 50);
  assert.equal(second.size, 200_000, 'its keys are not listed again');
  assert.deepEqual(second.properties[0], { name: 'key0', value: { type: 'number', value: 77 } }, 'its values are not');
});

test(
  proves('limits:hit-bytes', 'a budget of bytes cuts what is deep and far first, marks it, and holds to the byte'),
  () => {
    const leaf = () => ({ text: 'é"\n\u0001\ud800😀'.repeat(40), more: { deep: { text: 'y'.repeat(900) } } });
    const variables = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`v${i}`, { a: leaf(), b: [leaf(), leaf()] }]),
    );
    for (const bytes of [1_000, 2_000, 5_000, 20_000, 49_152]) {
      const result = capture(variables, { budget: { bytes } });
      const text = JSON.stringify(result);
      assert.ok(Buffer.byteLength(text) <= bytes, `${Buffer.byteLength(text)} of ${bytes}`);
      assert.match(text, /"type":"truncated","reason":"size"/);
    }
    const shallow = capture(variables, { budget: { bytes: 20_000 } }).variables;
    assert.equal(shallow.length, 30, 'all variables are there before any contents are');
    assert.ok(Buffer.byteLength(JSON.stringify(capture(variables))) > 40_000, 'and the budget is used');
  },
);

test('a huge variable does not crowd out a small one beside it, nor an expression that was asked for', () => {
  const wide = (level: number): unknown =>
    level === 0 ? 'x'.repeat(20) : Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`p${i}`, wide(level - 1)]));
  const variables = { req: wide(3), order: { id: 'o-1', lines: [{ sku: 'beans', quantity: 3 }] } };
  const { variables: shown, values } = capture(variables, { expressions: ['order'], budget: { bytes: 20_000 } });
  assert.match(JSON.stringify(shown[0]), /"reason":"size"/);
  for (const whole of [shown[1]?.value, values[0]?.value]) {
    assert.match(JSON.stringify(whole), /beans/);
    assert.doesNotMatch(JSON.stringify(whole), /truncated/);
  }
});

test('the bytes of a text are those of its JSON, for every code unit', () => {
  for (let code = 0; code < 0x10000; code++) {
    const text = `a${String.fromCharCode(code)}b`;
    if (jsonBytes(text) !== Buffer.byteLength(JSON.stringify(text))) assert.fail(`code unit ${code.toString(16)}`);
  }
  for (const text of ['', '😀', '\ud83d', '\ude00\ud83d', '\ud83d\ud83d\ude00', 'é"\\\n']) {
    assert.equal(jsonBytes(text), Buffer.byteLength(JSON.stringify(text)));
  }
});

test('a text that is longer than what is left of the budget is not begun', () => {
  const variables = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`v${i}`, { text: 'x'.repeat(1024) }]));
  for (let bytes = 2_000; bytes < 8_000; bytes += 500) {
    assert.ok(Buffer.byteLength(JSON.stringify(capture(variables, { budget: { bytes } }))) <= bytes);
  }
});

test('variables that do not fit are counted', () => {
  const variables = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`variable${i}`, 'x'.repeat(100)]));
  const { variables: shown } = capture(variables, { budget: { bytes: 10_000 } });
  const last = shown.at(-1);
  assert.match(last?.name ?? '', /^\(\d+ more\)$/);
  assert.equal(shown.length - 1 + Number(last?.name.slice(1, -6)), 900);
});

test('budgets of nodes and of time cut too, each under its own name', () => {
  const tree = { a: [1, 2, { b: [3, 4] }], c: { d: { e: 1 } } };
  assert.match(JSON.stringify(capture({ tree }, { budget: { nodes: 5 } })), /"reason":"nodes"/);
  let clock = 0;
  const many = Array.from({ length: 100 }, () => [1, 2, 3]);
  const slow = capture({ many }, { now: () => (clock += 400), budget: { microseconds: 1000 } });
  assert.match(JSON.stringify(slow), /"reason":"time"/);
  assert.ok(clock < 10_000, 'the clock is looked at within the walk, and the walk ends');
});

test('time in which the thread was off its core is not the time of the capture', () => {
  const many = Array.from({ length: 10 }, () => [1, 2, 3]);
  let clock = 0;
  let looks = 0;
  // One look in three finds that 20 ms are gone: by the clock twice the budget, by the work a part of it.
  const busy = () => (clock += ++looks % 3 === 0 ? 20_000 : 100);
  assert.doesNotMatch(JSON.stringify(capture({ many }, { now: busy, budget: { microseconds: 10_000 } })), /"reason"/);
  assert.ok(looks >= 3);
  const stuck = () => (clock += 20_000);
  const more = Array.from({ length: 100 }, () => [1, 2, 3]);
  assert.match(JSON.stringify(capture({ more }, { now: stuck, budget: { microseconds: 10_000 } })), /"reason":"time"/);
});

test(proves(['values:no-code-run', 'values:true'], 'no code of the application runs'), () => {
  let ran = 0;
  const run = (): never => {
    ran++;
    throw new Error('run');
  };
  const traps = Object.fromEntries(
    ['get', 'has', 'ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'apply', 'construct', 'set'].map((trap) => [
      trap,
      run,
    ]),
  );
  const revocable = Proxy.revocable({}, {});
  revocable.revoke();
  const items: unknown[] = [1];
  Object.defineProperty(items, 1, { get: run, enumerable: true });
  class Hostile {
    static get name(): string {
      return run();
    }
    get [Symbol.toStringTag](): string {
      return run();
    }
    get inherited() {
      return run();
    }
  }
  Object.defineProperty(Hostile.prototype, 'constructor', { get: run });
  const error = new Error('e');
  Object.defineProperty(error, 'stack', { get: run });
  Object.defineProperty(error, 'message', { get: run });
  Object.defineProperty(error, 'cause', { get: run });
  // Its stack is not formatted yet, and formatting reads the message.
  const unread = new Error();
  Object.defineProperty(unread, 'message', { get: run });
  const named = new Error('n');
  Object.assign(named, { name: { toString: run } });
  const regexp = /x/;
  for (const name of ['flags', 'global', 'source']) Object.defineProperty(regexp, name, { get: run });
  const date = new Date(0);
  Object.assign(date, { toISOString: run, toJSON: run });
  const detached = new ArrayBuffer(8);
  const views = [new Uint8Array(detached), new DataView(detached), detached];
  structuredClone(detached, { transfer: [detached] });
  const anonymous = () => 1;
  Object.defineProperty(anonymous, 'name', { get: run });
  const hostile = {
    get getter() {
      return run();
    },
    set setter(_: number) {
      run();
    },
    toJSON: run,
    proxy: new Proxy({}, traps),
    callable: new Proxy(() => 1, traps),
    revoked: revocable.proxy,
    child: Object.create(new Proxy({}, traps)),
    items,
    instance: new Hostile(),
    error,
    unread,
    named,
    regexp,
    date,
    views,
    anonymous,
    [Symbol.toPrimitive]: run,
  };
  const text = JSON.stringify(captured(hostile));
  assert.equal(ran, 0);
  for (const found of [
    '"name":"getter","value":{"type":"getter"}',
    '"name":"setter","value":{"type":"getter"}',
    '"name":"revoked","value":{"type":"proxy"}',
    '"name":"callable","value":{"type":"proxy"}',
    '{"type":"number","value":1},{"type":"getter"}',
    '"class":"Uint8Array","length":0',
    '"cause":{"type":"getter"}',
  ]) {
    assert.ok(text.includes(found), `${found} in ${text}`);
  }
});

test('a stack is read only where no formatter of the application would run', () => {
  const before = Error.prepareStackTrace;
  let ran = 0;
  const error = new Error('e');
  const plain = {};
  Error.captureStackTrace(plain);
  const foreign: unknown = runInNewContext('Error.prepareStackTrace = () => { throw 1 }; new Error("f")');
  try {
    Error.prepareStackTrace = () => ++ran;
    const shown = captured({ error, plain, foreign });
    assert.equal(ran, 0);
    assert.doesNotMatch(JSON.stringify(shown), /"stack":"/);
    assert.match(JSON.stringify(shown), /"name":"stack","value":\{"type":"getter"\}/);
  } finally {
    Error.prepareStackTrace = before;
  }
  assert.match(JSON.stringify(captured(error)), /"stack":"Error: e\\n {4}at /);
  assert.deepEqual(captured({ stack: [1] }), {
    type: 'object',
    class: 'Object',
    properties: [{ name: 'stack', value: { type: 'array', items: [{ type: 'number', value: 1 }] } }],
  });
});

test(
  proves('values:true', 'what V8 did not keep, and what is not initialised yet, is said so; a namespace too'),
  async () => {
    const { variables } = capture({ early: UNINITIALIZED, gone: NOT_CAPTURED, self: { x: 1 } });
    assert.deepEqual(
      variables.map(({ name, scope, value }) => [name, scope, value.type]),
      [
        ['early', 'local', 'uninitialized'],
        ['gone', 'local', 'not_captured'],
        ['this', 'this', 'object'],
      ],
    );
    // A module that imports itself is captured by itself, before its last line has run.
    const seen: { value?: CapturedValue } = {};
    Object.assign(globalThis, { captureForTest: (value: unknown) => Object.assign(seen, { value: captured(value) }) });
    await import(new URL('./capture-self-importing.mjs', import.meta.url).href);
    assert.deepEqual(seen.value, {
      type: 'object',
      class: 'Module',
      properties: [
        { name: 'early', value: { type: 'number', value: 1 } },
        { name: 'late', value: { type: 'uninitialized' } },
        { name: 'Symbol.toStringTag', value: { type: 'string', value: 'Module' }, symbol: true },
      ],
    });
  },
);

test('objects of another realm are known by what they are, not by their constructors', () => {
  const foreign = captured(
    runInNewContext('({ m: new Map([[1, 2]]), e: new TypeError("t"), d: new Date(0), a: [1], c: new (class Own {}) })'),
  );
  const text = JSON.stringify(foreign);
  for (const found of [
    '"type":"map"',
    '"type":"error","class":"TypeError"',
    '"type":"date"',
    '"type":"array"',
    '"class":"Own"',
  ]) {
    assert.ok(text.includes(found), found);
  }
});

test('expressions that take all the time leave the variables theirs', () => {
  let clock = 0;
  const heavy = {
    text: 'heavy',
    evaluate: () => {
      clock += 100_000;
      return { error: 'it would take more than 10000 steps' };
    },
  };
  const light = { text: 'list', evaluate: () => ({ value: Array.from({ length: 90 }, (_, i) => i), made: false }) };
  const result = createCapturer({ redactor, now: () => (clock += 1) }).capture({
    names: Array.from({ length: 30 }, (_, i) => ({ name: `v${i}`, scope: 'local' as const })),
    values: Array.from({ length: 30 }, (_, i) => ({ i })),
    thisValue: undefined,
    hasThis: false,
    expressions: [heavy, heavy, light],
    budget: { ...BUDGET, microseconds: 5000 },
  });
  assert.equal(result.variables.length, 30);
  assert.doesNotMatch(JSON.stringify(result.variables), /"truncated"/);
});

test(proves('values:long-texts', 'of a text that is too long to be read at a hit, the length is told'), () => {
  const text = 'x'.repeat(2 ** 24 + 1);
  const { variables } = capture({ text, failed: new Error(text), short: 'x'.repeat(2 ** 24) });
  assert.deepEqual(variables[0]?.value, { type: 'string', value: '', length: 2 ** 24 + 1 });
  const failed = variables[1]?.value;
  assert.equal(failed?.type === 'error' && failed.message, '…');
  const short = variables[2]?.value;
  assert.equal(short?.type === 'string' && short.value.length, LIMITS.stringLength);
});

test(
  proves('values:wide-once', 'the keys that were listed are charged to the time of a hit, however the clock runs'),
  () => {
    const objects = Array.from({ length: 5 }, (_, at) =>
      Object.fromEntries(Array.from({ length: 4000 }, (_, key) => [`k${at}_${key}`, key])),
    );
    const shown = capture({ objects }, { budget: { microseconds: 3000 }, now: () => 0 }).variables[0]?.value;
    assert.deepEqual(shown?.type === 'array' && shown.items.map(({ type }) => type), [
      'object',
      'object',
      'truncated',
      'truncated',
      'truncated',
    ]);
  },
);
