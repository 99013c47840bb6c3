import { ALNUM, DIGIT } from '../../alphabet.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isLetterBeyond } from './payment-card.ts';
import { behindGroup, PHONE, phoneEnd } from './phone.ts';

/** Digits behind the prefix: shorter ones are too often a padded number. */
const FEWEST_DIGITS = 10;
/** GS1 General Specifications: GTIN-12, whose prefixes begin with zeros, and longer ones to which a shorter is padded. */
const SHORTEST_GTIN = 12;
const LONGEST_GTIN = 14;

export const dialledPhone: Rule = {
  kind: PHONE,
  what: 'Telephone numbers as they are dialled abroad: `00`, calling code, a number that does not begin with a zero',
  source: 'ITU-T E.164 section 7.3.2, E.123; check digit of GTINs: GS1 General Specifications section 7.9',
  anchors: ['00'],
  enumerable: true,
  match(view, at) {
    const before = view.before(at);
    if (before === DOT || before === COLON || before === DASH || before === PLUS || before === UNDERSCORE)
      return undefined;
    if (isLetterBeyond(before) || view.isBehind(ALNUM, at)) return undefined;
    // A group of a longer number.
    if (view.isIn(DIGIT, at - 2)) return undefined;
    const from = behindGroup(view, at + 2);
    if (!view.isIn(DIGIT, from) || view.code(from) === ZERO) return undefined;
    const to = phoneEnd(view, from);
    if (to < 0 || digitsOf(view, from, to) < FEWEST_DIGITS || !isNational(view, from)) return undefined;
    return isGtin(view, at, to) ? undefined : [{ from: at, to }];
  },
};

function digitsOf(view: View, from: number, to: number): number {
  let digits = 0;
  for (let index = from; index < to; index++) if (view.isIn(DIGIT, index)) digits++;
  return digits;
}

/** In North America area and exchange begin with 2 to 9; elsewhere a zero behind the calling code is rare, but in Italy. */
function isNational(view: View, from: number): boolean {
  const first = view.code(from);
  if (first === ONE) {
    const area = behindGroup(view, from + 1);
    return view.code(area) > ONE && view.code(behindGroup(view, area + 3)) > ONE;
  }
  if (first === THREE && view.code(from + 1) === NINE) return true;
  return !view.startsWith('00', from + 2) && !(view.code(from + 2) === ZERO && view.code(from + 3) !== ZERO);
}

function isGtin(view: View, from: number, to: number): boolean {
  const length = to - from;
  if (length < SHORTEST_GTIN || length > LONGEST_GTIN) return false;
  let sum = 0;
  for (let back = 0; back < length; back++) {
    const code = view.code(to - 1 - back);
    if (code < ZERO || code > NINE) return false;
    sum += (code - ZERO) * (back % 2 === 0 ? 1 : 3);
  }
  return sum % 10 === 0;
}

const PLUS = 43;
const DASH = 45;
const DOT = 46;
const ZERO = 48;
const ONE = 49;
const THREE = 51;
const NINE = 57;
const COLON = 58;
const UNDERSCORE = 95;
