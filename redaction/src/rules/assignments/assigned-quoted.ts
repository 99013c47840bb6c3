import { lowerCase } from '../../intrinsics.ts';
import type { Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isStandIn } from '../stand-in.ts';

const TYPEOF: readonly string[] = [
  'string',
  'undefined',
  'object',
  'number',
  'boolean',
  'function',
  'symbol',
  'bigint',
];
/** How far a template literal is looked through for its first hole, and how long a name in a list may be. */
const LONGEST_LOOK = 128;
/** Backslashes before a quote: JSON in JSON in JSON in JSON has 15. */
const LONGEST_ESCAPE = 16;

/** Values that say that there is no value. */
const EMPTY_WORDS: readonly string[] = ['', 'null', 'undefined', 'true', 'false', 'none', 'nil'];

/**
 * A quoted value at `at`; an empty list where it is quoted and holds no secret, undefined where it is not quoted.
 * `compared`: it stands behind `===` or the like.
 */
export function quotedValue(view: View, at: number, compared: boolean): readonly Span[] | undefined {
  const opening = openingQuote(view, at);
  if (opening < 0) return undefined;
  const from = opening + 1;
  const to = closingQuote(view, opening, opening - at);
  if (compared && isTypeofResult(view, from, to)) return [];
  if (view.code(opening) === BACKTICK && hasHole(view, from, to)) return [];
  return isTelling(view, from, to) ? [{ from, to }] : [];
}

/** `typeof token === 'string'`. */
function isTypeofResult(view: View, from: number, to: number): boolean {
  if (to - from > 9) return false;
  const word = view.slice(from, to);
  for (let index = 0; index < TYPEOF.length; index++) if (TYPEOF[index] === word) return true;
  return false;
}

/** A template literal is source code, and its value is made when it runs. */
function hasHole(view: View, from: number, to: number): boolean {
  for (let index = from; index + 1 < to && index - from < LONGEST_LOOK; index++) {
    if (view.code(index) === DOLLAR && view.code(index + 1) === BRACE) return true;
  }
  return false;
}

/** `["one", "two"]`: each quoted item. Stops at the first thing that is not quoted. */
export function quotedList(view: View, at: number): readonly Span[] {
  const spans: Span[] = [];
  let index = at + 1;
  while (index < view.end) {
    while (isBetween(view.code(index))) index++;
    const opening = openingQuote(view, index);
    if (opening < 0) break;
    const to = closingQuote(view, opening, opening - index);
    // A list of names of fields is no list of secrets.
    const named = to - opening < LONGEST_LOOK && view.nameKind(opening + 1, to) !== undefined;
    if (!named && isTelling(view, opening + 1, to)) spans[spans.length] = { from: opening + 1, to };
    index = to + 1;
    while (view.code(to) === BACKSLASH && view.code(index) === BACKSLASH) index++;
    if (view.code(to) === BACKSLASH) index++;
  }
  return spans;
}

/** Index of the quote, behind its backslashes and a letter such as Python's `b` and `r`; -1 where there is none. */
function openingQuote(view: View, at: number): number {
  let index = at;
  while (view.code(index) === BACKSLASH && index - at < LONGEST_ESCAPE) index++;
  if (index === at && isPrefix(view.code(index))) index++;
  return isQuote(view.code(index)) ? index : -1;
}

/**
 * Where the content ends. `escapes`: how many characters stood before the opening quote; in JSON inside of JSON the
 * closing one has as many backslashes.
 */
function closingQuote(view: View, opening: number, escapes: number): number {
  const quote = view.code(opening);
  const nested = escapes > 0 && view.code(opening - 1) === BACKSLASH;
  for (let index = opening + 1; index < view.end; index++) {
    const code = view.code(index);
    if (nested) {
      if (code !== quote) continue;
      let start = index;
      while (start > opening + 1 && view.code(start - 1) === BACKSLASH) start--;
      if (index - start <= escapes) return start;
    } else if (code === BACKSLASH) index++;
    else if (code === quote) return index;
  }
  return view.end;
}

function isTelling(view: View, from: number, to: number): boolean {
  if (to - from <= 9) {
    const word = lowerCase(view.slice(from, to));
    for (let index = 0; index < EMPTY_WORDS.length; index++) if (EMPTY_WORDS[index] === word) return false;
  }
  return !isStandIn(view, from, to);
}

function isBetween(code: number): boolean {
  return code === 32 || code === 44 || (code >= 9 && code <= 13);
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96;
}

function isPrefix(code: number): boolean {
  return code === 98 || code === 114 || code === 117 || code === 102;
}

const DOLLAR = 36;
const BACKSLASH = 92;
const BACKTICK = 96;
const BRACE = 123;
