import { ALNUM, DIGIT } from '../../alphabet.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { PHONE } from './phone.ts';

/** Digits of a national number with its area code. */
const FEWEST_DIGITS = 9;
const MOST_DIGITS = 12;
const LONGEST_AREA = 5;
const MOST_GROUPS = 4;

export const bracketedPhone: Rule = {
  kind: PHONE,
  what: 'National telephone numbers with the area code in brackets',
  source: 'ITU-T E.123 section 3 (national notation)',
  anchors: ['(0', '(1', '(2', '(3', '(4', '(5', '(6', '(7', '(8', '(9'],
  enumerable: true,
  match(view, at) {
    let index = at + 1;
    while (index - at <= LONGEST_AREA && view.isIn(DIGIT, index)) index++;
    const area = index - at - 1;
    const first = view.code(at + 1);
    if (view.code(index) !== CLOSING || (area === 1 && first !== ZERO)) return undefined;
    // A call (`round(12) 345`), an index, a year.
    if (view.isBehind(ALNUM, at) || isJoint(view.before(at)) || (area === 4 && isYear(view, at + 1))) return undefined;
    const from = trunkStart(view, at);
    const to = numberEnd(view, index + 1, area, from < at || first === ZERO ? 2 : 3);
    return to < 0 ? undefined : [{ from, to }];
  },
};

/** Behind the groups of the subscriber's number, of at least `shortest` digits each; -1: it is none. */
function numberEnd(view: View, from: number, area: number, shortest: number): number {
  let index = isSeparator(view.code(from)) ? from + 1 : from;
  let digits = area;
  for (let group = 0; group < MOST_GROUPS; group++) {
    const start = index;
    while (digits <= MOST_DIGITS && view.isIn(DIGIT, index)) {
      index++;
      digits++;
    }
    if (index - start < shortest) return -1;
    if (!isSeparator(view.code(index)) || !view.isIn(DIGIT, index + 1)) break;
    index++;
  }
  if (digits < FEWEST_DIGITS || digits > MOST_DIGITS || digits - area < 6) return -1;
  const next = view.code(index);
  if (view.isIn(ALNUM, index) || next === UNDERSCORE || next === EQUALS) return -1;
  return next === DOT && view.isIn(DIGIT, index + 1) ? -1 : index;
}

/** The digit that is dialled first within a country stands before: `0 (917)`, `1-(202)`, `8 (912)`. */
function trunkStart(view: View, at: number): number {
  const digit = isSeparator(view.code(at - 1)) ? at - 2 : at;
  const code = view.code(digit);
  const isTrunk = code === ZERO || code === ONE || code === EIGHT;
  return isTrunk && digit < at && digit >= view.floor && !view.isBehind(ALNUM, digit) ? digit : at;
}

function isYear(view: View, from: number): boolean {
  return view.startsWith('19', from) || view.startsWith('20', from);
}

function isJoint(code: number): boolean {
  return code === UNDERSCORE || code === CLOSING || code === BRACKET_CLOSE || code === DOLLAR;
}

function isSeparator(code: number): boolean {
  return code === SPACE || code === DASH || code === DOT || code === SLASH || code === 0xa0;
}

const SPACE = 32;
const DOLLAR = 36;
const CLOSING = 41;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const ONE = 49;
const EIGHT = 56;
const EQUALS = 61;
const BRACKET_CLOSE = 93;
const UNDERSCORE = 95;
