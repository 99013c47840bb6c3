import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CapturedValue } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { renderNamed, renderValue } from '../src/mcp/render-value.ts';

const object = (properties: Record<string, CapturedValue>, className = 'Object'): CapturedValue => ({
  type: 'object',
  class: className,
  properties: Object.entries(properties).map(([name, value]) => ({ name, value })),
});
const one: CapturedValue = { type: 'number', value: 1 };
const text = (value: string): CapturedValue => ({ type: 'string', value });

test('what JSON can say is said in plain JSON', () => {
  const value = object({
    id: one,
    name: text('Ann\n'),
    active: { type: 'boolean', value: true },
    none: { type: 'null' },
    tags: { type: 'array', items: [text('a'), text('b')] },
    inner: object({ deep: one }),
  });
  assert.equal(
    JSON.stringify(renderValue(value)),
    '{"id":1,"name":"Ann\\n","active":true,"none":null,"tags":["a","b"],"inner":{"deep":1}}',
  );
});

const markers: [CapturedValue, unknown][] = [
  [{ type: 'undefined' }, { $: 'undefined' }],
  [{ type: 'number', value: 'NaN' }, { $: 'NaN' }],
  [{ type: 'number', value: '-0' }, { $: '-0' }],
  [{ type: 'getter' }, { $: 'getter' }],
  [{ type: 'proxy' }, { $: 'proxy' }],
  [{ type: 'promise' }, { $: 'promise' }],
  [{ type: 'hole' }, { $: 'hole' }],
  [{ type: 'uninitialized' }, { $: 'uninitialized' }],
  [{ type: 'not_captured' }, { $: 'not_captured' }],
  [{ type: 'date' }, { $: 'invalid_date' }],
  [{ type: 'date', value: '2026-01-02T03:04:05.000Z' }, { $date: '2026-01-02T03:04:05.000Z' }],
  [
    { type: 'bigint', value: '12', digits: 400 },
    { $bigint: '12', $length: 400 },
  ],
  [{ type: 'symbol' }, { $symbol: null }],
  [{ type: 'regexp', source: 'a+', flags: 'g' }, { $regexp: '/a+/g' }],
  [{ type: 'function', name: 'pay' }, { $function: 'pay' }],
  [{ type: 'function', name: 'Cart', class: true }, { $constructor: 'Cart' }],
  [
    { type: 'buffer', class: 'Buffer', length: 9, hex: '0a' },
    { $buffer: '0a', $class: 'Buffer', $length: 9 },
  ],
  [
    { type: 'array', items: [one], properties: [{ name: 'total', value: one }] },
    { $array: [1], $properties: { total: 1 } },
  ],
  [
    {
      type: 'map',
      class: 'Basket',
      entries: [],
      properties: [
        { name: '$id', value: one },
        { name: 'tag', value: one, symbol: true },
      ],
      propertyCount: 60,
    },
    { $map: {}, $class: 'Basket', $properties: { $size: 60, $symbols: [['tag', 1]], '$:$id': 1 } },
  ],
  [
    { type: 'set', items: [], properties: [{ name: 'locked', value: one }] },
    { $set: [], $properties: { locked: 1 } },
  ],
  [
    { type: 'date', class: 'Stamp', properties: [{ name: 'zone', value: text('UTC') }] },
    { $: 'invalid_date', $class: 'Stamp', $properties: { zone: 'UTC' } },
  ],
  [
    { type: 'regexp', source: 'a', flags: 'g', properties: [{ name: 'lastIndex', value: one }] },
    { $regexp: '/a/g', $properties: { lastIndex: 1 } },
  ],
  [
    { type: 'function', name: 'app', propertyCount: 12 },
    { $function: 'app', $properties: { $size: 12 } },
  ],
  [
    { type: 'promise', class: 'Deferred', properties: [{ name: 'done', value: one }] },
    { $: 'promise', $class: 'Deferred', $properties: { done: 1 } },
  ],
  [
    { type: 'buffer', class: 'Uint8Array', length: 3, properties: [{ name: 'at', value: one }] },
    { $buffer: null, $class: 'Uint8Array', $length: 3, $properties: { at: 1 } },
  ],
  [
    { type: 'buffer', class: 'Buffer', length: 0 },
    { $buffer: '', $class: 'Buffer', $length: 0 },
  ],
  [
    { type: 'error', class: 'E', message: 'm', properties: [{ name: 'code', value: one }], propertyCount: 80 },
    { $error: 'm', $class: 'E', $size: 80, code: 1 },
  ],
  [{ type: 'circular', levels: 2 }, { $circular: 2 }],
  [
    { type: 'depth', class: 'Order', size: 5 },
    { $depth: 'Order', $size: 5 },
  ],
  [{ type: 'truncated', reason: 'size' }, { $truncated: 'size' }],
  [
    { type: 'redacted', kind: 'email', of: 'string', length: 16, pseudonym: 'k3f' },
    { $redacted: 'email', $length: 16, $same: 'k3f' },
  ],
  [
    { type: 'redacted', kind: 'pin', of: 'number' },
    { $redacted: 'pin', $of: 'number' },
  ],
  [
    { type: 'string', value: 'abc', length: 9000 },
    { $string: 'abc', $length: 9000 },
  ],
  [
    { type: 'array', items: [one], length: 500 },
    { $array: [1], $length: 500 },
  ],
  [
    { type: 'array', class: 'Rows', items: [] },
    { $array: [], $class: 'Rows' },
  ],
  [{ type: 'map', entries: [[text('a'), one]] }, { $map: { a: 1 } }],
  [
    { type: 'map', entries: [[one, one]], size: 7 },
    { $map: [[1, 1]], $size: 7 },
  ],
  [
    { type: 'set', items: [one], size: 3 },
    { $set: [1], $size: 3 },
  ],
  [object({ total: one }, 'Order'), { $class: 'Order', total: 1 }],
  [{ type: 'object', class: 'Object', properties: [], size: 80 }, { $size: 80 }],
  [
    { type: 'error', class: 'TypeError', message: 'no', cause: one, properties: [{ name: 'code', value: one }] },
    { $error: 'no', $class: 'TypeError', $cause: 1, code: 1 },
  ],
  [
    { type: 'object', class: 'Object', properties: [{ name: 'tag', value: one, symbol: true }] },
    { $symbols: [['tag', 1]] },
  ],
];
for (const [value, rendered] of markers) {
  test(`a ${value.type} that JSON cannot say is marked: ${JSON.stringify(rendered)}`, () => {
    assert.deepEqual(renderValue(value), rendered);
  });
}

test('a captured object that looks like a marker is told apart from the marker', () => {
  const forged = object({ $: text('undefined'), $redacted: text('email'), '$:x': one, $class: text('Fake') });
  assert.deepEqual(renderValue(forged), { '$:$': 'undefined', '$:$redacted': 'email', '$:$:x': 1, '$:$class': 'Fake' });
});

test('different captured objects never render the same', () => {
  const pairs: [CapturedValue, CapturedValue][] = [
    [object({ 'a\u202eb': one }), object({ 'a\\u202eb': one })],
    [object({ '$a\u202eb': one }), object({ '$a\\u202eb': one })],
    [text('a\u202eb'), text('a\\u202eb')],
    [text('\\\u202e'), text('\\\\u202e')],
    [object({ $array: { type: 'array', items: [] } }), { type: 'array', class: 'X', items: [] }],
    [
      { type: 'map', entries: [[text('$x'), one]] },
      { type: 'map', entries: [[{ type: 'symbol', description: 'x' }, one]] },
    ],
  ];
  for (const [a, b] of pairs) assert.notDeepEqual(renderValue(a), renderValue(b));
});

test('a map with two keys that would be one name is shown as pairs', () => {
  const entries: [CapturedValue, CapturedValue][] = [
    [text('1'), one],
    [one, one],
  ];
  assert.deepEqual(renderValue({ type: 'map', entries }), {
    $map: [
      ['1', 1],
      [1, 1],
    ],
  });
});

test('__proto__ as a captured key reaches no prototype', () => {
  const value: CapturedValue = {
    type: 'object',
    class: 'Object',
    properties: [{ name: '__proto__', value: object({ x: one }) }],
  };
  const rendered = renderValue(value);
  assert.equal(JSON.stringify(rendered), '{"$:__proto__":{"x":1}}');
  assert.equal(Object.getPrototypeOf(rendered), Object.prototype);
});

test(
  proves('tools:hostile-text', 'bidirectional, zero-width, tag and control characters are made visible and counted'),
  () => {
    assert.deepEqual(renderValue(text('user\u202e\u200b\u0007\u{e0041}')), {
      $string: 'user\\u202e\\u200b\\u0007\\u{e0041}',
      $escaped: 4,
    });
    assert.deepEqual(renderValue(text('lone \ud800')), { $string: 'lone \\ud800', $escaped: 1 });
    assert.equal(renderValue(text('tab\tline\n emoji 😀 é')), 'tab\tline\n emoji 😀 é');
  },
);

test('a name that is shadowed keeps both values', () => {
  const rendered = renderNamed([
    { name: 'x', value: one },
    { name: 'x', value: text('outer') },
  ]);
  assert.deepEqual(rendered, { x: 1, $shadowed: [['x', 'outer']] });
});
