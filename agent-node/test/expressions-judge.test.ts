import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { type Asked, judge } from '../src/expressions/parsing/judge.ts';
import { type DeclaredName, judgeNames } from '../src/expressions/parsing/names.ts';

const redactor = createRedactor({});

function refused(asked: Asked) {
  const judged = judge(asked, redactor);
  assert.ok(!judged.ok);
  return judged.problem;
}

function treesOf(asked: Asked) {
  const judged = judge(asked, redactor);
  assert.ok(judged.ok, judged.ok ? '' : judged.problem.message);
  return judged.trees;
}

const declared = (names: string, rest: Partial<DeclaredName> = {}): DeclaredName[] =>
  names.split(' ').map((name) => ({ name, uninitialized: false, hidden: false, ...rest }));

const at = { line: 7 };

test(
  proves(
    'errors:all-expressions',
    'everything that is wrong with an action is told in one error, each by its argument',
  ),
  () => {
    const {
      code,
      message,
      hint = '',
    } = refused({
      condition: 'save(order)',
      expressions: ['order.id', 'a +', 'order.save()', 'a = 1', 'b = 1'],
    });
    assert.equal(code, 'EXPRESSION_UNSAFE');
    assert.match(message, /^condition: column 1: `save\(\)`/);
    assert.match(message, /; expressions\[1\] "a \+": column 4: /);
    assert.match(message, /; expressions\[2\] "order\.save\(\)": column 7: /);
    assert.match(message, /; expressions\[3\] "a = 1": column 1: .*; expressions\[4\] "b = 1"/);
    assert.doesNotMatch(message, /expressions\[0\]/);
    assert.equal(hint.split('Callable are').length, 2, 'each hint stands there once');
    assert.equal(hint.split('Compare with ===').length, 2);
    assert.match(hint, /expressions\[3\] "a = 1", expressions\[4\] "b = 1": Compare with ===/);
  },
);

test('a long or secret expression is not repeated in full', () => {
  const { message } = refused({ expressions: [`"4111 1111 1111 1111" = ${'a'.repeat(200)}`] });
  assert.doesNotMatch(message, /1111 1111/);
  assert.ok(message.length < 200, message);
  const many = refused({ expressions: Array.from({ length: 10 }, () => `${'f'.repeat(1000)}()`) });
  assert.ok(many.message.length <= 2000 && (many.hint ?? '').length <= 2000);
});

test(
  proves('expressions:names', 'a name that has no value at the line is refused before the probe, with the one meant'),
  () => {
    const trees = treesOf({
      condition: 'totl > 1',
      expressions: ['order.id', 'proces.x', 'process.env.HOME', 'late', 'k'],
    });
    const names = [
      ...declared('order total'),
      ...declared('late', { uninitialized: true }),
      ...declared('k', { hidden: true }),
    ];
    const problem = judgeNames(trees, names, { line: 7, note: 'Line 6 sees it.' }, redactor);
    assert.equal(problem?.code, 'EXPRESSION_INVALID');
    assert.match(problem.message, /condition: column 1: `totl` is not in scope at line 7/);
    assert.match(problem.message, /expressions\[1\] "proces\.x": column 1: `proces` is not in scope/);
    assert.match(problem.message, /expressions\[2\] .*`process` is not in scope/);
    assert.match(problem.message, /expressions\[3\] "late": column 1: `late` has no value yet/);
    assert.match(problem.message, /expressions\[4\] "k": column 1: `k` cannot be seen/);
    const hint = problem.hint ?? '';
    assert.match(hint, /Did you mean `total`\?/);
    assert.match(hint, /In scope: order, total\./);
    assert.match(hint, /list_runtimes/);
    assert.match(hint, /after the declaration/);
    assert.match(hint, /Line 6 sees it\./);
  },
);

test('a name that may be absent, is built in, or is bound by the expression itself is no fault', () => {
  const trees = treesOf({
    condition: 'typeof nowhere === "undefined" && order',
    expressions: ['Math.max(1, NaN)', 'order.items.map(item => item.id)', 'error instanceof RangeError'],
  });
  assert.equal(judgeNames(trees, declared('order error'), at, redactor), undefined);
  assert.equal(
    judgeNames(treesOf({ expressions: ['x'] }), [], at, redactor),
    undefined,
    'nothing is known of the scope',
  );
});

test('a class that is not in scope can be tested by its name', () => {
  const trees = treesOf({ expressions: ['error instanceof HttpError'] });
  assert.match(
    judgeNames(trees, declared('error'), at, redactor)?.hint ?? '',
    /error\.constructor\.name === "HttpError"/,
  );
});

test('of a file that is not loaded only what its function never mentions is a fault', () => {
  const trees = treesOf({ expressions: ['inner', 'nowhere'] });
  const problem = judgeNames(trees, declared('order'), { line: 7, mentioned: new Set(['inner', 'order']) }, redactor);
  assert.match(problem?.message ?? '', /^expressions\[1\] "nowhere": column 1/);
});

test('of names that hide each other the innermost counts', () => {
  const trees = treesOf({ expressions: ['x'] });
  const inner = declared('x', { uninitialized: true });
  assert.ok(judgeNames(trees, [...inner, ...declared('x')], at, redactor));
  assert.equal(judgeNames(trees, [...declared('x'), ...inner], at, redactor), undefined);
});
