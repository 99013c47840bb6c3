/**
 * Whether two values are equal, without becoming an oracle: who may ask `contact === guess` finds out a card number or a
 * telephone number by trying. So a comparison of two texts, or two numbers, in both of which the redactor finds something
 * ends the evaluation, whether they are equal or not.
 *
 * Where it finds something in one of them only, they differ: the same text would be found too. The answer then tells that
 * the other holds something of the kind, which its placeholder in a captured value tells as well. That is why
 * `note === 'gift'` says nothing more of a note, and needs no look at it: nothing is found in `gift`. The order in which
 * the two are looked at, and what it costs, must not depend on more than that either, such as on which one is longer.
 *
 * An order, a part, a length or a key tell more than equality does: for those one side is enough (`taintByContent`).
 */
import { brief, isObject, primitive } from './coercion.ts';
import { type Context, giveUp, MAX_TEXT, takeUnits } from './context.ts';
import { kindWithin, taintByContent } from './taint.ts';

/** `===`, which goes through two texts of the same length. */
export function isSame(context: Context, left: unknown, right: unknown, at: number): boolean {
  if (typeof left !== typeof right) return false;
  if (typeof left === 'string' && typeof right === 'string' && left.length > MAX_TEXT)
    refusePair(context, brief(context, right, at), left, at);
  else refusePair(context, left, right, at);
  return left === right;
}

/** `===` with one value again and again: that is looked at once. */
export function sameAs(context: Context, wanted: unknown, at: number): (item: unknown) => boolean {
  const kind = context.secret === undefined ? kindWithin(context, brief(context, wanted, at), at) : undefined;
  return (item) => {
    if (typeof item !== typeof wanted) return false;
    if (kind !== undefined) refuseSecond(context, kind, item, at);
    else if (typeof wanted === 'string') takeUnits(context, wanted.length, at);
    return item === wanted;
  };
}

/** `===` with a value that the expression writes, which is looked at once for all evaluations. */
export function sameAsWritten(written: unknown): (context: Context, value: unknown, at: number) => boolean {
  let harmless: boolean | undefined;
  return (context, value, at) => {
    if (harmless === undefined) harmless = kindWithin(context, written, at) === undefined;
    return harmless ? value === written : isSame(context, written, value, at);
  };
}

/** `==`. */
export function isLooselySame(context: Context, left: unknown, right: unknown, at: number): boolean {
  if (isNothing(left) || isNothing(right)) return isNothing(left) && isNothing(right);
  if (typeof left === typeof right || (isObject(left) && isObject(right))) return isSame(context, left, right, at);
  // An object beside a primitive would be turned into one.
  const a = primitive(context, brief(context, left, at), at);
  const b = primitive(context, brief(context, right, at), at);
  // One becomes the other's type, and is not what was looked at any more: `'4.111e15' == 4111000000000000`.
  taintByContent(context, a, at);
  taintByContent(context, b, at);
  // biome-ignore lint/suspicious/noDoubleEquals: it is what the expression says.
  return a == b;
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined;
}

function refusePair(context: Context, first: unknown, second: unknown, at: number): void {
  if (isObject(first) || context.secret !== undefined) return;
  const kind = kindWithin(context, first, at);
  if (kind !== undefined) refuseSecond(context, kind, second, at);
}

/** What is too long to be looked at counts as found. */
function refuseSecond(context: Context, kind: string, second: unknown, at: number): void {
  const long = typeof second === 'string' && second.length > MAX_TEXT;
  if (long || kindWithin(context, second, at) !== undefined) giveUp(context, kind);
}
