import type { Redactor } from '@borescope/redaction';
import type { BlockedObjects } from '../capture/blocked-objects.ts';
import { hasOwn } from '../capture/primordials.ts';
import type { Scope } from './scope.ts';

/** One evaluation. */
export interface Context {
  readonly scope: Scope;
  readonly redactor: Redactor | undefined;
  /** What a policy never lets be looked into. */
  readonly blocked: BlockedObjects | undefined;
  readonly condition: boolean;
  /** The redactor finds something in every text and every number, so that even whether one is empty is hidden. */
  readonly hidesAll: () => boolean;
  /** What is left of `MAX_STEPS`. */
  steps: number;
  /** The kind of the first secret that was read. What comes after it may depend on it, errors included. */
  secret: string | undefined;
  /** Why the evaluation was given up. */
  failure: string;
  /** The parameters of arrow functions, by slot. */
  slots: unknown[] | undefined;
  /** Lists of numbers that were found to spell nothing hidden: each is looked at once. */
  readonly harmless: object[];
}

/** A closure that evaluates one node. */
export type Run = (context: Context) => unknown;

/** Nodes evaluated, items and properties visited: about a millisecond at most. */
export const MAX_STEPS = 10_000;
/** UTF-16 code units of a text that is made, or that a method goes through. */
export const MAX_TEXT = 65_536;
/** Code units of a text that is read through, for one step. */
const UNITS_PER_STEP = 64;
/** Items of an array, a list of arguments or an object that is made. */
export const MAX_ITEMS = 1_000;

const { clz32: leadingZeros } = Math;

/** Thrown by `fail` and `giveUp`, and only there: no Error, because making one would capture a stack on a hot path. */
const FAILURE: unique symbol = Symbol('borescope.failure');

export function fail(context: Context, at: number, message: string): never {
  context.failure = `column ${at}: ${message}`;
  throw FAILURE;
}

/** Ends an evaluation that has read a secret: what came after could tell of it, by how long it takes too. */
export function giveUp(context: Context, kind: string): never {
  if (context.secret === undefined) context.secret = kind;
  throw FAILURE;
}

export function isFailure(thrown: unknown): boolean {
  return thrown === FAILURE;
}

export function takeSteps(context: Context, count: number, at: number): void {
  context.steps -= count;
  if (context.steps < 0) fail(context, at, `it would take more than ${MAX_STEPS} steps; read a smaller part`);
}

/**
 * For reading a text through. By its length class, as the length of a hidden text is told: by the exact one it could be
 * measured, with a loop that ends just before the steps do.
 */
export function takeUnits(context: Context, length: number, at: number): void {
  takeSteps(context, (length < 2 ? length : 2 ** (32 - leadingZeros(length - 1))) / UNITS_PER_STEP, at);
}

/** The own value of a data descriptor; fails on an accessor, whose getter would be the application's code. */
export function dataOf(context: Context, found: PropertyDescriptor, label: string, at: number): unknown {
  if (hasOwn(found, 'value')) return found.value;
  return fail(context, at, `\`${label}\` is a getter, and is not run`);
}
