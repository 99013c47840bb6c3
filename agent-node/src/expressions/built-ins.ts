import { mapGet, mapSet } from '../capture/primordials.ts';
import type { Context } from './context.ts';

/** What is done for a call of a built-in function. `label` is how the expression names the function. */
export interface Call {
  readonly receiver: unknown;
  /** Without the arrow function. */
  readonly arguments: readonly unknown[];
  readonly callback: Callback | undefined;
  readonly label: string;
  readonly at: number;
}

/** What a method of an array does with each item; `given` is the item, its index, the array. */
export type Callback = (context: Context, given: readonly unknown[]) => unknown;

export type BuiltIn = (context: Context, call: Call) => unknown;

const BUILT_INS = new Map<unknown, BuiltIn>();

/**
 * Allows calls of a built-in, by its identity: a function that the application put in its place is another one. What
 * runs is `run`, which checks its receiver and its arguments, because the built-in can be called on anything.
 */
export function allow(holder: object, name: string, run: BuiltIn): void {
  const builtIn: unknown = Reflect.getOwnPropertyDescriptor(holder, name)?.value;
  if (typeof builtIn === 'function') mapSet(BUILT_INS, builtIn, run);
}

export function builtIn(fn: unknown): BuiltIn | undefined {
  return mapGet(BUILT_INS, fn) as BuiltIn | undefined;
}
