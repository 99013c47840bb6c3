import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LIMITS } from '@borescope/agent-protocol';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { createCapturer } from '../src/capture/capture.ts';
import { compileExpression } from '../src/expressions/compile.ts';
import { parseExpression } from '../src/expressions/parse.ts';
import { createScope } from '../src/expressions/scope.ts';

const redactor = createRedactor({ mode: 'strict', pseudonym: () => 'same' });

class Order {
  id = 'canary';
  #secret = 'canary';
  paid = true;
  at = new Date('2026-01-01T00:00:00Z');
  lines = [{ sku: 'canary', count: 4711 }, null, 'canary'];
  byCode = new Map<unknown, unknown>([
    ['canary', 4711],
    [4711, true],
  ]);
  flags = new Set<unknown>(['canary', true]);
  paidBefore = [false, false, false, false, false, false];
  paidLater = [true, true, true, true, true, true];
  'canary one' = 1;
  4711 = 'canary';
  failure = new TypeError('canary', { cause: 'canary' });
  pattern = /canary/g;
  bytes = Buffer.from('canary');
  typed = new Uint16Array([4711]);
  link = new URL('https://canary.example/canary?canary=canary');
  big = 4711n;
  symbol = Symbol('canary');
  boxed = new String('canary');
  unread = Object.defineProperty({}, 'of canary', { enumerable: true, get: () => 0 });
  nothing = null;
  missing = undefined;
  secret(): string {
    return this.#secret;
  }
}

const order = new Order();
const VARIABLES: Record<string, unknown> = { order, count: 4711, ratio: 0.5, yes: true, empty: '', none: null };
const scope = createScope(
  Object.keys(VARIABLES).map((name) => ({ name, scope: 'local' as const })),
  Object.values(VARIABLES),
  undefined,
  false,
);

function compiled(text: string, condition: boolean) {
  const parsed = parseExpression(text, { redactor, condition });
  assert.ok(parsed.ok, text);
  return { text, evaluate: compileExpression(parsed.tree, { redactor }) };
}

function capture(expressions: string[] = []) {
  return createCapturer({ redactor, now: () => 0 }).capture({
    names: Object.keys(VARIABLES).map((name) => ({ name, scope: 'local' })),
    values: Object.values(VARIABLES),
    thisValue: undefined,
    hasThis: false,
    expressions: expressions.map((text) => compiled(text, false)),
    budget: { nodes: 4000, bytes: LIMITS.hitBytes, microseconds: 10_000_000 },
  });
}

describe('where every value is hidden', () => {
  test(proves('redaction:strict', 'the structure is captured, with types and length classes, and no value'), () => {
    const { variables } = capture();
    const text = JSON.stringify(variables);
    assert.doesNotMatch(text, /canary|4711|2026|true|0\.5|63616e617279|"same"/);
    const [told] = variables;
    assert.ok(told?.value.type === 'object');
    assert.equal(told.value.class, 'Order');
    const names = told.value.properties.map(({ name }) => name);
    assert.ok(names.includes('byCode') && names.includes('lines'));
    assert.equal(names.filter((name) => name === '[redacted:strict]').length, 2, 'names that may be data');
    const boxed = told.value.properties.find(({ name }) => name === 'boxed')?.value;
    assert.ok(boxed?.type === 'object');
    assert.deepEqual(
      boxed.properties.map(({ name, value }) => [name, value.type]),
      [['[[PrimitiveValue]]', 'redacted']],
    );
    const by = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
    assert.deepEqual(by['count'], {
      type: 'redacted',
      kind: 'strict',
      of: 'number',
      length: undefined,
      pseudonym: undefined,
    });
    assert.deepEqual(by['yes'], {
      type: 'redacted',
      kind: 'strict',
      of: 'boolean',
      length: undefined,
      pseudonym: undefined,
    });
    assert.deepEqual(by['empty'], { type: 'redacted', kind: 'strict', of: 'string', length: 0, pseudonym: undefined });
    assert.deepEqual(by['none'], { type: 'null' });
  });

  test(proves('redaction:strict', 'no expression shows one, whatever it makes of it'), () => {
    const expressions = [
      'order.id',
      'order.id + "!"',
      '`${order.id}`',
      'order.id.length',
      'order.id[0]',
      'order.id.slice(1)',
      'count + 1',
      'count > 1',
      'count === 4711',
      '!yes',
      'yes ? "canaryYes" : "no"',
      'yes === true',
      'order.lines.map(line => line)',
      'order.lines[0].count * 2',
      'order.lines.length',
      'order.byCode.get("canary")',
      'order.byCode.get(4711)',
      'order.flags.has(true)',
      '[...order.flags].some(flag => flag)',
      '[yes, yes].filter(one => one).length',
      'Object.keys(order)',
      'Object.entries(order)',
      'JSON.stringify(order.lines)',
      'order.at.getTime()',
      'order.at.toISOString()',
      'Number(order.id)',
      'String(count)',
      'order.failure.message',
      'order.big * 2n',
      'Object.values(order.unread)',
      'JSON.stringify(order.unread)',
      '({ ...order.unread })',
      'order.nope.canary',
    ];
    const { values } = capture(expressions);
    for (const { expression, value, error } of values) {
      const shown = JSON.stringify(value ?? error).replaceAll('nope.canary', '');
      assert.doesNotMatch(shown, /canary|4711|4712|9422|2026|true|"number","value"|same/, expression);
    }
    const lengths = capture(['JSON.stringify(order.paidBefore)', 'JSON.stringify(order.paidLater)']).values;
    assert.deepEqual(lengths[0]?.value, lengths[1]?.value, 'nor by the length of what is made of it');
    for (const key of ['"canary one"', '"canary two"', '4711', '4712', '"4711"', '"4712"'])
      assert.deepEqual(capture([`typeof order[${key}]`]).values[0]?.value?.type, 'redacted', key);
    assert.equal(capture(['order.lines[1]']).values[0]?.value?.type, 'null', 'the place of an item is structure');
    const [types] = capture(['[typeof order.id, typeof count, typeof yes]', 'order.lines === order.lines']).values;
    assert.doesNotMatch(JSON.stringify(types), /canary/);
  });

  test(
    proves(
      ['redaction:strict', 'expressions:no-guessing'],
      'a condition tells types, and whether something is there, and nothing else',
    ),
    () => {
      const answer = (text: string) => {
        const parsed = parseExpression(text, { redactor, condition: true });
        if (!parsed.ok) return 'refused';
        const evaluation = compileExpression(parsed.tree, { redactor })(scope);
        return 'value' in evaluation ? evaluation.value : 'refused';
      };
      for (const text of [
        'typeof order.id === "string"',
        'order.lines != null',
        'order.nothing == null',
        'typeof yes === "boolean"',
        'order && order.lines',
        'Array.isArray(order.lines)',
        'order.failure !== undefined',
      ]) {
        assert.equal(answer(text), true, text);
      }
      assert.equal(answer('order.nothing != null'), false);
      const guesses: [string, string][] = [
        ['order.id === "canary"', 'order.id === "other"'],
        ['count === 4711', 'count === 4712'],
        ['count > 4000', 'count > 5000'],
        ['yes', '!yes'],
        ['yes === true', 'yes === false'],
        ['order.paid', '!order.paid'],
        ['!!order.paid', '!order.paid === true'],
        ['order.paid && true', 'order.paid || false'],
        ['[yes].some(one => one)', '[yes].every(one => !one)'],
        ['[...order.flags].includes(true)', '[...order.flags].includes(false)'],
        ['order.flags.has(true)', 'order.flags.has(false)'],
        ['order["canary one"] != null', 'order["canary two"] != null'],
        ['order?.["canary one"] === undefined', 'order?.["canary two"] === undefined'],
        ['typeof order["4711"] === "string"', 'typeof order["4712"] === "string"'],
        ['order.byCode.get(4711)', 'order.byCode.get(4712)'],
        ['order.byCode.has("canary")', 'order.byCode.has("other")'],
        ['order.id.startsWith("c")', 'order.id.startsWith("x")'],
        ['order.id < "d"', 'order.id < "a"'],
        ['order.id.length === 6', 'order.id.length === 7'],
        ['order.lines.length > 2', 'order.lines.length > 3'],
        ['"canary" in { [order.id]: 1 }', '"other" in { [order.id]: 1 }'],
        ['order.at.getTime() > 0', 'order.at.getTime() < 0'],
        ['+order.at > 0', '+order.at < 0'],
        ['empty', '!empty'],
        ['empty === ""', 'empty !== ""'],
        ['ratio === 0.5', 'ratio !== 0.5'],
        ['order.big === 4711n', 'order.big === 1n'],
        ['JSON.stringify(order.lines).includes("canary")', 'JSON.stringify(order.lines).includes("other")'],
        ['`${count}` === "4711"', '`${count}` === "1"'],
        ['Boolean(yes)', 'Boolean(!yes)'],
        ['yes == 1', 'yes == 0'],
        ['count - 4711', 'count - 4710'],
        ['Number(yes) > 0', 'Number(yes) < 1'],
        ['String(yes) === "true"', 'String(yes) === "false"'],
      ];
      for (const [right, wrong] of guesses)
        assert.deepEqual([answer(right), answer(wrong)], ['refused', 'refused'], right);
    },
  );
});
