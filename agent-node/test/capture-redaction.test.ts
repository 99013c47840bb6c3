// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are expressions
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { LIMITS } from '@borescope/agent-protocol';
import { createRedactor, type Redactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { createCapturer } from '../src/capture/capture.ts';
import type { CaptureResult } from '../src/capture/request.ts';
import { compileExpression } from '../src/expressions/compile.ts';
import { parseExpression } from '../src/expressions/parse.ts';
import { createScope } from '../src/expressions/scope.ts';

const CARD = '4111 1111 1111 1111';
const MAIL = 'someone@example.com';
const now = () => performance.now() * 1000;
const real = createRedactor({ keyNames: ['shoeSize'], pseudonym: (kind, value) => `p${kind.length}x${value.length}` });

function capture(
  variables: Record<string, unknown>,
  expressions: string[] = [],
  redactor: Redactor = real,
): CaptureResult {
  return createCapturer({ redactor, now }).capture({
    names: Object.keys(variables).map((name) => ({ name, scope: 'local' })),
    values: Object.values(variables),
    thisValue: undefined,
    hasThis: false,
    expressions: expressions.map((text) => {
      const parsed = parseExpression(text, { redactor });
      assert.ok(parsed.ok, text);
      return { text, evaluate: compileExpression(parsed.tree, { redactor }) };
    }),
    budget: { nodes: 4000, bytes: LIMITS.hitBytes, microseconds: 10_000_000 },
  });
}

test(
  proves(
    ['redaction:names', 'redaction:agent'],
    'a value under a secret name is hidden whole: variable, property, map key, pair of an entry list',
  ),
  () => {
    const secret = 'correct-horse-battery';
    const result = capture({
      password: secret,
      user: { password: secret, token: { nested: secret }, shoeSize: 47 },
      headers: new Map<string, unknown>([
        ['authorization', secret],
        ['accept', '*/*'],
      ]),
      marked: new Map([[Symbol('password'), secret]]),
      written: { type: 'Buffer', data: [471147] },
      entries: [
        ['password', secret],
        ['accept', '*/*'],
      ],
      sessionKey: Buffer.from(secret),
    });
    const text = JSON.stringify(result);
    assert.equal(text.includes('correct'), false, text);
    assert.equal(text.includes('47'), false, text);
    assert.equal(text.match(/\*\/\*/g)?.length, 2);
    const [password] = result.variables;
    assert.ok(password?.value.type === 'redacted');
    assert.deepEqual([password.value.of, password.value.length], ['string', 32]);
    assert.equal(result.redactions.count, text.match(/"type":"redacted"/g)?.length);
    assert.ok(result.redactions.kinds.length > 0);
  },
);

test(proves('redaction:agent', 'a list of the bytes of something hidden is hidden whole'), () => {
  const text = JSON.stringify(
    capture({
      spread: [...Buffer.from(`write to ${MAIL}`)],
      late: Array.from(`${' '.repeat(90)}${MAIL}`, (character) => character.charCodeAt(0)),
      places: { ...Buffer.from(`write to ${MAIL}`) },
      more: { ...Buffer.from(MAIL), length: 19 },
      scores: [97, 98, 99, 100, 101, 102, 103, 104],
      mixed: [115, 111, 109, 101, 111, 110, 101, 'x'],
    }),
  );
  const [s, o] = ['s', 'o'].map((letter) => `{"type":"number","value":${letter.charCodeAt(0)}}`);
  assert.equal(text.split(`${s},${o}`).length, 2, text);
  assert.equal(text.match(/"kind":"bytes"/g)?.length, 2 + `write to ${MAIL}${MAIL}`.length);
  assert.match(text, /"value":104/);
});

test('that there is no secret, or only a flag or a function, is shown', () => {
  const { variables, redactions } = capture({ user: { password: null, token: undefined, secret: true, apiKey() {} } });
  const value = variables[0]?.value;
  assert.ok(value?.type === 'object');
  assert.deepEqual(
    value.properties.map((property) => property.value.type),
    ['null', 'undefined', 'boolean', 'function'],
  );
  assert.equal(redactions.count, 0);
});

test('what is personal by its content is hidden wherever a text can stand', () => {
  const error = new Error(`no account for ${MAIL}`, { cause: MAIL });
  class Named {}
  Object.defineProperty(Named, 'name', { value: MAIL });
  const named = () => 1;
  Object.defineProperty(named, 'name', { value: MAIL });
  const result = capture(
    {
      plain: MAIL,
      inside: `write to ${MAIL} soon`,
      number: 4111111111111111,
      big: 4111111111111111n,
      error,
      symbol: Symbol(MAIL),
      regexp: new RegExp(MAIL.replace('.', '\\.')),
      keys: { [MAIL]: 1, [Symbol(MAIL)]: 2 },
      map: new Map([[MAIL, 1]]),
      instance: new Named(),
      named,
      boxed: Object(MAIL),
      url: { href: `https://x.test/?mail=${MAIL}` },
      buffer: Buffer.from(`${MAIL} and more text that makes it longer than a key would be, for sure`),
    },
    ['plain', '`<${plain}>`', 'error.message', 'missing.x'],
  );
  const text = JSON.stringify(result);
  assert.equal(text.includes('someone'), false, text);
  assert.equal(text.includes(Buffer.from('some').toString('hex')), false, 'not in the bytes of a buffer either');
  assert.equal(text.includes('41111'), false, text);
  assert.match(text, /write to \[redacted:email[^\]]*\] soon/);
});

test(
  proves('redaction:agent', 'a text is redacted before it is cut, also where the secret lies across the cut'),
  () => {
    const before = 'a '.repeat(506);
    const text = JSON.stringify(capture({ note: `${before} ${CARD} and ${MAIL}${' b'.repeat(3000)}` }));
    assert.doesNotMatch(text, /4111/);
    const mail = JSON.stringify(capture({ note: `${'a '.repeat(508)}${MAIL}${' b'.repeat(3000)}` }));
    assert.doesNotMatch(mail, /someone/);
    const cut = capture({ note: `${MAIL} ${'long '.repeat(2000)}` }).variables[0]?.value;
    assert.ok(cut?.type === 'string' && cut.length === MAIL.length + 1 + 10_000 && cut.value.length <= 1024);
  },
);

test('of a buffer a few bytes are shown, and of one that could be a key none', () => {
  const bytes = (length: number) => Buffer.alloc(length, 0xab);
  const shown = (value: unknown) => capture({ value }).variables[0]?.value;
  assert.deepEqual(JSON.parse(JSON.stringify(shown(bytes(64)))), { type: 'buffer', class: 'Buffer', length: 64 });
  assert.deepEqual(shown(bytes(65)), { type: 'buffer', class: 'Buffer', length: 65, hex: 'ab'.repeat(8) });
  assert.equal(JSON.stringify(capture({ password: bytes(100) })).includes('abab'), false);
});

test(
  proves(
    ['expressions:no-guessing', 'values:true'],
    'an expression that derives from a secret is hidden whole, and counted',
  ),
  () => {
    const user = { name: 'Ann', password: 'correct-horse' };
    const { values, redactions } = capture({ user }, [
      'user.password',
      'user.password.length',
      'user.password[0] === "c"',
      'user.name',
      'user',
    ]);
    assert.deepEqual(
      values.map(({ value }) => value?.type),
      ['redacted', 'redacted', 'redacted', 'string', 'object'],
    );
    assert.deepEqual(JSON.parse(JSON.stringify(values[1]?.value)), {
      type: 'redacted',
      kind: 'secret-name',
      of: 'unknown',
    });
    assert.equal(redactions.count, 5, 'three values, the property in the last, and the one of the variable');
    assert.equal(JSON.stringify(values).includes('horse'), false);
  },
);

test('what an expression can make up carries no pseudonym, so that no guess can be compared with what is hidden', () => {
  const user = { password: 'correct-horse', mail: MAIL };
  const { values } = capture({ user, list: [MAIL] }, [
    'user.password',
    'user.mail',
    '({ password: "correct-horse" })',
    '({ deep: [{ password: "correct-horse" }] })',
    '"someone@example.com"',
    '`to ${"someone@example.com"} now`',
    '({ ["someone@example.com"]: 1 })',
    'list.concat("someone@example.com")',
    '["to someone@example.com now"]',
  ]);
  const texts = values.map((value) => JSON.stringify(value.value));
  assert.match(texts[0] ?? '', /"pseudonym":"p11x13"/);
  assert.match(texts[1] ?? '', /"pseudonym":"p5x19"/);
  for (const text of texts.slice(2)) {
    assert.match(text, /redacted/);
    assert.doesNotMatch(text, /p\d+x\d+|someone|horse/);
  }
});

test('the error of an expression is told beside the others, without values', () => {
  const { values } = capture({ order: { id: 1 } }, ['order.customer.name', 'order.id']);
  assert.match(
    values[0]?.error ?? '',
    /`order.customer.name` cannot be read: what is before it is undefined; use \?\./,
  );
  assert.deepEqual(values[1]?.value, { type: 'number', value: 1 });
});

test('a redactor that fails hides the value whole', () => {
  const fail = (): never => {
    throw new Error('broken');
  };
  const whole = JSON.stringify(
    capture({ note: 'text', n: 12 }, [], {
      mode: 'standard',
      name: fail,
      hide: fail,
      text: fail,
      label: fail,
      number: fail,
      telling: fail,
      fits: fail,
    }),
  );
  assert.doesNotMatch(whole, /text"|12/);
  assert.match(whole, /redaction-failed/);
  const partly = JSON.stringify(
    capture({ note: 'private', n: 12 }, ['note', 'note + "!"'], {
      mode: 'standard',
      name: () => undefined,
      hide: fail,
      text: fail,
      label: () => undefined,
      number: fail,
      telling: fail,
      fits: fail,
    }),
  );
  assert.doesNotMatch(partly, /private|12/);
});

test(
  proves(
    ['redaction:identifier', 'redaction:agent'],
    'a number is hidden where its name tells it and it is valid: variable, property, map key, pair, expression',
  ),
  () => {
    const pesel = '44051401359';
    const result = capture(
      {
        pesel,
        user: { pesel: 44051401359, phone: '(0)20 7946 0958', id: 5, idNumber: 5 },
        map: new Map([['pesel', pesel]]),
        entries: [['pesel', pesel]],
        beside: { name: 'pesel', value: pesel },
        wrong: { pesel: '44051401358' },
      },
      ['user.pesel', 'user.id', 'user.phone + "!"'],
    );
    const text = JSON.stringify(result);
    assert.equal(text.includes(pesel), false, text);
    assert.equal(text.includes('7946'), false, text);
    assert.ok(text.includes('44051401358'), text);
    assert.ok(text.includes('"name":"idNumber","value":{"type":"number","value":5}'), text);
  },
);

test(
  proves('agent:hostile-application', 'nothing that the application replaced after the start is run by a capture'),
  () => {
    const script = `
    const { createCapturer } = await import('./agent-node/src/capture/capture.ts');
    const { compileExpression } = await import('./agent-node/src/expressions/compile.ts');
    const { parseExpression } = await import('./agent-node/src/expressions/parse.ts');
    const { createRedactor } = await import('@borescope/redaction');
    const redactor = createRedactor({ pseudonym: () => 'p' });
    const clock = performance.now.bind(performance);
    const capturer = createCapturer({ redactor, now: () => clock() * 1000 });
    const { tree } = parseExpression('order.items[0].sku', { redactor });
    const evaluate = compileExpression(tree, { redactor });
    const order = { items: [{ sku: 'a' }], map: new Map([['password', 'x'], ['k', 'someone@example.com']]), set: new Set([1]), date: new Date(0),
      error: new Error('e', { cause: 1 }), regexp: /x/g, fn() {}, cls: class A {}, big: 12n, symbol: Symbol('s'), text: '4111 1111 1111 1111', n: 4111111111111111,
      buffer: Buffer.alloc(100), view: new DataView(new ArrayBuffer(2)), boxed: Object('b'), typed: new Float32Array(2), custom: new (class Foo { a = 1; })() };
    const request = { names: [{ name: 'order', scope: 'local' }], values: [order], thisValue: order, hasThis: true,
      expressions: [{ text: 'order.items[0].sku', evaluate }], budget: { nodes: 1000, bytes: 60000, microseconds: 1e7 } };
    const { stringify } = JSON;
    const before = stringify(capturer.capture(request));
    const namesOf = Reflect.ownKeys, describe = Reflect.getOwnPropertyDescriptor, define = Reflect.defineProperty;
    const holders = [Map.prototype, Set.prototype, WeakMap.prototype, String.prototype, Number.prototype, BigInt.prototype, Symbol.prototype, Boolean.prototype, Date.prototype,
      RegExp.prototype, Error.prototype, Promise.prototype, Uint8Array.prototype, Object.getPrototypeOf(Uint8Array.prototype), Object.getPrototypeOf(new Map().entries()),
      Object.getPrototypeOf(new Set().values()), Object.getPrototypeOf([].values()), ArrayBuffer.prototype, DataView.prototype, Array.prototype, Function.prototype, Math, JSON, Array, Number, String, Buffer, Date, Symbol, BigInt, Reflect, Object];
    let ran = 0;
    const evil = function () { ran++; return undefined; };
    let held = 0;
    for (let i = 0; i < holders.length; i++) {
      const names = namesOf(holders[i]);
      for (let k = 0; k < names.length; k++) {
        const name = names[k];
        if (name === 'constructor' || name === 'prototype' || name === 'length') continue;
        const found = describe(holders[i], name);
        if (!found.configurable) continue;
        if (typeof found.value === 'function') define(holders[i], name, { value: evil, configurable: true, writable: true });
        else if (found.get) define(holders[i], name, { get: evil, set: evil, configurable: true });
        held++;
      }
    }
    define(Array.prototype, Symbol.iterator, { value: evil, configurable: true });
    ran = 0;
    const after = capturer.capture(request);
    const times = ran;
    process._rawDebug(times + ' ' + held + ' ' + (stringify(after) === before) + '\\n' + stringify(after) + '\\n' + before);
    process.reallyExit(0);
  `;
    const { stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: new URL('../..', import.meta.url),
      timeout: 30_000,
      encoding: 'utf8',
    });
    assert.match(stderr, /^0 \d{3} true\n/, stderr);
  },
);

test(
  proves('redaction:agent', 'a value is hidden whose name stands beside it or before it, as in a list of raw headers'),
  () => {
    const text = JSON.stringify(
      capture({
        rawHeaders: ['Host', 'shop.test', 'X-Api-Key', 'k-plain-1', 'Accept', 'text/html'],
        field: { name: 'password', value: 'p-plain-2' },
        attributes: [
          { Name: 'password', Value: 'p-plain-4' },
          { Name: 'country', Value: 'de-plain-5' },
          { NAME: 'API_KEY', VALUE: 'p-plain-6' },
        ],
        options: [
          { id: 'password', data: 'p-plain-7' },
          { v: 'p-plain-8', k: 'apiKey' },
          { type: 'password', value: 'p-plain-9' },
          { label: 'Token', text: 'p-plain-a' },
          { property: 'password', newValue: { deep: 'p-plain-b' }, oldValue: 'p-plain-c' },
          { name: 'password', values: ['p-plain-d'] },
        ],
        login: ['AUTH', 'default', 'p-plain-e'],
        command: { name: 'auth', args: ['default', 'p-plain-f'] },
        secure: { Name: '/app/x', Type: 'SecureString', Value: 'p-plain-g' },
        history: { field: 'password', old: 'p-plain-h', new: 'p-plain-i' },
        patch: { op: 'replace', path: ['user', 'password'], value: 'p-plain-j' },
        difference: { kind: 'E', path: ['password'], lhs: 'p-plain-k', rhs: 'p-plain-l' },
        shown: [
          { id: 'token-list', value: 'open-plain-4' },
          { type: 'token', value: 'sign-plain-5' },
          { label: 'Password', text: 'Enter plain-6' },
        ],
        other: { key: 'country', value: 'de-plain-3' },
      }).variables,
    );
    assert.doesNotMatch(text, /k-plain-1|p-plain/);
    assert.match(text, /shop\.test.*text\/html.*de-plain-5.*open-plain-4.*sign-plain-5.*plain-6.*de-plain-3/);
  },
);

test(
  proves(
    ['redaction:agent', 'redaction:ordinary'],
    'tokens are hidden, and how many there are is shown, also to expressions and conditions',
  ),
  () => {
    const usage = { tokens: 1234, maxTokens: 99n };
    const user = { tokens: ['t-plain-1'], sessionTokens: { phone: 't-plain-2' } };
    const text = JSON.stringify(capture({ usage, user }, ['usage.tokens * 2', 'user.tokens[0]', 'user.tokens.length']));
    assert.doesNotMatch(text, /t-plain/);
    assert.match(text, /1234.*99.*2468/);
    assert.equal(text.match(/"kind":"secret-list"/g)?.length, 4);
    const condition = (expression: string) => {
      const parsed = parseExpression(expression, { redactor: real, condition: true });
      assert.ok(parsed.ok, expression);
      const evaluate = compileExpression(parsed.tree, { redactor: real });
      return evaluate(
        createScope(
          [
            { name: 'usage', scope: 'local' },
            { name: 'user', scope: 'local' },
          ],
          [usage, user],
          undefined,
          false,
        ),
      );
    };
    assert.deepEqual(condition('usage.tokens > 1000'), { value: true, made: false });
    assert.ok('error' in condition("user.tokens[0] === 't-plain-1'"));
  },
);
