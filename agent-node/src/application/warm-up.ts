import type { CaptureBudget, Capturer } from '../capture/request.ts';
import { compileExpression } from '../expressions/compile.ts';
import { createScope } from '../expressions/scope.ts';
import type { ExpressionNode, ExpressionTree } from '../expressions/tree.ts';
import { hmac } from './hmac.ts';
import type { Places } from './places.ts';
import { type Read, valuesByName } from './scope-values.ts';
import { captureStack } from './stack.ts';

const BUDGET: CaptureBudget = { nodes: 200, bytes: 16 * 1024, microseconds: 50_000 };

/** `value.total > 1 && name === "a"`: the kind of condition that most actions have. */
const CONDITION: ExpressionTree = {
  root: {
    type: 'logical',
    operator: '&&',
    left: binary('>', { type: 'member', object: name('value'), property: 'total', optional: false, at: 1 }, 1),
    right: binary('===', name('name'), 'a'),
  },
  names: ['value', 'name'],
  usesThis: false,
  condition: true,
  makesTexts: false,
};

const TEXTS = [
  'a plain sentence of the kind that every application has',
  'ann@example.com wrote to https://example.com/path?query=1',
  'password=not-a-real-one; card 4111 1111 1111 1111',
  'Authorization: Bearer abcdefghijklmnop',
];

/**
 * The code of a hit, run on samples of its own: V8 compiles a function when it is first called, and the first hit of a
 * process would pay for all of it in one piece, in the middle of a request. Gives the steps one by one, each well below
 * a millisecond; false when there are none left.
 */
export function createWarmUp(places: Places): () => boolean {
  const capture = (value: unknown) => captureOne(places.capturer(), value);
  const steps: (() => unknown)[] = [
    () => places.capturer(),
    () => places.redactor().name('customerName'),
    () => places.redactor().text('x', 1),
    () => capture(1),
    () => capture('text'),
    ...TEXTS.map((text) => () => places.redactor().text(text, text.length)),
    () => capture({ id: 1, password: 'x' }),
    () => capture([1, 'a', { b: [2] }]),
    () => capture(SAMPLES.map),
    () => capture(SAMPLES.set),
    () => capture(SAMPLES.date),
    () => capture(SAMPLES.bytes),
    () => capture(new Sample()),
    () => capture(SAMPLES.error),
    () => capture({ none: null, missing: undefined, big: 1n, yes: true, call: capture, symbol: SAMPLES.symbol }),
    () => hmac('key', 'value', 8),
    () => captureStack(captureOne),
    () => compileExpression(CONDITION, { redactor: places.redactor() }),
    () => evaluateSample(places),
    () => valuesByName({ names: NAMES, uninitialized: [], hidden: [] }, sampleRead),
  ];
  let next = 0;
  return () => {
    const step = steps[next];
    if (step === undefined) return false;
    next += 1;
    if (next === steps.length) steps.length = 0;
    step();
    return true;
  };
}

// Made while the agent loads: the application may replace their constructors later.
const SAMPLES = {
  map: new Map<unknown, unknown>([['key', { c: 1 }]]),
  set: new Set([1, 'a']),
  date: new Date(0),
  bytes: new Uint8Array(4),
  error: new Error('sample', { cause: 'another' }),
  symbol: Symbol('sample'),
};

const NAMES = [
  { name: 'value', scope: 'local' },
  { name: 'name', scope: 'block' },
] as const;

class Sample {
  readonly total = 2;
  readonly nested = { list: [{ deep: 'text' }] };
  get twice(): number {
    return this.total * 2;
  }
}

const sampleRead: Read = (index) => {
  if (index > 0) throw new ReferenceError('sample');
  return index;
};

function captureOne(capturer: Capturer, value: unknown): void {
  const values = [value, 'a'];
  capturer.capture({ names: NAMES, values, thisValue: undefined, hasThis: false, expressions: [], budget: BUDGET });
}

function evaluateSample(places: Places): void {
  const evaluate = compileExpression(CONDITION, { redactor: places.redactor() });
  evaluate(createScope(NAMES, [new Sample(), 'a'], undefined, false));
}

function name(of: string): ExpressionNode {
  return { type: 'name', name: of, at: 1 };
}

function binary(operator: '>' | '===', left: ExpressionNode, right: number | string): ExpressionNode {
  return { type: 'binary', operator, left, right: { type: 'literal', value: right }, at: 1 };
}
