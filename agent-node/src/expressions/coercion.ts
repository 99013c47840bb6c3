import { dateTime, isDate, isProxy, textOf } from '../capture/primordials.ts';
import { type Context, fail, MAX_TEXT, takeSteps } from './context.ts';
import { refuseBlocked } from './sealed.ts';
import { taintByContent } from './taint.ts';

export type Primitive = string | number | bigint | boolean | symbol | null | undefined;

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A primitive as it is; an object fails, because its `toString` or `valueOf` would run. */
export function primitive(context: Context, value: unknown, at: number): Primitive {
  if (isObject(value))
    return fail(
      context,
      at,
      'an object is not turned into text or a number: its toString or valueOf would run; read a property of it',
    );
  return value as Primitive;
}

/** For arithmetic and order: a Date counts as its time in milliseconds. */
export function orderable(
  context: Context,
  value: unknown,
  at: number,
): string | number | bigint | boolean | null | undefined {
  if (isObject(value) && !isProxy(value) && isDate(value)) {
    refuseBlocked(context, value, at);
    return dateTime(value);
  }
  const plain = primitive(context, value, at);
  return typeof plain === 'symbol' ? fail(context, at, 'a symbol has no order and no numeric value') : plain;
}

/**
 * `Number(value)`, for numbers, texts, booleans, null and undefined: what is computed with. The digits of a text are
 * not recognised as a number any more.
 */
export function numeric(context: Context, value: unknown, at: number): number {
  const plain = brief(context, orderable(context, value, at), at);
  if (typeof plain === 'bigint')
    return fail(context, at, 'a bigint is not mixed with numbers; write a literal as 1n, or Number(value)');
  taintByContent(context, plain, at);
  return +(plain ?? (plain === null ? 0 : 'NaN'));
}

export function text(context: Context, value: unknown, at: number): string {
  const plain = primitive(context, value, at);
  if (typeof plain === 'symbol') return fail(context, at, 'a symbol is not turned into text; read its description');
  if (typeof plain === 'bigint' && (plain > MAX_BIGINT || plain < -MAX_BIGINT))
    return fail(context, at, BIGINT_TOO_LONG);
  if (typeof plain === 'bigint') takeSteps(context, plain > MAX_CHEAP || plain < -MAX_CHEAP ? 100 : 1, at);
  return typeof plain === 'string' ? plain : textOf(plain);
}

/**
 * To look a key up, or to read a number, V8 goes through the whole text; one that was put together of parts it first
 * copies, 0.6 ms for a million characters.
 */
export function brief<Value>(context: Context, value: Value, at: number): Value {
  if (typeof value === 'string' && value.length > MAX_TEXT)
    fail(context, at, `a text of more than ${MAX_TEXT} characters is not looked through`);
  return value;
}

/** Far beyond any id or amount; within it every operation takes microseconds. */
export const MAX_BIGINT = 1n << 4096n;
/** Above it, making a text takes some ten microseconds. */
const MAX_CHEAP = 1n << 128n;
export const BIGINT_TOO_LONG = 'a bigint of more than 4,096 bits is not computed with';

export function bounded(context: Context, made: string, at: number): string {
  if (made.length > MAX_TEXT) fail(context, at, `it would make a text of more than ${MAX_TEXT} characters`);
  return made;
}
