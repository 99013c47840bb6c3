import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { capturedValue } from '@borescope/agent-protocol';
import { FUNCTIONS, ITERATORS, METHODS, STATICS } from '../../agent-node/src/expressions/callable.ts';
import { values } from '../../agent-protocol/test/golden.ts';
import { type Json, renderNamed, renderValue } from '../../server/src/mcp/render-value.ts';

const page = readFileSync(new URL('../../docs/values.md', import.meta.url), 'utf8');

/** Every annotation in a rendered value: the keys that start with `$`, and what stands behind a bare `$`. */
function annotations(rendered: Json): string[] {
  if (Array.isArray(rendered)) return rendered.flatMap(annotations);
  if (typeof rendered !== 'object' || rendered === null) return [];
  return Object.entries(rendered).flatMap(([key, value]) => [
    ...(key === '$' ? [String(value)] : key.startsWith('$:') ? ['$:'] : key.startsWith('$') ? [key] : []),
    ...annotations(value),
  ]);
}

test('the page on values explains every annotation that a captured value can carry', () => {
  const one = { type: 'number', value: 1 } as const;
  const rendered: Json[] = values.map(({ value }) => renderValue(capturedValue.parse(value)));
  rendered.push(
    renderNamed([
      { name: 'x', value: one },
      { name: 'x', value: one },
    ]),
  );
  const used = new Set(rendered.flatMap(annotations));
  assert.ok(used.size > 25, [...used].join(' '));
  for (const annotation of used) assert.ok(page.includes(annotation), annotation);
});

test('the page names every built-in that an expression may call', () => {
  const { date, ...methods } = METHODS;
  assert.ok(date.length > 0);
  const statics = Object.entries(STATICS).filter(([name]) => name !== 'Math');
  const named = statics.flatMap(([name, functions]) => functions.map((one) => `${name}.${one}`));
  for (const name of [...Object.values(methods).flat(), ...ITERATORS, ...named, ...FUNCTIONS]) {
    assert.ok(page.includes(`\`${name}\``), name);
  }
});

test('a rendered value on the page is what the broker writes', () => {
  const examples: [text: string, value: unknown][] = [
    ['{"$": "undefined"}', { type: 'undefined' }],
    [
      '{"$class": "Order", "id": 7}',
      { type: 'object', class: 'Order', properties: [{ name: 'id', value: { type: 'number', value: 7 } }] },
    ],
    ['{"$string": "aaaa", "$length": 100000}', { type: 'string', value: 'aaaa', length: 100000 }],
    ['{"$array": [1], "$length": 5000}', { type: 'array', items: [{ type: 'number', value: 1 }], length: 5000 }],
    ['{"$depth": "Order", "$size": 12}', { type: 'depth', class: 'Order', size: 12 }],
    [
      '{"$buffer": "89504e47", "$class": "Buffer", "$length": 4096}',
      { type: 'buffer', class: 'Buffer', length: 4096, hex: '89504e47' },
    ],
    [
      '{"$redacted": "email", "$length": 32, "$same": "k3f"}',
      { type: 'redacted', kind: 'email', of: 'string', length: 32, pseudonym: 'k3f' },
    ],
    [
      '{"$symbols": [["tag", 1]]}',
      {
        type: 'object',
        class: 'Object',
        properties: [{ name: 'tag', symbol: true, value: { type: 'number', value: 1 } }],
      },
    ],
    [
      '{"$:$id": 7}',
      { type: 'object', class: 'Object', properties: [{ name: '$id', value: { type: 'number', value: 7 } }] },
    ],
  ];
  for (const [text, value] of examples) {
    assert.ok(page.includes(`\`${text}\``), text);
    assert.deepEqual(renderValue(capturedValue.parse(value)), JSON.parse(text), text);
  }
});
