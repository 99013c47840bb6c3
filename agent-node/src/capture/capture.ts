import { type CapturedValue, type ExpressionResult, LIMITS, type Variable } from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';
import type { Evaluation } from '../expressions/evaluation.ts';
import { createScope, NOT_CAPTURED, type Scope, UNINITIALIZED } from '../expressions/scope.ts';
import type { BlockedObjects } from './blocked-objects.ts';
import { createClassTable } from './class-name.ts';
import { fill } from './contents.ts';
import { COUNT_BYTES } from './extra-keys.ts';
import { guardRedactor } from './guarded-redactor.ts';
import { jsonBytes } from './json-bytes.ts';
import { createNameTable, secretOf } from './name-table.ts';
import { hasOwn, isArray, owns, sliceText } from './primordials.ts';
import type { CaptureRequest, CaptureResult, Capturer, RequestedExpression } from './request.ts';
import { shape, shapeSecret } from './shape.ts';
import { labelText } from './text.ts';
import {
  countKind,
  cutMarker,
  follow,
  hidden,
  isLeaf,
  MARKED_NAME_BYTES,
  type Memory,
  type PrivateFields,
  pay,
  take,
  type Walk,
} from './walk.ts';
import { createWideObjects } from './wide-objects.ts';

/**
 * `{"variables":[],"values":[],"redactions":{"count":123456,"kinds":[]}}`, the variable that tells of those left out, and
 * the marker and the counts of the one container that is cut in the middle.
 */
const ENVELOPE_BYTES = 72 + 90 + MARKED_NAME_BYTES + 64 + COUNT_BYTES;
/** `{"name":,"value":,"scope":"closure"},` */
const VARIABLE_BYTES = 37;
/** `{"expression":,"value":},` and the marker of a value that did not fit. */
const EXPRESSION_BYTES = 25 + 40;
/** `this` of a sloppy function that is called plainly: a hundred names of the engine that say nothing of the application. */
const GLOBAL: unknown = globalThis;
/** Of the time of a capture, whatever its expressions took. */
const VARIABLES_SHARE = 1 / 2;
/** A capture that is kept off its core takes at most so many times its budget by the clock. */
const PATIENCE = 5;

export type { Capturer } from './request.ts';

export interface CapturerOptions {
  readonly redactor: Redactor;
  /** What is named and never walked. */
  readonly blocked?: BlockedObjects | undefined;
  /** Microseconds, of any origin; never the application's clock. */
  readonly now: () => number;
}

/**
 * Makes the JSON of values in the application's thread: descriptors only, no code of the application, bounded by the
 * request's budget, redacted on the way. Expressions first, then the variables in turns, each breadth first. Make a
 * new one when the policy changes.
 */
export function createCapturer(options: CapturerOptions): Capturer {
  const redactor = guardRedactor(options.redactor);
  const memory: Memory = {
    redactor,
    names: createNameTable(redactor),
    classes: createClassTable(redactor),
    wide: createWideObjects(),
    blocked: options.blocked,
    now: options.now,
  };
  return {
    capture(request) {
      try {
        return captureAll(memory, request);
      } catch {
        // The application's stack may be all but used up at the place.
        return failed();
      }
    },
  };
}

/** Those that `this` has; another object that a method was called on has none of them. */
function privateFieldsOf({ names, values, hasThis, thisValue }: CaptureRequest): PrivateFields {
  const fields: string[] = [];
  const held: unknown[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (!hasThis || name?.scope !== 'private' || values[i] === NOT_CAPTURED) continue;
    fields[fields.length] = sliceText(name.name, 'this.'.length);
    held[held.length] = values[i];
  }
  return { of: thisValue, names: fields, values: held };
}

function failed(): CaptureResult {
  return {
    variables: [{ name: '(capture failed)', value: { type: 'truncated', reason: 'error' }, scope: 'local' }],
    values: [],
    redactions: { count: 0, kinds: [] },
  };
}

function captureAll(memory: Memory, request: CaptureRequest): CaptureResult {
  const { budget } = request;
  const begun = memory.now();
  const walk: Walk = {
    memory,
    timeLeft: budget.microseconds,
    lookedAt: begun,
    deadline: begun + budget.microseconds * PATIENCE,
    nodesLeft: budget.nodes,
    bytesLeft: budget.bytes - ENVELOPE_BYTES,
    stopped: undefined,
    privateFields: privateFieldsOf(request),
    cost: 0,
    opened: undefined,
    unlinked: false,
    redactions: 0,
    kinds: [],
    objects: [],
    nodes: [],
    levels: [],
    parents: [],
    slots: [],
    roots: [],
    nexts: [],
    heads: [],
    tails: [],
    origins: [],
  };
  const values = captureExpressions(walk, request);
  if (values.length > 0) leaveTime(walk, budget.microseconds * VARIABLES_SHARE);
  const asked = walk.heads.length;
  const variables = captureVariables(walk, request);
  // What was asked for by name comes before what only stands in scope.
  fillInTurns(walk, 0, asked);
  fillInTurns(walk, asked, walk.heads.length);
  return { variables, values, redactions: { count: walk.redactions, kinds: walk.kinds } };
}

/** So that heavy expressions do not cost the hit its variables. */
function leaveTime(walk: Walk, microseconds: number): void {
  walk.lookedAt = walk.memory.now();
  if (walk.stopped === 'time') walk.stopped = undefined;
  if (walk.timeLeft < microseconds) walk.timeLeft = microseconds;
  const deadline = walk.lookedAt + microseconds * PATIENCE;
  if (walk.deadline < deadline) walk.deadline = deadline;
}

/** Fills what is queued for these roots, an object of each in turn, until nothing is left. */
function fillInTurns(walk: Walk, from: number, to: number): void {
  for (let found = true; found; ) {
    found = false;
    for (let root = from; root < to; root++) {
      const index = take(walk, root);
      if (index === -1) continue;
      found = true;
      fillNext(walk, index);
    }
  }
}

function fillNext(walk: Walk, index: number): void {
  if (walk.stopped !== undefined) {
    replace(walk, index, walk.stopped);
    return;
  }
  walk.unlinked = walk.origins[index] === true;
  try {
    fill(walk, index);
  } catch {
    replace(walk, index, 'error');
  }
}

function captureExpressions(walk: Walk, request: CaptureRequest): ExpressionResult[] {
  const results: ExpressionResult[] = [];
  const { expressions } = request;
  if (expressions.length === 0) return results;
  const scope = createScope(request.names, request.values, request.thisValue, request.hasThis, request.lost);
  for (let i = 0; i < expressions.length; i++) {
    const expression = expressions[i];
    if (expression !== undefined) results[i] = captureExpression(walk, expression, scope);
  }
  return results;
}

function captureExpression(walk: Walk, { text, evaluate }: RequestedExpression, scope: Scope): ExpressionResult {
  // The text is the caller's own: it comes back whatever the budget, and is paid for first.
  walk.bytesLeft -= EXPRESSION_BYTES + jsonBytes(text);
  const evaluation: Evaluation = evaluate(scope);
  if (owns(evaluation, 'error')) {
    // It can name what the caller wrote.
    walk.unlinked = true;
    const error = labelText(walk, evaluation.error, LIMITS.errorLength);
    walk.unlinked = false;
    walk.bytesLeft -= jsonBytes(error);
    return { expression: text, error };
  }
  walk.unlinked = owns(evaluation, 'made') && evaluation.made;
  const captured = shapeEvaluation(walk, evaluation);
  const result: ExpressionResult = { expression: text, value: captured };
  if (pay(walk, 0)) follow(walk, captured, 1, -1, result);
  else result.value = cutMarker(walk);
  walk.unlinked = false;
  return result;
}

function shapeEvaluation(walk: Walk, evaluation: Exclude<Evaluation, { error: string }>): CapturedValue {
  if (owns(evaluation, 'value')) return shape(walk, evaluation.value, 1, -1);
  walk.opened = undefined;
  return hidden(walk, walk.memory.redactor.hide(evaluation.secret, evaluation.of, evaluation.text));
}

function captureVariables(walk: Walk, request: CaptureRequest): Variable[] {
  const { names, values, hasThis } = request;
  const variables: Variable[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    // Private fields stand in `this`, and come last.
    if (name === undefined || name.scope === 'private') continue;
    if (captureVariable(walk, variables, name.name, name.scope, values[i])) continue;
    let more = hasThis ? 1 : 0;
    for (let k = i; k < names.length; k++) if (names[k]?.scope !== 'private') more++;
    tellLeftOut(walk, variables, more);
    return variables;
  }
  if (hasThis && request.thisValue !== GLOBAL && !captureVariable(walk, variables, 'this', 'this', request.thisValue))
    tellLeftOut(walk, variables, 1);
  return variables;
}

/** False where it did not fit. */
function captureVariable(
  walk: Walk,
  variables: Variable[],
  name: string,
  scope: Variable['scope'],
  value: unknown,
): boolean {
  const record = walk.memory.names(name);
  const captured = shapeVariable(walk, secretOf(walk.memory.redactor, record, value), value);
  if (!pay(walk, VARIABLE_BYTES + record.bytes)) return false;
  for (let i = 0; i < record.kinds.length; i++) countKind(walk, record.kinds[i] ?? '');
  const variable: Variable = { name: record.shown, value: captured, scope };
  variables[variables.length] = variable;
  follow(walk, captured, 1, -1, variable);
  return true;
}

function shapeVariable(walk: Walk, secret: string | undefined, value: unknown): CapturedValue {
  if (value === UNINITIALIZED || value === NOT_CAPTURED) {
    walk.opened = undefined;
    walk.cost = 24;
    return value === UNINITIALIZED ? { type: 'uninitialized' } : { type: 'not_captured' };
  }
  return secret === undefined ? shape(walk, value, 1, -1) : shapeSecret(walk, secret, value, 1, -1);
}

function tellLeftOut(walk: Walk, variables: Variable[], count: number): void {
  variables[variables.length] = { name: `(${count} more)`, value: cutMarker(walk), scope: 'local' };
}

/** Puts a marker in the place of an object whose contents are not shown at all. */
function replace(walk: Walk, index: number, reason: 'size' | 'nodes' | 'time' | 'error'): void {
  const node = walk.nodes[index];
  const slot = walk.slots[index];
  if (node === undefined || slot === undefined) return;
  // It is shown; the count of its properties stands there already.
  if (isLeaf(node)) return;
  const marker: CapturedValue = { type: 'truncated', reason, class: node.class };
  if (isArray(slot)) {
    for (let i = 0; i < slot.length; i++) if (slot[i] === node) slot[i] = marker;
  } else if ('cause' in slot && hasOwn(slot, 'cause')) slot.cause = marker;
  else if ('value' in slot) slot.value = marker;
}
