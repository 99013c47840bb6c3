import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { CapturedValue } from '@borescope/agent-protocol';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { createBlockedObjects } from '../src/capture/blocked-objects.ts';
import { createCapturer } from '../src/capture/capture.ts';
import type { CaptureResult } from '../src/capture/request.ts';
import { compileExpression } from '../src/expressions/compile.ts';
import { parseExpression } from '../src/expressions/parse.ts';
import { createScope, type ScopeName } from '../src/expressions/scope.ts';

/** What must never be seen. */
const CANARY = 'canary-7731';
const redactor = createRedactor({});
const blocked = createBlockedObjects(['Vault', '*Credentials', 'Sealed Tag']);
const BUDGET = { nodes: 4000, bytes: 48 * 1024, microseconds: 1_000_000 };

class Vault {
  static master = CANARY;
  readonly label = CANARY;
  readonly list = [CANARY];
}
class SubVault extends Vault {}
class AwsCredentials {
  readonly id = CANARY;
}
const named = (name: string, made: object) => Object.defineProperty(made, 'name', { value: name });
const VaultMap = named('Vault', class extends Map<unknown, unknown> {}) as MapConstructor;
const VaultSet = named('Vault', class extends Set<unknown> {}) as SetConstructor;
const VaultArray = named('Vault', class extends Array<unknown> {}) as ArrayConstructor;
const VaultError = named('Vault', class extends Error {}) as ErrorConstructor;
const VaultDate = named('Vault', class extends Date {}) as DateConstructor;
const anonymous = class {
  static get name(): string {
    throw new Error('run');
  }
  readonly label = CANARY;
};

/** Objects of blocked classes, of all kinds that are looked into. */
const SEALED: Readonly<Record<string, object>> = {
  object: new Vault(),
  subclass: new SubVault(),
  wildcard: new AwsCredentials(),
  class: Vault,
  subclassItself: SubVault,
  prototype: Object.assign(Object.create(Object.prototype, { constructor: { value: Vault } }), { label: CANARY }),
  inheriting: Object.assign(Object.create(new Vault()), { own: CANARY }),
  tagged: { [Symbol.toStringTag]: 'Sealed Tag', label: CANARY },
  inheritingTag: Object.assign(Object.create({ [Symbol.toStringTag]: 'Sealed Tag' }), { label: CANARY }),
  map: new VaultMap<unknown, unknown>([
    ['label', CANARY],
    [CANARY, 1],
  ]),
  set: new VaultSet([CANARY]),
  array: VaultArray.from([CANARY, 'b']),
  error: Object.assign(new VaultError(CANARY, { cause: CANARY }), { label: CANARY }),
  date: Object.assign(new VaultDate(77_310_000), { label: CANARY }),
  proxyInChain: Object.assign(Object.create(new Proxy({}, {})), { label: CANARY }),
  hiddenName: new anonymous(),
  function: Object.assign(
    named('Vault', () => {}),
    { label: CANARY },
  ),
};

function scopeOf(variables: Readonly<Record<string, unknown>>, self?: object) {
  const names = Object.keys(variables).map(
    (name): ScopeName => ({ name, scope: name[5] === '#' ? 'private' : 'local' }),
  );
  return { names, values: Object.values(variables), thisValue: self, hasThis: self !== undefined };
}

function capture(
  variables: Readonly<Record<string, unknown>>,
  expressions: readonly string[] = [],
  self?: object,
): CaptureResult {
  const compiled = expressions.map((text) => {
    const parsed = parseExpression(text, { redactor });
    assert.ok(parsed.ok, parsed.ok ? '' : `${text}: ${parsed.problem.message}`);
    return { text, evaluate: compileExpression(structuredClone(parsed.tree), { redactor, blocked }) };
  });
  const capturer = createCapturer({ redactor, blocked, now: () => performance.now() * 1000 });
  return capturer.capture({ ...scopeOf(variables, self), expressions: compiled, budget: BUDGET });
}

const shownOf = (value: unknown): CapturedValue | undefined => capture({ it: value }).variables[0]?.value;

test(
  proves('blocked:classes', 'an object of a blocked class is a marker, whatever it is and wherever it is met'),
  () => {
    for (const [name, sealed] of Object.entries(SEALED)) {
      const marker = {
        type: 'redacted',
        kind: 'blocked-class',
        of: typeof sealed,
        length: undefined,
        pseudonym: undefined,
      };
      assert.deepEqual(shownOf(sealed), marker, name);
      const result = capture({
        it: sealed,
        inObject: { sealed, beside: 'shown' },
        inArray: [sealed],
        inMap: new Map<unknown, unknown>([
          ['a', sealed],
          [sealed, 'b'],
        ]),
        inSet: new Set([sealed]),
        inError: Object.assign(new Error('outer', { cause: sealed }), { sealed }),
        deep: { a: { b: { c: { sealed } } } },
        password: sealed,
        fn: Object.assign(() => {}, { sealed }),
      });
      const text = JSON.stringify(result);
      assert.ok(!text.includes(CANARY), `${name}: ${text}`);
      assert.match(text, /"beside".*"shown"/);
      assert.ok(result.redactions.count >= 8 && result.redactions.kinds.includes('blocked-class'));
      const self = capture({}, [], sealed);
      assert.ok(!JSON.stringify(self).includes(CANARY), name);
    }
  },
);

test('other objects are shown as ever', () => {
  class Order {
    readonly id = 7;
  }
  for (const value of [
    new Order(),
    new Map([['a', 1]]),
    [1],
    new Date(0),
    Order,
    Object.create(null),
    { constructor: 'x' },
  ]) {
    assert.notEqual(shownOf(value)?.type, 'redacted', inspect(value));
  }
  assert.equal(createBlockedObjects([]), undefined);
});

/** All that an expression can do to look into something called `it`. */
const LOOKS = [
  'it.label',
  'it["label"]',
  'it?.label',
  'it.list[0]',
  'it.own',
  'it.master',
  'it.id',
  'it.message',
  'it.stack',
  'it.cause',
  'it.size',
  'it.length',
  'it[0]',
  'it.at(0)',
  'it.join()',
  'it.includes("canary-7731")',
  'it.indexOf("canary-7731")',
  'it.lastIndexOf("canary-7731")',
  'it.some(x => x === "canary-7731")',
  'it.every(x => x !== "canary-7731")',
  'it.map(x => x)',
  'it.filter(x => x)',
  'it.find(x => x)',
  'it.reduce((a, b) => a)',
  'it.flatMap(x => x)',
  'it.slice()',
  'it.concat([])',
  '[].concat(it)',
  '[it].flat()',
  '[[it]].flat(2)',
  'it.get("label")',
  'it.has("canary-7731")',
  '[...it]',
  '[...it.keys()]',
  '[...it.values()]',
  '[...it.entries()]',
  'Math.max(...it)',
  'Array.from(it)',
  '({ ...it })',
  'Object.keys(it)',
  'Object.values(it)',
  'Object.entries(it)',
  'Object.hasOwn(it, "label")',
  'it.hasOwnProperty("label")',
  '"label" in it',
  'JSON.stringify(it)',
  'JSON.stringify([{ it }])',
  'it.getTime()',
  'it.toISOString()',
  '+it',
  'it > 0',
  '`${it}`',
  'it + ""',
  'String(it)',
  'Number(it)',
  '[it].map(({ label }) => label)',
  '[it].map(([a]) => a)',
  '[it].some(({ label }) => label === "canary-7731")',
  'it.constructor.name',
  'it.name',
  'it.prototype',
  'it.label == null',
  'typeof it.label',
];

test(proves('blocked:classes', 'no expression and no condition reads a part of one'), () => {
  for (const [name, sealed] of Object.entries(SEALED)) {
    for (const look of LOOKS) {
      for (const text of [look, look.replaceAll(/\bit\b/g, 'box.it').replaceAll('{ box.it }', '{ it: box.it }')]) {
        const [result] = capture({ it: sealed, box: { it: sealed } }, [text]).values;
        assert.ok(result !== undefined);
        // Some give the object itself back, or a list with it, and that is a marker.
        const shown = JSON.stringify(result.value ?? { error: result.error });
        assert.ok(!shown.includes(CANARY), `${name}: ${text}: ${shown}`);
        // A function has no JSON.
        if (typeof sealed === 'function' && text.startsWith('JSON')) continue;
        assert.match(shown, /blocked-class|"error":/, `${name}: ${text}: ${shown}`);
      }
    }
  }
});

test('what is told instead says why', () => {
  const [read, self] = capture({ it: new Vault() }, ['it.label', 'it']).values;
  assert.equal(read?.error, 'column 4: an object of a class that a policy blocks is not looked into');
  assert.equal(self?.value?.type, 'redacted');
});

test('a condition that reads one is in error, and never true or false by it', () => {
  const parsed = parseExpression('it.label === "canary-7731"', { redactor, condition: true });
  assert.ok(parsed.ok);
  const { names, values } = scopeOf({ it: new Vault() });
  const result = compileExpression(parsed.tree, { redactor, blocked })(createScope(names, values, undefined, false));
  assert.ok('error' in result && /policy blocks/.test(result.error), inspect(result));
});

test('a private field of a blocked `this` is not read', () => {
  const [field] = capture({ 'this.#label': CANARY }, ['this.#label'], new Vault()).values;
  assert.match(field?.error ?? '', /policy blocks/);
  class Order {}
  const [shown] = capture({ 'this.#label': 'seen' }, ['this.#label'], new Order()).values;
  assert.deepEqual(shown?.value, { type: 'string', value: 'seen' });
});
