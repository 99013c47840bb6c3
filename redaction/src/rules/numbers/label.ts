import { alphabet, DIGIT, UPPER } from '../../alphabet.ts';
import {
  ANYTHING,
  type Beginnings,
  createBeginnings,
  FAR,
  FOLLOWER,
  IS_CAPITAL,
  IS_DIGIT,
  IS_OTHER,
  LONGEST_RUN,
  NEAR,
  PLACE_BITS,
  slotOf,
} from '../../beginnings.ts';
import { NATIONAL_ID } from '../../identifiers/format.ts';
import { most as larger } from '../../intrinsics.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { toldValue } from './told.ts';

/** From the first word of a label to its value, and from its last word. UTF-16 code units. */
const LONGEST = 40;
const LONGEST_GAP = 8;

/** A shorter number is a count. Letters and digits, with what people write between them. */
const FEWEST = 5;
const FEWEST_DIGITS = 4;
const SEEN = 12;

/** What may stand between the words of a label, and between it and the value. */
const GAP = alphabet(' \t:=#.-/\'"`\\([+*');
const LETTER = alphabet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_');
const BETWEEN = alphabet(' -./:()');

/**
 * It is asked where the value begins, not where the label does: there are fewer long numbers in a text than words that
 * may begin a label.
 */
export const label: Rule = {
  kind: NATIONAL_ID,
  what: 'Numbers of persons, telephones, routing numbers and the like behind the words that tell them, where they are valid: `PESEL 44051401359`',
  source: 'The authorities that give them out: see `redaction/src/identifiers`',
  anchors: [],
  beginnings,
  match(view, at) {
    if (!isLong(view, at)) return undefined;
    const least = larger(at - LONGEST, view.floor);
    const to = gapStart(view, at - 1, larger(at - LONGEST_GAP, least));
    let from = wordStart(view, to, least);
    if (from === to) return undefined;
    // All words up to what is no part of a label.
    let words = 1;
    for (; ; words++) {
      const end = gapStart(view, from, least);
      const word = wordStart(view, end, least);
      if (word === end) break;
      from = word;
    }
    // What is given to one word is an assignment, where it has been looked at.
    if (words === 1 && isAssigned(view, to)) return undefined;
    const formats = view.labelTold(from, to);
    if (formats === undefined) return undefined;
    const span = toldValue(view, at, formats);
    if (span === undefined) return undefined;
    const before = view.code(at - 1);
    return before === PLUS || before === OPENING ? [{ ...span, from: at - 1 }] : [span];
  },
};

/** A code of Italy has six letters before its first digit, a permanent account number five. */
const MOST_LETTERS = 6;

/** A digit or a capital at the places from one to another, counted behind the first character; anything at all others. */
function filled(first: number, last: number): number {
  let bits = 0;
  for (let place = FAR; place >= NEAR; place--) {
    const isFilled = place >= first && place <= last;
    bits = (bits << PLACE_BITS) | (isFilled ? IS_DIGIT | IS_CAPITAL : IS_DIGIT | IS_CAPITAL | IS_OTHER);
  }
  return bits;
}

/** By the length of the first group. No date that begins with its year: there a dash stands at the seventh place. */
const GROUPED = [0, filled(3, 3), filled(3, 4), filled(5, 5), filled(5, 7)];
const SEPARATORS = [FOLLOWER.space, FOLLOWER.dash, FOLLOWER.dot, FOLLOWER.slash, FOLLOWER.closing];

function beginnings(): Beginnings {
  const digits = createBeginnings();
  const capitals = createBeginnings();
  for (let follower: number = FOLLOWER.other; follower <= FOLLOWER.closing; follower++) {
    for (let run = FEWEST; run <= LONGEST_RUN; run++) digits[slotOf(run, follower)] = ANYTHING;
  }
  for (let run = 1; run < FEWEST; run++) {
    digits[slotOf(run, FOLLOWER.capital)] = ANYTHING;
    for (let index = 0; index < SEPARATORS.length; index++) {
      digits[slotOf(run, SEPARATORS[index] ?? 0)] = GROUPED[run] ?? 0;
    }
  }
  // `0x`
  digits[slotOf(1, FOLLOWER.small)] = ANYTHING;
  for (let run = 1; run <= MOST_LETTERS; run++) capitals[slotOf(run, FOLLOWER.digit)] = ANYTHING;
  for (let run = 1; run <= 2; run++) {
    capitals[slotOf(run, FOLLOWER.space)] = GROUPED[run] ?? 0;
    capitals[slotOf(run, FOLLOWER.dash)] = GROUPED[run] ?? 0;
  }
  return { digits, capitals, labelled: true };
}

function gapStart(view: View, to: number, least: number): number {
  let from = to;
  while (from > least && isGap(view, from - 1)) from--;
  return from;
}

/** Where the word begins that ends at `to`; `to` where there is none, or one that is not seen whole. */
function wordStart(view: View, to: number, least: number): number {
  let from = to;
  while (from > least && isLetter(view, from - 1)) from--;
  return isLetter(view, from - 1) ? to : from;
}

/** A number of some length begins here. */
function isLong(view: View, at: number): boolean {
  if (view.code(at) === ZERO && view.code(at + 1) === LETTER_X) return true;
  let count = 0;
  let digits = 0;
  for (let index = at; index < at + SEEN; index++) {
    if (view.isIn(DIGIT, index)) digits++;
    else if (!view.isIn(UPPER, index)) {
      if (!view.isIn(BETWEEN, index)) return false;
      continue;
    }
    if (++count >= FEWEST && digits >= FEWEST_DIGITS) return true;
  }
  return false;
}

/** All scripts have letters, and nearly everything beyond ASCII is one. */
function isLetter(view: View, index: number): boolean {
  return view.isIn(LETTER, index) || (view.code(index) >= 128 && view.code(index) !== NO_BREAK_SPACE);
}

function isGap(view: View, index: number): boolean {
  return view.isIn(GAP, index) || view.code(index) === NO_BREAK_SPACE;
}

function isAssigned(view: View, to: number): boolean {
  return view.code(to) === COLON || view.code(to) === EQUALS;
}

const OPENING = 40;
const PLUS = 43;
const ZERO = 48;
const COLON = 58;
const EQUALS = 61;
const LETTER_X = 120;
const NO_BREAK_SPACE = 0xa0;
