// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are expressions
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import '../src/expressions/compile.ts';
import { builtIn } from '../src/expressions/built-ins.ts';
import { FUNCTIONS, ITERATORS, METHODS, STATICS } from '../src/expressions/callable.ts';
import { parseExpression } from '../src/expressions/parse.ts';

const redactor = createRedactor({});

function problemOf(text: string, condition = false) {
  const parsed = parseExpression(text, { redactor, condition });
  assert.ok(!parsed.ok, `${text} was accepted`);
  return parsed.problem;
}

test('a tree is plain JSON, with the free names in order and whether this is used', () => {
  const parsed = parseExpression('order.items[index]?.price * (1 - rate) + this.base + order.total', { redactor });
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.tree.names, ['order', 'index', 'rate']);
  assert.equal(parsed.tree.usesThis, true);
  assert.deepEqual(structuredClone(parsed.tree), parsed.tree);
  assert.deepEqual(JSON.parse(JSON.stringify(parsed.tree)), parsed.tree);
});

test(
  proves(
    ['expressions:no-effect', 'errors:expression'],
    'what would change, suspend or run the application is refused with its column and what to write instead',
  ),
  () => {
    const refused: [text: string, column: number, what: RegExp][] = [
      ['a = 1', 1, /assignment/],
      ['b + (a += 1)', 6, /assignment/],
      ['a++', 1, /\+\+/],
      ['delete a.b', 1, /delete/],
      ['new Map()', 1, /constructor/],
      ['await a', 1, /await/],
      ['x => x', 1, /arrow function/],
      ['map.get(x => x)', 9, /arrow function/],
      ['list.map(0, x => x)', 13, /arrow function/],
      ['(x => x)(1)', 2, /arrow function/],
      ['list.map(async x => x)', 10, /async/],
      ['list.map(x => { y = x; return y })', 15, /statements/],
      ['list.map((x = 1) => x)', 11, /default/],
      ['list.map((...x) => x)', 11, /rest/],
      ['list.map((a, b, c, d, e) => a)', 10, /at most 4 parameters/],
      ['list.map(x => x = 1)', 15, /assignment/],
      ['(function () {})', 2, /function/],
      ['list.map(function (x) { return x })', 10, /function/],
      ['arguments[0]', 1, /arguments/],
      ['(class {})', 2, /class/],
      ['import("fs")', 1, /import/],
      ['import.meta.url', 1, /import\.meta/],
      ['tag`x`', 1, /tagged template/],
      ['a, b', 1, /sequence/],
      ['order.#x', 7, /private/],
      ['super.x', 1, /super/],
      ['/x/.test(a)', 1, /regular expression/],
      ['(a || b)()', 1, /built-in/],
      ['String(a)()', 1, /built-in/],
      ['({ get x() { return 1 } })', 4, /getters/],
    ];
    for (const [text, column, what] of refused) {
      const problem = problemOf(text);
      assert.equal(problem.code, 'EXPRESSION_UNSAFE', text);
      assert.match(problem.message, new RegExp(`^column ${column}: `), `${text}: ${problem.message}`);
      assert.match(problem.message, what, text);
      assert.ok(problem.hint, text);
    }
  },
);

test(
  proves(
    ['expressions:called-early', 'errors:expression'],
    'a call that could only run code of the application is refused at once, with its column and what may be called',
  ),
  () => {
    const refused: [text: string, column: number, what: RegExp, instead: RegExp][] = [
      ['foo()', 1, /`foo\(\)`.*application/, /on texts .*startsWith.*Object\.keys.*parseInt/],
      ['a && isNan(b)', 6, /isNan/, /^Did you mean `isNaN`\?/],
      ['process.exit()', 9, /`\.exit\(\)`/, /Callable are/],
      ['order.save()', 7, /`\.save\(\)`/, /Callable are/],
      ['order?.customer.save?.()', 17, /save/, /Callable are/],
      ['order["save"]()', 7, /save/, /Callable are/],
      ['order.items.tolowercase()', 13, /tolowercase/, /^Did you mean `toLowerCase`\?/],
      ['name.startWith("A")', 6, /startWith/, /^Did you mean `startsWith`\?/],
      ['items.length()', 7, /`length` is a property/, /without brackets/],
      ['items.forEach(x => x)', 7, /forEach/, /list\.map/],
      ['items.sort()', 7, /sort/, /Math\.min/],
      ['items.push(1)', 7, /push/, /changes/],
      ['name.replace("a", "b")', 6, /replace/, /split/],
      ['pattern.test(name)', 9, /test/, /includes/],
      ['Object.key(a)', 8, /`Object\.key`/, /^Did you mean `keys`\?/],
      ['Object.assign({}, a)', 8, /assign/, /\.\.\.a/],
      ['JSON.parse(a)', 6, /JSON\.parse/, /text/],
      ['Math.random() < 0.1', 6, /random/, /% 10/],
      ['console.log(a)', 9, /log/, /comes with the hit/],
      ['require("fs")', 1, /require/, /in scope/],
      ['load().then(x => x)', 1, /load/, /Callable are/],
      ['job.then(x => x)', 5, /then/, /await/],
      ['Object.prototype.hasOwnProperty.call(a, "b")', 33, /call/, /Object\.hasOwn/],
      ['map.values()', 5, /iterator/, /\[\.\.\.map\.values\(\)\]/],
      ['new Date()', 1, /constructor/, /Date\.now/],
      ['new Set([1])', 1, /constructor/, /includes/],
    ];
    for (const [text, column, what, instead] of refused) {
      const { code, message, hint = '' } = problemOf(text);
      assert.equal(code, 'EXPRESSION_UNSAFE', text);
      assert.match(message, new RegExp(`^column ${column}: `), `${text}: ${message}`);
      assert.match(message, what, text);
      assert.match(hint, instead, text);
      assert.ok(message.length + hint.length < 1800, text);
    }
    assert.ok(problemOf(`${'f'.repeat(1000)}()`).message.length < 200, 'no name of the caller fills the message');
  },
);

test('what only the run can tell of a call is not refused before it', () => {
  for (const text of [
    'repository.get(id)',
    'helper.max(1, 2)',
    'table[name](1)',
    'list.filter(Boolean)',
    '[...map.values()]',
    'Array.from(map.keys()).length',
    'Object.entries(o).filter(([key, value]) => value > 3)',
  ]) {
    assert.ok(parseExpression(text, { redactor }).ok, text);
  }
});

test('the names that the parser lets be called are those that are evaluated', () => {
  const prototypes: Record<keyof typeof METHODS, object> = {
    text: String.prototype,
    array: Array.prototype,
    map: Map.prototype,
    set: Set.prototype,
    number: Number.prototype,
    bigint: BigInt.prototype,
    date: Date.prototype,
    object: Object.prototype,
  };
  const iterated = [Map.prototype, Set.prototype, Array.prototype].map((holder) => [holder, ITERATORS] as const);
  const statics = Object.entries(STATICS).map(([name, names]) => [Reflect.get(globalThis, name), names] as const);
  const methods = Object.values(prototypes).map((holder, i) => [holder, Object.values(METHODS)[i] ?? []] as const);
  const named = new Set<unknown>();
  for (const [holder, names] of [...methods, ...iterated, ...statics, [globalThis, FUNCTIONS] as const]) {
    for (const name of names) {
      const fn: unknown = Reflect.get(holder, name);
      assert.ok(builtIn(fn), name);
      named.add(fn);
    }
  }
  // And the other way: nothing is evaluated that the parser would refuse.
  for (const holder of [...Object.values(prototypes), Object, Array, JSON, Math, Number, Date, globalThis, BigInt]) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(holder))) {
      if (builtIn(value)) assert.ok(named.has(value), String(value));
    }
  }
});

test('the parameters of an arrow function are no names of the scope', () => {
  const parsed = parseExpression('list.some((item, i) => item.id === id && i > 0) || item', { redactor });
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.tree.names, ['list', 'id', 'item']);
  assert.deepEqual(JSON.parse(JSON.stringify(parsed.tree)), parsed.tree);
});

test(proves('errors:expression', 'what is no expression is invalid, with the column of the trouble'), () => {
  const invalid: [text: string, column: number][] = [
    ['', 1],
    ['   ', 4],
    ['a +', 4],
    ['a b', 3],
    ['a; b', 2],
    ['a) + (b', 2],
    ['if (a) b', 1],
    ['return a', 1],
    ['let a', 1],
    ['a // comment\n}', 14],
    ['"unterminated', 1],
    ['[, 1]', 1],
  ];
  for (const [text, column] of invalid) {
    const problem = problemOf(text);
    assert.equal(problem.code, 'EXPRESSION_INVALID', text);
    assert.match(problem.message, new RegExp(`^column ${column}: `), `${text}: ${problem.message}`);
  }
});

test('white space and comments around an expression are no trouble', () => {
  assert.ok(parseExpression('  a /* of the order */ . b // end', { redactor }).ok);
});

test('length and nesting have limits that are named', () => {
  assert.ok(parseExpression('a'.repeat(1024), { redactor }).ok);
  const long = problemOf('a'.repeat(1025));
  assert.equal(long.code, 'LIMIT_EXCEEDED');
  assert.match(long.message, /1024.*1025/);
  assert.equal(
    problemOf(`${'('.repeat(511)}a${')'.repeat(511)}`.replace(/\(a\)/, '[a]').replaceAll('(', '[').replaceAll(')', ']'))
      .code,
    'LIMIT_EXCEEDED',
  );
  assert.equal(problemOf(`${'!'.repeat(1000)}a`).code, 'LIMIT_EXCEEDED');
  assert.equal(problemOf(`a${'.b'.repeat(60)}`).code, 'LIMIT_EXCEEDED');
});

test(
  proves(
    'expressions:no-guessing',
    'a condition that could be used to guess a secret is refused, one that asks whether it is there is not',
  ),
  () => {
    for (const text of [
      'password === "x"',
      'user.password[0] === "a"',
      'user["password"].length > 8',
      'a && user?.credentials.apiKey.startsWith("sk")',
      'headers.get("authorization") === "x"',
      'typeof (user.password === "x" ? 1 : "")  === "number"',
      '(user.password === "x" ? null : 1) == null',
      '`${password}` === "x"',
      '[password].includes("x")',
      '({ a: password }).a === "x"',
      '!password',
      'user[password === "x" ? "a" : "b"] == null',
      'guesses.some(guess => guess === user.password)',
      'users.some(({ password }) => password === "x")',
      'users.find(u => u.password[0] === "a")',
      'users.some(({ password: other }) => other > "x")',
    ]) {
      const problem = problemOf(text, true);
      assert.equal(problem.code, 'EXPRESSION_UNSAFE', text);
      assert.match(problem.message, /secret/, text);
    }
    for (const text of [
      'user.password == null',
      'undefined !== password',
      'typeof user.password === "string"',
      'map.get("id")',
      'users.some(user => user.password == null)',
      'users.some(({ password }) => password == null)',
    ]) {
      assert.ok(parseExpression(text, { redactor, condition: true }).ok, text);
    }
    assert.ok(parseExpression('user.password === "x"', { redactor }).ok, 'an expression may: its value is hidden');
  },
);

test('key names of the organization are secret too', () => {
  const own = createRedactor({ keyNames: ['shoeSize'] });
  assert.ok(parseExpression('user.shoeSize > 40', { redactor, condition: true }).ok);
  assert.ok(!parseExpression('user.shoeSize > 40', { redactor: own, condition: true }).ok);
});
