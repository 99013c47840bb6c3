// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are expressions
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
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
      ['list.map(x => x)', 10, /function/],
      ['(function () {})', 2, /function/],
      ['(class {})', 2, /class/],
      ['import("fs")', 1, /import/],
      ['import.meta.url', 1, /import\.meta/],
      ['tag`x`', 1, /tagged template/],
      ['a, b', 1, /sequence/],
      ['this.#x', 6, /private/],
      ['super.x', 1, /super/],
      ['/x/.test(a)', 1, /regular expression/],
      ['(a || b)()', 1, /built-in/],
      ['a()()', 1, /built-in/],
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
