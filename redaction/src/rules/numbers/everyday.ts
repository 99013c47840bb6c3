import { ALNUM, DIGIT } from '../../alphabet.ts';
import type { View } from '../../view.ts';

/** A longer row of digits is no group of an amount, a date or a size. */
const LONGEST_GROUP = 12;

/**
 * What people write with digits and separators under any name, and what is no number of anybody: an amount, a date, a
 * time, an address, a version, a size. It is asked for what begins at `from`, of which the digits are known.
 */
export function isEveryday(view: View, from: number): boolean {
  const first = groupEnd(view, from);
  const length = first - from;
  if (isTail(view, from, length)) return true;
  if (length === 0 || length > LONGEST_GROUP) return false;
  const separator = view.code(first);
  const second = groupEnd(view, first + 1);
  const decimals = second - first - 1;
  if (decimals === 0 || decimals > LONGEST_GROUP) return false;
  if (separator === SMALL_X) return decimals < MOST_PIXELS && length < MOST_PIXELS && isEnd(view, second);
  if (separator === COMMA) return decimals === 3 ? length <= 3 : decimals <= 2 && isEnd(view, second);
  if (separator === COLON) return length <= 2 && decimals === 2 && isClock(view, second);
  if (separator === DOT && isEnd(view, second)) return decimals <= 2 || length === 1;
  return (
    isDate(view, from, separator) || (separator !== DASH && isAmount(view, from, separator)) || isDotted(view, from)
  );
}

/** Behind another group, and so within an amount, `1,250.00`, a date or a time. */
function isTail(view: View, from: number, length: number): boolean {
  const before = view.code(from - 1);
  if (!isJoint(before) || !view.isIn(DIGIT, from - 2)) return false;
  return before === DOT || (before === COMMA ? length === 3 : length <= 4);
}

/** Digits of one side of a picture or a screen, and one more. */
const MOST_PIXELS = 6;

function groupEnd(view: View, from: number): number {
  let to = from;
  while (to - from <= LONGEST_GROUP && view.isIn(DIGIT, to)) to++;
  return to;
}

/** Nothing goes on here: no letter or digit, and no separator with one behind it. */
function isEnd(view: View, at: number): boolean {
  if (view.isIn(ALNUM, at)) return false;
  return !(isJoint(view.code(at)) && view.isIn(ALNUM, at + 1));
}

function isJoint(code: number): boolean {
  return code === DOT || code === DASH || code === SLASH || code === COLON || code === COMMA;
}

/** `:30` behind hours and minutes, or nothing. */
function isClock(view: View, at: number): boolean {
  return isEnd(view, at) || (view.code(at) === COLON && groupEnd(view, at + 1) === at + 3 && isEnd(view, at + 3));
}

interface Numbers {
  /** How many there are; one more than are kept where it goes on. */
  readonly count: number;
  readonly values: readonly number[];
  readonly lengths: readonly number[];
  readonly end: number;
}

const MOST_NUMBERS = 4;

/** The groups of digits from `from` on with one separator between them. */
function numbersAt(view: View, from: number, separator: number): Numbers {
  const values: number[] = [];
  const lengths: number[] = [];
  let count = 0;
  let at = from;
  for (; count <= MOST_NUMBERS; count++) {
    const to = groupEnd(view, at);
    if (to === at) break;
    let value = 0;
    for (let index = at; index < to; index++) value = value * 10 + view.code(index) - ZERO;
    values[count] = value;
    lengths[count] = to - at;
    at = to + 1;
    if (view.code(to) !== separator) {
      count++;
      break;
    }
  }
  return { count, values, lengths, end: at - 1 };
}

/** `2026-11-29`, `29.11.2026`, also with a time behind them. */
function isDate(view: View, from: number, separator: number): boolean {
  const { count, values, lengths, end } = numbersAt(view, from, separator);
  if (count !== 3 || view.code(end) === separator) return false;
  const first = values[0] ?? 0;
  const second = values[1] ?? 0;
  const third = values[2] ?? 0;
  if (lengths[0] === 4) return isYear(first) && isMonth(second) && isDay(third) && (lengths[2] ?? 0) <= 2;
  if (lengths[2] !== 4 || !isYear(third)) return false;
  return (isDay(first) && isMonth(second)) || (isMonth(first) && isDay(second));
}

function isYear(value: number): boolean {
  return value >= 1900 && value < 2100;
}

function isMonth(value: number): boolean {
  return value >= 1 && value <= 12;
}

function isDay(value: number): boolean {
  return value >= 1 && value <= 31;
}

/** `12.500,50`, `1 250 000,00`: groups of three, and two decimals. */
function isAmount(view: View, from: number, separator: number): boolean {
  const { count, lengths, end } = numbersAt(view, from, separator);
  if (count > MOST_NUMBERS || (lengths[0] ?? 0) > 3 || view.code(end) !== COMMA) return false;
  for (let index = 1; index < count; index++) if (lengths[index] !== 3) return false;
  const decimals = groupEnd(view, end + 1) - end - 1;
  return decimals >= 1 && decimals <= 2;
}

/** A version, `10.20.30`, or an IP address whose groups are not of one length. */
function isDotted(view: View, from: number): boolean {
  const { count, values, lengths, end } = numbersAt(view, from, DOT);
  if (!isEnd(view, end)) return false;
  let isEven = true;
  for (let index = 0; index < count; index++) {
    if ((values[index] ?? 0) > 255 || (lengths[index] ?? 0) > 3) return false;
    if (lengths[index] !== lengths[0]) isEven = false;
  }
  if (count === 3) return (lengths[0] ?? 0) <= 2 && (lengths[1] ?? 0) <= 2 && (lengths[2] ?? 0) <= 2;
  return count === 4 && !isEven;
}

const COMMA = 44;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const SMALL_X = 120;
