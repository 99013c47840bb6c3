// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are expressions
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { createRedactor, type Redactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { compileExpression } from '../src/expressions/compile.ts';
import type { Evaluation } from '../src/expressions/evaluation.ts';
import { parseExpression } from '../src/expressions/parse.ts';
import { createScope, NOT_CAPTURED, type ScopeName, UNINITIALIZED } from '../src/expressions/scope.ts';

const redactor = createRedactor({ pseudonym: (kind) => `p-${kind.length}` });

function evaluate(text: string, variables: Record<string, unknown> = {}, condition = false): Evaluation {
  const parsed = parseExpression(text, { redactor, condition });
  assert.ok(parsed.ok, parsed.ok ? '' : `${text}: ${parsed.problem.message}`);
  const names = Object.keys(variables).map((name): ScopeName => ({ name, scope: 'local' }));
  const self = Object.hasOwn(variables, 'self');
  const scope = createScope(names, Object.values(variables), self ? variables['self'] : undefined, self);
  return compileExpression(structuredClone(parsed.tree), { redactor })(scope);
}

function read(text: string, variables?: Record<string, unknown>): unknown {
  const result = evaluate(text, variables);
  assert.ok('value' in result, `${text}: ${inspect(result)}`);
  return result.value;
}

function errorOf(text: string, variables?: Record<string, unknown>): string {
  const result = evaluate(text, variables);
  assert.ok('error' in result, `${text} gave a value`);
  return result.error;
}

const order = {
  id: 'o-17',
  total: 12.5,
  items: [
    { sku: 'a', price: 5 },
    { sku: 'b', price: 7.5 },
  ],
  tags: new Set(['new', 'eu']),
  stock: new Map<unknown, unknown>([
    ['a', 3],
    ['b', 0],
  ]),
  placed: new Date(86_400_000),
  missing: undefined,
};

test('operators, literals and paths give what JavaScript gives', () => {
  const a = 7;
  const b = '3';
  const variables = { a, b, order, n: 10n };
  const expected: [text: string, value: unknown][] = [
    ['1 + 2 * 3 ** 2 % 5', 1 + ((2 * 3 ** 2) % 5)],
    ['a - b', 4],
    ['a + b', '73'],
    ['`${a}-${b}-${null}-${n}`', '7-3-null-10'],
    ['a > b && a < 10 || false', true],
    ['order.missing ?? "none"', 'none'],
    ['order.total > 10 ? "big" : "small"', 'big'],
    ['-a + +b + ~1', -6],
    ['n ** 3n / 7n', 142n],
    ['n == 10', true],
    ['a == "7"', true],
    ['null == undefined && null !== undefined && order != null', true],
    ['typeof order + typeof nothing + typeof n', 'objectundefinedbigint'],
    ['void a', undefined],
    ['order.items[1].price', 7.5],
    ['order["items"].length', 2],
    ['order.items[9]?.price.deeper.still', undefined],
    ['order.nothing?.at(0)', undefined],
    ['order.nothing?.at?.(0)', undefined],
    ['order.items.at(-1).sku', 'b'],
    ['"sku" in order.items[0] && !("x" in order)', true],
    ['order.placed > 0 && order.placed - 1', 86_399_999],
    ['[1, ...order.items.slice(0, 1), ...order.tags].length', 4],
    ['order.id[2] + order.id.length', '14'],
    ['"é"[0]', 'é'],
    ['[NaN].includes(NaN) && [NaN].indexOf(NaN) === -1', true],
    ['a >>> 1 | 8 ^ 1 & 3 << 1', (7 >>> 1) | (8 ^ (1 & (3 << 1)))],
  ];
  for (const [text, value] of expected) assert.deepEqual(read(text, variables), value, text);
});

test('built-ins without side effects can be called', () => {
  const expected: [text: string, value: unknown][] = [
    ['order.stock.get("a") + order.stock.size + order.tags.size', 7],
    ['order.stock.has("b") && order.tags.has("eu")', true],
    ['Object.keys(order.items[0]).join("|")', 'sku|price'],
    ['Object.entries({ a: 1 })[0][1] + Object.values({ b: 2 })[0]', 3],
    ['Object.hasOwn(order, "id") && order.hasOwnProperty("id")', true],
    ['Array.isArray(order.items)', true],
    [
      'JSON.stringify({ d: order.placed, x: [1, undefined, "é\\n"], n: null, u: undefined })',
      '{"d":"1970-01-02T00:00:00.000Z","x":[1,null,"é\\n"],"n":null}',
    ],
    ['order.placed.toISOString().slice(0, 10)', '1970-01-02'],
    ['order.placed.getTime()', 86_400_000],
    ['Math.max(...[1, 9, 3]) + Math.round(2.5)', 12],
    ['Number("12") + parseInt("0x1f") + parseFloat("1.5") + Number(2n)', 12 + 31 + 1.5 + 2],
    ['Number.isInteger(3) && isNaN("x")', true],
    ['(12.345).toFixed(1)', '12.3'],
    ['order.id.toUpperCase().padStart(6, "*")', '**O-17'],
    ['"a,b,,c".split(",").length', 4],
    ['"x".repeat(3) + "y".concat(1, null)', 'xxxy1null'],
    ['" a ".trim().startsWith("a")', true],
    ['[1, 2].concat([3], 4).lastIndexOf(4)', 3],
    ['Boolean("") || String(12n)', '12'],
  ];
  for (const [text, value] of expected) assert.deepEqual(read(text, { order }), value, text);
});

test(proves('expressions:arrows', 'arrow functions of one expression go through lists'), () => {
  const variables = {
    order,
    cart: Array.from({ length: 40 }, (_, i) => ({ sku: `s${i}`, price: i === 17 ? -1 : i, tags: ['a', i % 2] })),
    limit: 38,
    // biome-ignore lint/suspicious/noSparseArray: what a hole does
    holes: [1, , 3],
  };
  const expected: [text: string, value: unknown][] = [
    ['cart.some(item => item.price < 0)', true],
    ['cart.every(({ price }) => price < 0)', false],
    ['cart.find(item => item.price < 0).sku', 's17'],
    ['cart.find(item => item.price > 99)', undefined],
    ['cart.findIndex(item => item.price < 0)', 17],
    ['cart.findLast(item => item.price < limit).sku', 's37'],
    ['cart.findLastIndex(item => item.price > 99)', -1],
    ['cart.filter((item, i) => i >= limit).map(item => item.sku)', ['s38', 's39']],
    [
      'cart.filter(x => x.price > 37).map(({ sku, price: p }) => ({ sku, p }))',
      [
        { sku: 's38', p: 38 },
        { sku: 's39', p: 39 },
      ],
    ],
    ['cart.slice(0, 4).reduce((sum, item) => sum + item.price, 100)', 106],
    ['[1, 2, 3].reduce((a, b) => a * b)', 6],
    ['cart.slice(2, 4).flatMap(item => item.tags)', ['a', 0, 'a', 1]],
    ['[[1, [2]], 3].flat()', [1, [2], 3]],
    ['[[1, [2]], 3].flat(2)', [1, 2, 3]],
    ['Object.entries({ a: 1, b: 5 }).filter(([key, value]) => value > 3)[0][0]', 'b'],
    ['[...order.stock].map(([sku, n]) => `${sku}${n}`).join()', 'a3,b0'],
    ['[...order.stock.keys(), ...order.stock.values(), ...order.tags.values()]', ['a', 'b', 3, 0, 'new', 'eu']],
    ['[...order.stock.entries()][1]', ['b', 0]],
    ['[...["x"].entries()]', [[0, 'x']]],
    ['Array.from(order.tags)', ['new', 'eu']],
    ['Array.from(order.stock.values(), n => n * 2)', [6, 0]],
    ['[1, 0, 2].filter(Boolean).map(String)', ['1', '2']],
    ['cart.slice(20).filter(a => cart.slice(20).filter(b => b.price === a.price).length > 1).length', 0],
    ['[1, 2].map(limit => limit + 1).concat(limit)', [2, 3, 38]],
    ['holes.filter(x => true).length + holes.findIndex(x => x === undefined)', 3],
    ['[[1], [2]].map(a => a.map(b => b + a[0]))', [[2], [4]]],
    ['[3].map(x => { return x + 1 })', [4]],
    ['[[1, 2]].map(([, second]) => second)', [2]],
  ];
  for (const [text, value] of expected) assert.deepEqual(read(text, variables), value, text);
  assert.match(errorOf('[].reduce((a, b) => a)'), /empty list/);
  assert.match(errorOf('holes.map(x => x)', variables), /holes/);
  assert.match(errorOf('[null].map(({ a }) => a)'), /taken apart/);
  assert.match(errorOf('[new_].map(([a]) => a)', { new_: new Set([1]) }), /array/);
  assert.match(errorOf('[1].map()'), /item => item\.id/);
  assert.match(errorOf('[1].map(call)', { call: () => 1 }), /function of the application/);
});

test('what JavaScript answers with a misleading undefined or false is an error that says what to write', () => {
  const variables = { order, extended: Object.assign(new Map([['a', 1]]), { a: undefined, total: 3 }) };
  assert.match(errorOf('order.stock["a"]', variables), /column 13: .*entry of a Map.*\.get\(key\)/);
  assert.match(errorOf('order.stock.b > 1', variables), /entry of a Map/);
  assert.match(errorOf('order.tags[0]', variables), /\[\.\.\.set\]/);
  assert.match(errorOf('order.placed < "2026-11-21"', variables), /column 1: .*Date\.parse/);
  assert.match(errorOf('"2026-11-21" >= order.placed', variables), /Date\.parse/);
  assert.equal(read('order.stock.nothing', variables), undefined);
  assert.equal(read('extended.a ?? extended.total', variables), 3, 'a property of its own is one');
});

test('dates are compared by their time, and whole numbers made bigints', () => {
  assert.equal(read('order.placed > Date.parse("1970-01-01T00:00:00Z") && order.placed < Date.now()', { order }), true);
  assert.equal(read('BigInt(2) * 3n + BigInt("4")'), 10n);
  assert.match(errorOf('BigInt(1.5)'), /whole number/);
  assert.match(errorOf('BigInt(undefined)'), /whole number/);
  assert.match(errorOf('1n + 1'), /Number\(value\)/);
});

test('instanceof walks the prototypes, and never asks Symbol.hasInstance', () => {
  let asked = 0;
  class Odd extends Object {
    static override [Symbol.hasInstance]() {
      asked++;
      return true;
    }
  }
  class Mine extends Map {}
  const variables = { error: new TypeError('x'), mine: new Mine(), Mine, Odd };
  assert.equal(
    read(
      'error instanceof Error && error instanceof TypeError && mine instanceof Mine && mine instanceof Map',
      variables,
    ),
    true,
  );
  assert.equal(read('error instanceof RangeError || 1 instanceof Number', variables), false);
  assert.match(errorOf('error instanceof Odd', variables), /Symbol\.hasInstance/);
  assert.match(errorOf('error instanceof Gone', { ...variables, Gone: NOT_CAPTURED }), /constructor\.name === "Gone"/);
  assert.equal(read('error.constructor.name === "TypeError"', variables), true);
  assert.equal(asked, 0);
});

test('a name that has no value says why', () => {
  const variables = { early: UNINITIALIZED, gone: NOT_CAPTURED };
  assert.match(errorOf('early', variables), /column 1: `early` is not initialised/);
  assert.match(errorOf('1 + gone', variables), /column 5: V8 does not give `gone` here/);
  assert.match(errorOf('nowhere.at', variables), /`nowhere` is not in scope/);
  assert.match(errorOf('this.x', variables), /no `this`/);
  assert.equal(read('this.x', { self: { x: 4 } }), 4);
  assert.match(errorOf('order.missing.deep', { order }), /`order.missing.deep` cannot be read: .* undefined/);
});

test(
  proves('expressions:no-effect', 'no getter, proxy trap, toString, toJSON, iterator or replaced built-in is ever run'),
  () => {
    let ran = 0;
    const run = () => {
      ran++;
      return 'x';
    };
    const trap = new Proxy(
      {},
      {
        get: run,
        has: () => ++ran > 0,
        ownKeys: () => [],
        getPrototypeOf: () => (run() === '' ? {} : null),
        getOwnPropertyDescriptor: () => (run() === '' ? {} : undefined),
      },
    );
    class Inherited extends Array {
      get own() {
        return run();
      }
      override includes() {
        run();
        return true;
      }
    }
    const hostile = {
      get secretless() {
        return run();
      },
      toString: run,
      valueOf: run,
      toJSON: run,
      [Symbol.toPrimitive]: run,
      [Symbol.iterator]: run,
      at: run,
      get: run,
    };
    const variables = {
      hostile,
      trap,
      jsonable: { a: 1, toJSON: run },
      list: Inherited.from([1]),
      child: Object.create(trap),
      revoked: revoked(),
      fn: run,
      name: 'get',
    };
    for (const text of [
      'hostile.secretless',
      'hostile + ""',
      '`${hostile}`',
      'hostile == 1',
      'hostile > 1',
      '-hostile',
      'hostile * 2',
      '({})[hostile]',
      '"x".includes(hostile)',
      'String(hostile)',
      'Number(hostile)',
      'JSON.stringify(hostile)',
      'JSON.stringify({ get: [hostile] })',
      'JSON.stringify(jsonable)',
      '[...hostile]',
      'Math.max(...hostile)',
      '({ ...hostile })',
      'Object.values(hostile)',
      'hostile.at()',
      'hostile.toString()',
      'trap.x',
      '"x" in trap',
      'trap instanceof Object',
      '[...trap]',
      'Object.keys(trap)',
      'Array.isArray(trap)',
      'child.x',
      '"x" in child',
      'revoked.x',
      'list.own',
      'list.includes(1)',
      'hostile[name]()',
      '[1].some(fn)',
      '[1].join(hostile)',
      '[hostile].join()',
      '[1].map(x => hostile.get(x))',
      '[1].filter(x => hostile.secretless)',
      '[hostile].map(([x]) => x)',
      '[trap].map(([x]) => x)',
      '[trap].map(({ x }) => x)',
      'trap.some(x => x)',
      'list.some(x => x)[hostile]',
      '[...hostile.values()]',
      'Array.from(hostile)',
      'Date.parse(hostile)',
      'BigInt(hostile)',
    ]) {
      const result = evaluate(text, variables);
      assert.ok('error' in result, `${text} gave ${JSON.stringify(result)}`);
      assert.match(result.error, /^column \d+: /, text);
    }
    assert.equal(ran, 0);

    function revoked() {
      const made = Proxy.revocable({}, {});
      made.revoke();
      return made.proxy;
    }
  },
);

test('built-ins that the application replaced after the start are neither run nor relied on', () => {
  const script = `
    const { compileExpression } = await import('./agent-node/src/expressions/compile.ts');
    const { parseExpression } = await import('./agent-node/src/expressions/parse.ts');
    const { createScope } = await import('./agent-node/src/expressions/scope.ts');
    const { createRedactor } = await import('@borescope/redaction');
    const redactor = createRedactor({});
    const texts = ['list.includes(2)', 'map.get("k")', 'text.slice(1)', 'map.size', '[...list].length', '"a,b".split(",")[1]',
      'Object.keys(map).length', 'date.toISOString()', '({ ...{ a: 1 } }).a', 'JSON.stringify({ a: [1, "x"] })', 'list.join("-")'];
    const trees = texts.map((text) => parseExpression(text, { redactor }).tree);
    const real = { log: console.log, stringify: JSON.stringify };
    const namesOf = Object.getOwnPropertyNames;
    let ran = 0;
    const evil = function () { ran++; return 'evil'; };
    for (const holder of [Array.prototype, Map.prototype, Set.prototype, String.prototype, Date.prototype, Object, Reflect, WeakMap.prototype, JSON, Function.prototype]) {
      for (const name of namesOf(holder)) {
        if (name === 'constructor' || name === 'prototype' || name === 'length' || name === 'size' || name === '__proto__' || name === 'caller' || name === 'arguments') continue;
        try { if (typeof holder[name] === 'function') holder[name] = evil; } catch {}
      }
    }
    Array.prototype[Symbol.iterator] = evil; String.prototype[Symbol.split] = evil; Map.prototype[Symbol.iterator] = evil;
    const list = [1, 2]; const map = new Map(); const text = 'abc'; const date = new Date(0);
    const names = [{ name: 'list' }, { name: 'map' }, { name: 'text' }, { name: 'date' }];
    const before = ran;
    const out = [];
    for (let i = 0; i < trees.length; i++) {
      const result = compileExpression(trees[i], { redactor })(createScope(names, [list, map, text, date], undefined, false));
      out[i] = 'value' in result ? 'value:' + result.value : 'error';
    }
    let line = '';
    for (let i = 0; i < out.length; i++) line += out[i] + ';';
    process._rawDebug((ran - before) + ' ' + line);
    process.reallyExit(0);
  `;
  const root = new URL('../..', import.meta.url);
  const { stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: root,
    timeout: 30_000,
    encoding: 'utf8',
  });
  // A method that was replaced is refused: it is the application's. The rest is not built on any of them.
  assert.equal(
    stderr.trim(),
    '0 error;error;error;value:0;value:2;error;error;error;value:1;error;error;',
    `status ${status}`,
  );
});

test(proves('expressions:bounded', 'what could take unbounded time or memory fails early'), () => {
  const long = 'x'.repeat(70_000);
  const variables = {
    big: Array.from({ length: 20_000 }, (_, i) => i),
    thousand: Array.from({ length: 1000 }, (_, i) => i),
    long,
    half: long.slice(0, 60_000),
    huge: 1n << 100_000n,
    bytes: Array.from({ length: 8192 }, () => 32),
    rows: Array.from({ length: 1000 }, () => Array.from({ length: 128 }, () => 32)),
    wide: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`k${i}`, i])),
  };
  for (const [text, what] of [
    ['big.includes(-1)', /steps/],
    ['[...big]', /1000 items/],
    ['Object.keys(wide)', /1000 properties/],
    ['"x".repeat(1e9)', /65536 characters/],
    ['"x".padEnd(1e9)', /65536 characters/],
    ['long + long', /65536 characters/],
    ['long.toUpperCase()', /65536 characters/],
    [`[${'half.trim(),'.repeat(60)} 1]`, /steps/],
    [`[${'half + "",'.repeat(60)} 1]`, /steps/],
    ['2n ** 1000000n', /exponent/],
    ['1n << 1000000n', /4,096 bits/],
    ['huge * huge', /4,096 bits/],
    ['String(huge)', /4,096 bits/],
    ['JSON.stringify([wide, wide, wide, wide, wide, wide])', /steps|characters/],
    ['big.some(x => false)', /steps/],
    ['big.filter(x => true)', /1000 items/],
    ['bytes.some(x => false)', /8192 bytes/],
    ['rows.map(row => row[0])', /steps/],
    ['thousand.map(a => thousand.map(b => thousand.map(c => 1)))', /steps/],
    ['thousand.map(x => "x".padEnd(60000))', /steps/],
    ['thousand.map(x => "x".repeat(9000))', /steps/],
    ['thousand.map(x => 10n ** 64n)', /steps/],
    [`thousand.some(x => [${'1,'.repeat(400)}] === 1)`, /steps/],
    ['big.reduce((all, x) => [...all, x], [])', /steps|items/],
    ['[[[[1]]]].flat(99)', /depth/],
    ['Date.parse(half)', /100 characters/],
    ['BigInt("1".repeat(2000))', /1000 digits/],
  ] as const) {
    assert.match(errorOf(text, variables), what, text);
  }
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  assert.match(errorOf('JSON.stringify(circular)', { circular }), /circular/);
});

test(
  proves(
    'expressions:no-guessing',
    'an expression that reads a secret gives only that it did, whatever it derives from it',
  ),
  () => {
    const user = { name: 'Ann', password: 'hunter2-hunter2', apiKey: null };
    const map = new Map([['password', 'hunter2-hunter2']]);
    for (const text of [
      'user.password[0]',
      'user.password.length',
      '`x${user.password}`',
      'user["pass" + "word"]',
      'user.password === "x" ? 1 : 2',
      'typeof (user.password[0] === "h" ? 1 : "")',
      'user[user.password[0] === "h" ? "name" : "no"] == null',
      '(user.password[0] === "h" ? null : 1) == null',
      'map.get("password").length',
      '[user.password]',
      'user.password.nothing.deep',
      'user.password[0] === "h" && boom',
      '["a", "h"].filter(guess => user.password[0] === guess).length',
      '[user].map(u => u.password)',
      '[user].map(({ password }) => 1 + password.length)',
      '["password"].map(name => user[name])[0].length',
      '[0, 1].find(i => user.password[i] === "u")',
      '[user].some(u => u.password[0] === "h") ? 1 : 2',
      '[1].map(x => user.password[0] === "h" && boom)',
      'JSON.stringify([user.password])',
    ]) {
      const result = evaluate(text, { user, map });
      assert.ok('secret' in result, `${text} gave ${JSON.stringify(result)}`);
      assert.equal(JSON.stringify(result).includes('hunter'), false, text);
      assert.equal(result.of, 'unknown', `${text}: its type could tell of it`);
    }
    const direct = evaluate('user.password', { user });
    assert.deepEqual(direct, { secret: 'secret-name', of: 'string', text: 'hunter2-hunter2' });
    assert.equal(read('user.name + (user.password == null) + typeof user.password', { user }), 'Annfalsestring');
    assert.equal(read('user.apiKey', { user }), null, 'that there is none is no secret');
  },
);

test('values that lose their names in a list lose their secrets first', () => {
  const user = { name: 'Ann', password: 'hunter2', nested: { token: 'abc' } };
  const made = read('[Object.values(user), Object.entries(user), [...map], JSON.stringify(user)]', {
    user,
    map: new Map([['password', 'hunter2']]),
  });
  assert.equal(JSON.stringify(made).includes('hunter2'), false);
  assert.match(JSON.stringify(made), /Ann.*\[redacted:/);
  assert.match(String(read('JSON.stringify(user)', { user })), /"token":"\[redacted:[a-z-]+\]"/);
});

test('a piece of a text that is personal by its content is hidden, and glued to others it is replaced', () => {
  const card = '4111 1111 1111 1111';
  for (const text of [
    'card.slice(0, 15)',
    'card[3]',
    'card.split(" ")[1]',
    'card.substring(1)',
    'number % 10000',
    'Math.floor(number / 10)',
  ]) {
    assert.ok('secret' in evaluate(text, { card, number: 4111111111111111 }), text);
  }
  assert.doesNotMatch(String(read('"9" + card + `${card}7` + [card].join() + "a".concat(card)', { card })), /1111/);
});

test('what is secret by its content is not told by changing it, by searching it, or by its order', () => {
  const variables = {
    mail: 'someone@example.com',
    card: '4111 1111 1111 1111',
    number: 4111111111111111,
    big: 4111111111111111n,
    aws: 'AKIAIOSFODNN7EXAMPLE',
    body: '{"state":"failed","password":"correct-horse"}',
  };
  for (const text of [
    'aws.toLowerCase()',
    'parseInt(card)',
    'parseFloat(card)',
    'parseInt(String(number), 16)',
    '-number',
    '-(-number)',
    '~number',
    '-big',
    'number > 4e15',
    'big < 5n',
    'mail < "t"',
    'mail.startsWith("some")',
    'mail.startsWith("other")',
    'mail.endsWith("@example.com")',
    'mail.includes("redacted")',
    'mail.indexOf("@")',
    'body.includes("horse")',
    'body.includes("mule")',
    'body.includes("secret-name")',
    'body.startsWith("{\\"state\\":\\"failed\\",\\"password\\":\\"c")',
  ]) {
    const result = evaluate(text, variables);
    assert.ok('secret' in result, `${text} gave ${'value' in result ? String(result.value) : 'an error'}`);
    const isPlaced = parseExpression(text, { redactor, condition: true }).ok;
    assert.ok(!isPlaced || 'error' in evaluate(text, variables, true), text);
  }
  assert.equal(read('body.includes("failed") && body.startsWith("{")', variables), true, 'what is beside it is told');
  assert.equal(read('mail.toLowerCase() === "someone"', variables), false, 'it differs from what is not hidden');
  assert.equal(read('"none".includes("x") || -5 < 3', variables), true);
});

test(
  proves('expressions:no-oracle', 'where all texts and numbers are hidden, types, presence and objects can be tested'),
  () => {
    const strict: Redactor = {
      ...redactor,
      mode: 'strict',
      text: () => ({ text: '[redacted:text]', findings: [{ kind: 'text', of: 'string' }], whole: true }),
      number: (value) => ({ kind: 'number', of: typeof value }),
    };
    const variables = {
      order: { name: 'Ann', none: '', total: 3, zero: 0, big: 1n, items: [1], tags: new Set(['a']) },
    };
    const test = (text: string): Evaluation | undefined => {
      const parsed = parseExpression(text, { redactor: strict, condition: true });
      if (!parsed.ok) return undefined;
      const scope = createScope([{ name: 'order', scope: 'local' }], Object.values(variables), undefined, false);
      return compileExpression(parsed.tree, { redactor: strict })(scope);
    };
    for (const text of [
      'order && order.items',
      'order.name != null && order.missing === undefined',
      'typeof order.name === "string" && "number" !== typeof order.big',
      '!order.missing && Array.isArray(order.items)',
      'order.items instanceof Array ? order : null',
    ]) {
      const result = test(text);
      assert.ok(result !== undefined && 'value' in result && result.value === true, `${text}: ${inspect(result)}`);
    }
    for (const text of [
      'order.name',
      '!order.none',
      'order.zero || order',
      'order.big ? order : null',
      'order.items.some(item => item)',
      'order.items.filter(Boolean)',
      'Boolean(order.none)',
      'order.name === order.none',
      'order.total === order.zero',
      'order.total == order.name',
      'order.items.length > order.zero',
      'order.name.length',
      'order.items[order.zero]',
      'order.tags.has(order.name)',
      'Number.isInteger(order.total)',
      'isNaN(order.total)',
      'order.name === "Ann"',
      'order.total > 2',
      '"name" in order',
      'typeof order.name === order.none',
    ]) {
      const result = test(text);
      assert.ok(result === undefined || 'error' in result, `${text}: ${inspect(result)}`);
    }
  },
);

test('a loop that ends just before the steps do does not measure what is hidden', () => {
  const stepsOf = (mail: string) => {
    const list = Array.from({ length: 300 }, (_, i) => i);
    let most = 0;
    for (let inner = 1; inner < 40; inner++) {
      const result = evaluate('list.every(i => some.every(k => mail !== plain))', {
        list,
        some: list.slice(0, inner),
        mail,
        plain: 'xxxxxxxxxxxxxxxxxxxx',
      });
      if ('value' in result) most = inner;
    }
    return most;
  };
  assert.equal(stepsOf(`${'a'.repeat(40)}@example.com`), stepsOf(`${'a'.repeat(30)}@example.com`));
  assert.ok(stepsOf('ann@example.com') > 0);
});

test('a condition that holds a guess is refused before it is placed, and does not repeat it', () => {
  for (const text of [
    'mail === "ann@example.com"',
    '["a", "ann@example.com"].includes(mail)',
    'users["ann@example.com"]',
    '({ "4111111111111111": 1 })[ref]',
    '({ 4111111111111111: 1 })[ref]',
    'ref[4111111111111111]',
    '`ann@example.com` === mail',
    'number === 4111111111111111',
    'big > 4111111111111111n',
    'users.some(user => user.mail.endsWith("ann@example.com"))',
  ]) {
    const parsed = parseExpression(text, { redactor, condition: true });
    assert.ok(!parsed.ok, text);
    assert.equal(parsed.problem.code, 'EXPRESSION_UNSAFE');
    assert.match(parsed.problem.message, /^column \d+: a condition must not hold .*\((email|payment-card)\)/, text);
    assert.match(parsed.problem.hint ?? '', /Compare an id/);
    assert.doesNotMatch(JSON.stringify(parsed.problem), /ann@|4111/, text);
    assert.ok(parseExpression(text, { redactor }).ok, 'an expression may: its value is hidden');
  }
});

test('a value keeps the name that stands beside it, and bytes are not read one by one', () => {
  const pesel = { name: 'pesel', value: '44051401359' };
  assert.ok('secret' in evaluate('entry.value', { entry: pesel }), 'hidden by its name and its form together');
  assert.equal(read('entry.value', { entry: { name: 'pesel', value: '44051401350' } }), '44051401350');
  const mark = Symbol('password');
  const variables = {
    pair: ['password', 'correct-horse'],
    rawHeaders: ['Host', 'x', 'X-Api-Key', 'correct-horse'],
    field: { name: 'password', value: 'correct-horse' },
    attribute: { Name: 'password', Value: 'correct-horse' },
    plain: { name: 'colour', value: 'red' },
    mark,
    marked: new Map([[mark, 'correct-horse']]),
    holder: { [mark]: 'correct-horse' },
    pattern: /^ann@example\.com$/,
    url: new URL('https://correct-horse@a.example/'),
    words: new Uint16Array([104, 111]),
    serial: new Uint32Array(16),
    written: { type: 'Buffer', data: [104, 111] },
    counts: new Uint32Array(17),
    bytes: Buffer.from('correct-horse'),
    small: new Int8Array([1, 2, 3]),
    samples: new Float64Array([1.5, 2.5]),
    boxed: Object('correct-horse'),
  };
  for (const text of [
    'pair[1]',
    'pair[1].length',
    'rawHeaders[3]',
    'rawHeaders[3][0] === "c"',
    'field.value.length',
    'attribute.Value.length',
    'rawHeaders.map((x, i, all) => all[i])',
    '[pair].map(([, value]) => value)',
    '[field].map(({ value }) => value)',
    '[rawHeaders].some(h => h[3] > "a")',
    'holder[mark]',
    'marked.get(mark)',
    'pattern.source',
    '`${pattern.source}`',
    'url.username',
    'url.username.length',
  ]) {
    assert.ok('secret' in evaluate(text, variables), text);
    assert.ok('error' in evaluate(text, variables, true), text);
  }
  for (const text of [
    'pair.at(1)',
    'pair.join()',
    '[...pair]',
    'rawHeaders.slice(3)',
    'rawHeaders.slice(3).concat(pair)',
    'rawHeaders.map(x => x)',
    'rawHeaders.filter((x, i) => i === 3)',
    'rawHeaders.find(x => x.startsWith("["))',
    '[pair].flat()',
    'Array.from(rawHeaders)',
    '[...rawHeaders.values()]',
    '[...rawHeaders.entries()]',
    'rawHeaders.reduce((all, x) => all + x)',
    'JSON.stringify([pair, rawHeaders, field])',
    '[Object.values(field), Object.entries(field)]',
    '({ ...pair })',
    '({ ...rawHeaders })[3]',
    '({ ...field, name: "colour" }).value',
    '[field].map(one => ({ ...one, name: 0 }))',
    '[...marked]',
    '[...marked.values()]',
  ]) {
    const made = JSON.stringify(read(text, variables));
    assert.doesNotMatch(made, /horse/, text);
    assert.match(made, /redacted/, text);
    assert.ok('error' in evaluate(text, variables, true), text);
  }
  for (const text of ['bytes[0]', 'small[1]', 'Object.values(bytes)', '({...small})', 'JSON.stringify(small)']) {
    assert.match(errorOf(text, variables), /one by one/, text);
  }
  for (const text of [
    'words[0]',
    'Object.values(words)',
    '({...serial})',
    'JSON.stringify(serial)',
    'written.data',
    'Object.values(written)',
    'JSON.stringify([written])',
    '({...written})',
  ]) {
    assert.match(errorOf(text, variables), /one by one/, text);
  }
  const far = `${'x'.repeat(300)} write to ann@example.com`;
  const spelled = { far: [...Buffer.from(far)], places: { ...Buffer.from(far.slice(290)) }, other: [1000] };
  const units = Uint16Array.from(spelled.far);
  for (const text of [
    'far[320]',
    'far.slice(320, 324)',
    'far.find((x, i) => i === 320)',
    '[other, far].flat(2)',
    'places[20]',
    'Object.values(places)',
    '({...places})',
    'JSON.stringify(places)',
    'units[320]',
    'Object.values(units)',
  ]) {
    assert.match(errorOf(text, { ...spelled, units }), /one by one/, text);
  }
  assert.equal(read('list[320]', { list: spelled.far.map((byte) => byte / 2) }), 101 / 2);
  assert.equal(read('counts[1]', variables), 0);
  for (const text of ['boxed[0]', 'Object.values(boxed)', 'JSON.stringify(boxed)', '({...boxed})']) {
    assert.match(errorOf(text, variables), /boxed/, text);
  }
  assert.equal(read('rawHeaders[1] + plain.value + samples[1] + bytes.length', variables), 'xred2.513');
});

test(
  proves(
    'expressions:no-guessing',
    'a condition never gives a value that depends on a secret, also where only the evaluation knows',
  ),
  () => {
    const variables = { user: { password: 'x' }, key: 'password', map: new Map([['password', 'x']]) };
    for (const text of [
      'user[key] === "x"',
      'map.get(key) === "x"',
      'Object.values(user)[0] === "x"',
      'JSON.stringify(user) === "x"',
    ]) {
      const result = evaluate(text, variables, true);
      assert.ok('error' in result, text);
      assert.match(result.error, /secret/, text);
    }
  },
);

test('objects of another realm and module namespaces are read like others', async () => {
  const foreign: unknown = runInNewContext('({ a: [1, { b: 2 }], m: new Map([[1, 2]]) })');
  assert.equal(read('foreign.a[1].b', { foreign }), 2);
  assert.match(errorOf('foreign.m.get(1)', { foreign }), /not called/);
  const url = `data:text/javascript,import * as self from ${JSON.stringify('data:text/javascript,export let x = 1')}; export { self }`;
  const module: unknown = await import(url);
  assert.equal(read('module.self.x', { module }), 1);
});

test('the stack of an error is read only where no formatter of the application would run', () => {
  const before = Error.prepareStackTrace;
  let ran = 0;
  const quiet = new Error('quiet');
  assert.match(String(read('quiet.stack', { quiet })), /Error: quiet/);
  const loud = new Error('loud');
  const plain = {};
  Error.captureStackTrace(plain);
  try {
    Error.prepareStackTrace = () => ++ran;
    assert.match(errorOf('loud.stack', { loud }), /prepareStackTrace|getter/);
    assert.match(errorOf('plain.stack', { plain }), /prepareStackTrace|getter/);
    assert.equal(ran, 0);
  } finally {
    Error.prepareStackTrace = before;
  }
});

test('it works where code generation from strings is switched off', () => {
  const root = new URL('../..', import.meta.url);
  const script = `
    const { compileExpression } = await import('./agent-node/src/expressions/compile.ts');
    const tree = { root: { type: 'binary', operator: '+', left: { type: 'literal', value: 1 }, right: { type: 'literal', value: 2 }, at: 1 }, names: [], usesThis: false, condition: false, makesTexts: false };
    console.log(compileExpression(tree)({ lookup() {}, thisValue: undefined, hasThis: false }).value);
  `;
  const output = execFileSync(
    process.execPath,
    ['--disallow-code-generation-from-strings', '--import', 'tsx', '--input-type=module', '-e', script],
    { cwd: root, timeout: 30_000, encoding: 'utf8' },
  );
  assert.equal(output.trim(), '3');
});

test(
  proves('values:wide-once', 'the keys of a wide object are listed once, and those of one with items not at all'),
  () => {
    const wide: Record<string, number> = {};
    for (let i = 0; i < 20_000; i++) wide[`key${i}`] = i;
    assert.match(errorOf('JSON.stringify(wide)', { wide }), /more than 10000 properties/);
    for (const key of Object.keys(wide)) delete wide[key];
    // A second listing would find none.
    for (const text of ['Object.keys(wide)', 'Object.values(wide)', 'Object.entries(wide)', '({ ...wide })']) {
      assert.match(errorOf(text, { wide }), /more than 1000 properties/);
    }
    assert.equal(read('Object.keys({ a: 1 }).length'), 1);

    // Listing these would take minutes, and the whole memory.
    const floats = new Float64Array(2 ** 25);
    const sparse: number[] = [];
    sparse[2 ** 31] = 1;
    for (const items of [floats, sparse]) {
      for (const text of ['Object.keys(items)', '({ ...items })']) {
        assert.match(errorOf(text, { items }), /more than 1000 properties/);
      }
    }
    assert.match(errorOf('JSON.stringify(floats)', { floats }), /more than 10000 properties/);
  },
);

test('a call that is refused says what it is a call of', () => {
  assert.match(errorOf('b.toString()', { b: Buffer.from('x') }), /the bytes of a buffer are not read/);
  assert.match(errorOf('m.has(o)', { m: new WeakMap(), o: {} }), /it is a built-in, or bound/);
  assert.match(errorOf('r.get("x")', { r: { get: () => 1 } }), /it is code of the application or of Node/);
});

test('the keys and the JSON of what a Map or a Set holds are an error, not an empty answer', () => {
  const variables = { map: new Map([['a', 1]]), set: new Set([1]), order: { tags: new Set(['x']) } };
  for (const text of ['Object.keys(map)', 'Object.entries(map)', 'JSON.stringify(map)', '({ ...map })'])
    assert.match(errorOf(text, variables), /write \[\.\.\.map\.entries\(\)\]/, text);
  assert.match(errorOf('JSON.stringify(order)', variables), /write \[\.\.\.set\]/);
  assert.deepEqual(read('Object.keys(map)', { map: new Map() }), []);
  assert.equal(read('JSON.stringify([...map.entries()])', variables), '[["a",1]]');
});

test(
  proves(
    'values:long-texts',
    'a long text is not gone through: not as a key, a number, a pattern, nor beside its like',
  ),
  () => {
    const long = 'x'.repeat(2 ** 20);
    const same = `${'x'.repeat(2 ** 20 - 1)}y`;
    const map = new Map([[long, 1]]);
    for (const text of [
      'order[long]',
      'long in order',
      'map.get(long)',
      'map.has(long)',
      '"x".includes(long)',
      '+long',
      'long == 1',
      'long === same',
      'long !== same',
      '[long].includes(same)',
      '[long].indexOf(same)',
    ]) {
      assert.match(errorOf(text, { long, same, map, order }), /text of more than 65536 characters/, text);
    }
    assert.equal(read('long === other', { long, other: 'x' }), false);
    assert.equal(read('long.length', { long }), 2 ** 20);
  },
);
