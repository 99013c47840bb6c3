import { isCount, type Redactor } from '@borescope/redaction';
import type { BlockedObjects } from '../capture/blocked-objects.ts';
import { hasOwn } from '../capture/primordials.ts';
import { withoutPseudonyms } from '../capture/pseudonyms.ts';
import type { Scope } from './scope.ts';

/** One evaluation. */
export interface Context {
  readonly scope: Scope;
  readonly redactor: Redactor | undefined;
  /** What a policy never lets be looked into. */
  readonly blocked: BlockedObjects | undefined;
  readonly condition: boolean;
  /** What is left of `MAX_STEPS`. */
  steps: number;
  /** The kind of the first secret that was read. What comes after it may depend on it, errors included. */
  secret: string | undefined;
  /** Why the evaluation was given up. */
  failure: string;
  /** The parameters of arrow functions, by slot. */
  slots: unknown[] | undefined;
}

/** A closure that evaluates one node. */
export type Run = (context: Context) => unknown;

/** Nodes evaluated, items and properties visited: about a millisecond at most. */
export const MAX_STEPS = 10_000;
/** UTF-16 code units of a text that is made, or that a method goes through. */
export const MAX_TEXT = 65_536;
/** Code units of a text that is read through, for one step. */
export const UNITS_PER_STEP = 64;
/** Items of an array, a list of arguments or an object that is made. */
export const MAX_ITEMS = 1_000;

/** Thrown by `fail`, and only there: no Error, because making one would capture a stack on a hot path. */
const FAILURE: unique symbol = Symbol('borescope.failure');

export function fail(context: Context, at: number, message: string): never {
  context.failure = `column ${at}: ${message}`;
  throw FAILURE;
}

export function isFailure(thrown: unknown): boolean {
  return thrown === FAILURE;
}

export function takeSteps(context: Context, count: number, at: number): void {
  context.steps -= count;
  if (context.steps < 0) fail(context, at, `it would take more than ${MAX_STEPS} steps; read a smaller part`);
}

function taint(context: Context, kind: string): void {
  if (context.secret === undefined) context.secret = kind;
}

/** Marks the evaluation when a value was read under a name that hides it. That there is none is no secret. */
export function taintByName(context: Context, name: string, value: unknown): void {
  if (context.redactor === undefined || context.secret !== undefined) return;
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'function') return;
  const kind = context.redactor.name(name);
  if (kind !== undefined && !isCount(kind, typeof value)) context.secret = kind;
}

/** Before a part of a text is taken: a part of a secret is not recognisable any more, and so hidden with it. */
export function taintByContent(context: Context, text: string): void {
  if (context.redactor === undefined || context.secret !== undefined) return;
  takeSteps(context, text.length / UNITS_PER_STEP, 1);
  const found = context.redactor.text(text, MAX_TEXT);
  if (found !== undefined) context.secret = found.findings[0]?.kind ?? 'secret';
}

/** After a text was changed as a whole: what was recognised in it may not be any more. */
export function taintByChange(context: Context, before: string, after: string): void {
  if (context.redactor === undefined || context.secret !== undefined) return;
  takeSteps(context, (before.length + after.length) / UNITS_PER_STEP, 1);
  const found = context.redactor.text(before)?.findings;
  if (found === undefined) return;
  const still = context.redactor.text(after)?.findings;
  for (let i = 0; i < found.length; i++) {
    if (found[i]?.kind !== still?.[i]?.kind) taint(context, found[i]?.kind ?? 'secret');
  }
}

/** Before a number is computed with. */
export function taintByNumber(context: Context, value: number | bigint): void {
  if (context.redactor === undefined || context.secret !== undefined) return;
  const found = context.redactor.number(value);
  if (found !== undefined) context.secret = found.kind;
}

/** A text as it may stand inside of another: glued to something, a secret may not be recognised any more. */
export function withoutSecrets(context: Context, text: string): string {
  if (context.redactor === undefined || text.length > MAX_TEXT) return text;
  takeSteps(context, text.length / UNITS_PER_STEP, 1);
  const found = context.redactor.text(text);
  if (found === undefined) return text;
  if (!context.condition) return withoutPseudonyms(found);
  taint(context, found.findings[0]?.kind ?? 'secret');
  return text;
}

/** A value that loses its name on the way into a list: in the place of a secret its placeholder. */
export function withoutName(context: Context, name: string, value: unknown): unknown {
  const before = context.secret;
  taintByName(context, name, value);
  if (context.condition || context.secret === before) return value;
  const placeholder = `[redacted:${context.secret ?? ''}]`;
  context.secret = before;
  return placeholder;
}

/** The own value of a data descriptor; fails on an accessor, whose getter would be the application's code. */
export function dataOf(context: Context, found: PropertyDescriptor, label: string, at: number): unknown {
  if (hasOwn(found, 'value')) return found.value;
  return fail(context, at, `\`${label}\` is a getter, and is not run`);
}
