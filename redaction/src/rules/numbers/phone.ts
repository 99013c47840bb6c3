import { ALNUM, DIGIT } from '../../alphabet.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { behindSeparators } from '../separators.ts';
import { isInternational } from './calling-codes.ts';
import { isLetterBeyond } from './payment-card.ts';

export const PHONE = 'phone';

/** ITU-T E.164 section 6.1: digits of an international number. */
const MOST_DIGITS = 15;
/** A shorter one is more often a difference, `+1234567`, than a telephone. */
const FEWEST_DIGITS = 8;

/**
 * Digits of a text that is a plus and they, and nothing else: hardly ever anything but a telephone number, also one whose plan is
 * newer than the metadata, or with a zero or an extension too many.
 */
const FEWEST_ALONE = 10;
const MOST_ALONE = 17;

/** What goes on behind a plus; that one may be encoded. */
const BEHIND_PLUS = '123456789(';

export const phone: Rule = {
  kind: PHONE,
  what: 'International telephone numbers, `+` and country calling code; with spaces, brackets, dots, dashes and slashes',
  source: 'ITU-T E.164, E.123; calling codes and lengths as in the metadata of libphonenumber',
  anchors: [...[...BEHIND_PLUS].map((next) => `+${next}`), '%2B', '%2b'],
  enumerable: true,
  match(view, at) {
    const sign = view.code(at) === PLUS ? at : encodedPlus(view, at);
    if (sign < 0) return undefined;
    const from = view.code(sign + 1) === OPENING ? sign + 2 : sign + 1;
    if (!view.isIn(DIGIT, from) || view.code(from) === ZERO) return undefined;
    // A sum, base64, the time zone of a date, the build of a version.
    const before = view.before(at);
    if (view.isBehind(ALNUM, at) || before === PLUS || before === SLASH || isLetterBeyond(before)) return undefined;
    const known = phoneEnd(view, from);
    const to = known < 0 && at === 0 ? aloneEnd(view, from) : known;
    return to < 0 ? undefined : [{ from: at, to }];
  },
};

/** The last character of `%2B`, which is a plus in a URL; -1 where there is none. */
function encodedPlus(view: View, at: number): number {
  return view.code(at + 1) === TWO && (view.code(at + 2) | 32) === LETTER_B ? at + 2 : -1;
}

/** Behind the longest stretch of groups whose digits make an international number; -1 where there is none. */
export function phoneEnd(view: View, from: number): number {
  let digits = 0;
  let lead = 0;
  let end = -1;
  let index = from;
  for (;;) {
    while (view.isIn(DIGIT, index)) {
      if (++digits > MOST_DIGITS) return end;
      if (digits <= 3) lead = lead * 10 + view.code(index) - 48;
      index++;
    }
    if (view.isIn(ALNUM, index) || view.code(index) === UNDERSCORE) return end;
    if (digits >= FEWEST_DIGITS && isFree(view, index) && isKnown(lead, digits)) end = index;
    let next = behindGroup(view, index);
    // `+44 (0) 20`: the zero is dialled only within the country.
    if (view.startsWith('(0)', next - 1)) next = behindGroup(view, next + 1);
    if (next === index || !view.isIn(DIGIT, next)) return end;
    index = next;
  }
}

/** The end of the text, where so many digits go up to it; else -1. */
function aloneEnd(view: View, from: number): number {
  let index = from;
  while (index - from <= MOST_ALONE && view.isIn(DIGIT, index)) index++;
  const digits = index - from;
  return index === view.end && digits >= FEWEST_ALONE && digits <= MOST_ALONE ? index : -1;
}

function isKnown(lead: number, digits: number): boolean {
  const first = (lead / 100) | 0;
  return isInternational(first, ((lead / 10) | 0) % 10, lead % 10, digits);
}

/** No fraction, e-mail address or sum goes on here. */
function isFree(view: View, end: number): boolean {
  const next = view.code(end);
  return next !== PLUS && next !== AT && next !== EQUALS;
}

/** Behind what parts two groups of a telephone number. */
export function behindGroup(view: View, at: number): number {
  return behindSeparators(view, at, isSeparator);
}

function isSeparator(code: number): boolean {
  return (
    code === 32 || code === OPENING || code === 41 || code === 45 || code === 46 || code === SLASH || code === 0xa0
  );
}

const OPENING = 40;
const PLUS = 43;
const SLASH = 47;
const ZERO = 48;
const TWO = 50;
const EQUALS = 61;
const AT = 64;
const UNDERSCORE = 95;
const LETTER_B = 98;
