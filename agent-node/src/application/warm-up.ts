import { createHmac, preparation } from '@borescope/redaction';
import type { CaptureBudget, Capturer } from '../capture/request.ts';
import { compileExpression } from '../expressions/compile.ts';
import { createScope, type ScopeName } from '../expressions/scope.ts';
import type { ExpressionNode, ExpressionTree } from '../expressions/tree.ts';
import { nodeNames } from './node-names.ts';
import type { Places } from './places.ts';
import { sampleGraph } from './sample-graph.ts';
import { type Read, valuesByName } from './scope-values.ts';
import { WARM } from './shared.ts';
import { captureStack } from './stack.ts';

const BUDGET: CaptureBudget = { nodes: 200, bytes: 16 * 1024, microseconds: 50_000 };
/**
 * Of the captures of the sample graph, in turn: each small enough for a step, and cut by another of its ends, so that
 * V8 has seen both when it optimizes.
 */
const GRAPH_BUDGETS: readonly CaptureBudget[] = [
  { nodes: 150, bytes: 48 * 1024, microseconds: 50_000 },
  { nodes: 4000, bytes: 6 * 1024, microseconds: 50_000 },
];
/**
 * Captures of the sample graph, some 30 ms in all: what is hottest gets optimized here and not between the first hits. A
 * thousand would halve what a single hit takes, and cost 300 ms of the application's thread for hits that are few.
 */
const GRAPH_CAPTURES = 32;
/** Of these, those that come before the first probe is placed: a first hit often comes at once. */
const FIRST_CAPTURES = 12;

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
 * process would pay for all of it in one piece, in the middle of a request. Each call does one step, about half a
 * millisecond, and says how far it is.
 */
export function createWarmUp(places: Pick<Places, 'hiding' | 'capturer'>): () => number {
  const capture = (value: unknown) => captureOne(places.capturer(), value);
  const steps: (() => unknown)[] = [
    () => places.capturer(),
    () => places.hiding().redactor.name('customerName'),
    ...preparation(),
    () => places.hiding().redactor.text('x', 1),
    () => capture(1),
    () => capture('text'),
    ...TEXTS.map((text) => () => places.hiding().redactor.text(text, text.length)),
    () => capture({ id: 1, password: 'x' }),
    () => capture([1, 'a', { b: [2] }]),
    () => capture(SAMPLES.map),
    () => capture(SAMPLES.set),
    () => capture(SAMPLES.date),
    () => capture(SAMPLES.bytes),
    () => capture(new Sample()),
    () => capture(SAMPLES.error),
    () => capture({ none: null, missing: undefined, big: 1n, yes: true, call: capture, symbol: SAMPLES.symbol }),
    () => createHmac('key')('value', 8),
    () => captureStack(captureOne),
    () => compileExpression(CONDITION, places.hiding()),
    () => evaluateSample(places),
    () => valuesByName({ names: NAMES, uninitialized: [], hidden: [] }, sampleRead),
  ];
  for (let i = 0; i < LISTS.length; i++) steps[steps.length] = () => readNames(places.capturer(), LISTS[i] ?? []);
  const ready = steps.length + FIRST_CAPTURES;
  for (let i = 0; i < GRAPH_CAPTURES; i++) steps[steps.length] = () => captureGraph(places.capturer(), i);
  let next = 0;
  return () => {
    const step = steps[next];
    if (step === undefined) return WARM.practised;
    next += 1;
    if (next === steps.length) steps.length = 0;
    step();
    return next < ready ? 0 : WARM.ready;
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
  [Symbol('kSample')]: 1,
  re: /a+b/g,
  promise: Promise.resolve(1),
  proxy: new Proxy({ a: 1 }, {}),
  list: [1, 2.5, -0, Number.NaN, null, undefined, 'x', true, 10n, { a: 1 }],
  email: 'ann@example.com',
  card: '4111 1111 1111 1111',
  url: 'https://example.com/path?token=abc',
  password: 'not-a-real-one',
  long: 'x'.repeat(1500),
  accented: 'Zürich 漢字',
};

const LISTS = nodeNames();

const NAMES = [
  { name: 'value', scope: 'local' },
  { name: 'name', scope: 'block' },
] as const;

const GRAPH_NAMES: readonly ScopeName[] = [
  { name: 'req', scope: 'local' },
  { name: 'res', scope: 'local' },
  { name: 'order', scope: 'block' },
  { name: 'odd', scope: 'closure' },
  { name: 'text', scope: 'local' },
  { name: 'count', scope: 'module' },
  { name: 'missing', scope: 'local' },
];

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

/** What a name says is kept by the capturer, wherever it met the name. */
function readNames(capturer: Capturer, list: readonly string[]): void {
  const names: ScopeName[] = [];
  for (let i = 0; i < list.length; i++) names[i] = { name: list[i] ?? '', scope: 'local' };
  capturer.capture({ names, values: [], thisValue: undefined, hasThis: false, expressions: [], budget: BUDGET });
}

function captureGraph(capturer: Capturer, turn: number): void {
  const values = sampleGraph(SAMPLES);
  const budget = GRAPH_BUDGETS[turn % GRAPH_BUDGETS.length] ?? BUDGET;
  capturer.capture({ names: GRAPH_NAMES, values, thisValue: values[0], hasThis: true, expressions: [], budget });
}

function evaluateSample(places: Pick<Places, 'hiding' | 'capturer'>): void {
  const evaluate = compileExpression(CONDITION, places.hiding());
  evaluate(createScope(NAMES, [new Sample(), 'a'], undefined, false));
}

function name(of: string): ExpressionNode {
  return { type: 'name', name: of, at: 1 };
}

function binary(operator: '>' | '===', left: ExpressionNode, right: number | string): ExpressionNode {
  return { type: 'binary', operator, left, right: { type: 'literal', value: right }, at: 1 };
}
