import { Bytes, codeAt, Integers32 } from './intrinsics.ts';

/**
 * How words may begin: for a run of so many digits, or of so many capitals, and the character behind it, what may stand
 * `NEAR` to `FAR` behind its first character, four bits each; 0 where nothing begins so. Asking a rule costs ten times as
 * much as looking this up, and there are numbers, dates and addresses everywhere.
 */
export interface Beginnings {
  /** By `slotOf` the run and what follows it. */
  readonly digits?: Int32Array;
  readonly capitals?: Int32Array;
  /** Only where it may follow a label: see `followsLabel`. */
  readonly labelled?: boolean;
}

export const NEAR = 3;
export const FAR = 8;
/** The bits of one place, of which the nearest has the lowest; the end of the text has none. */
export const IS_DIGIT = 1;
export const IS_CAPITAL = 2;
export const IS_OTHER = 4;
export const PLACE_BITS = 4;
export const ANYTHING = 0xffffff;

/** Longer runs count as one of this length. */
export const LONGEST_RUN = 20;

/** Classes of the character behind a run: what numbers are written with, and the rest. */
export const FOLLOWER = {
  /** The end of the text too. */
  other: 0,
  digit: 1,
  capital: 2,
  small: 3,
  space: 4,
  dash: 5,
  dot: 6,
  slash: 7,
  colon: 8,
  plus: 9,
  opening: 10,
  closing: 11,
} as const;

const BITS = 4;
const CLASSES = new Bytes(128);
for (let code = 0; code < 128; code++) {
  if (code >= 48 && code <= 57) CLASSES[code] = FOLLOWER.digit;
  else if (code >= 65 && code <= 90) CLASSES[code] = FOLLOWER.capital;
  else if (code >= 97 && code <= 122) CLASSES[code] = FOLLOWER.small;
}
CLASSES[32] = FOLLOWER.space;
CLASSES[40] = FOLLOWER.opening;
CLASSES[41] = FOLLOWER.closing;
CLASSES[43] = FOLLOWER.plus;
CLASSES[45] = FOLLOWER.dash;
CLASSES[46] = FOLLOWER.dot;
CLASSES[47] = FOLLOWER.slash;
CLASSES[58] = FOLLOWER.colon;

const NO_BREAK_SPACE = 0xa0;
const SPACE = 32;
const DOT = 46;
const UNDERSCORE = 95;

/** The class of a UTF-16 code unit; a space that does not break is a space. */
export function followerOf(code: number): number {
  if (code === NO_BREAK_SPACE) return FOLLOWER.space;
  return code >= 0 && code < 128 ? (CLASSES[code] ?? 0) : FOLLOWER.other;
}

export function slotOf(run: number, follower: number): number {
  return (run << BITS) | follower;
}

export function runOf(slot: number): number {
  return slot >> BITS;
}

export function createBeginnings(): Int32Array {
  return new Integers32((LONGEST_RUN + 1) << BITS);
}

/** Whether what stands `NEAR` to `FAR` behind a place is among the bits of `Beginnings` at a slot. */
export function mayBegin(bits: number, slot: number, text: string, at: number, end: number): boolean {
  // A long run is all that is asked for there.
  if (bits === ANYTHING || runOf(slot) > FAR) return bits !== 0;
  if (bits === 0 || at + FAR >= end) return false;
  for (let index = NEAR, rest = bits; index <= FAR; index++, rest >>= PLACE_BITS) {
    const code = codeAt(text, at + index);
    const bit =
      code > CAPITAL_Z ? IS_OTHER : code >= 65 ? IS_CAPITAL : code >= 48 && code < COLON ? IS_DIGIT : IS_OTHER;
    if ((rest & bit) === 0) return false;
  }
  return true;
}

/** No number begins behind the point of another. */
export function isFraction(text: string, at: number): boolean {
  if (at < 2 || codeAt(text, at - 1) !== DOT) return false;
  const before = codeAt(text, at - 2);
  return before >= 48 && before < COLON;
}

/** Where the word at `at` is looked up, which begins with a digit or a capital. */
export function slotAt(text: string, at: number, end: number): number {
  const isDigit = codeAt(text, at) < COLON;
  const low = isDigit ? 48 : 65;
  const high = isDigit ? 57 : CAPITAL_Z;
  let run = 1;
  let next = -1;
  for (; run < LONGEST_RUN; run++) {
    next = at + run < end ? codeAt(text, at + run) : -1;
    if (next < low || next > high) break;
  }
  return slotOf(run, followerOf(next));
}

const COLON = 58;
const CAPITAL_Z = 90;

/** What a character may be before a number that stands behind its label, in bits. */
const LETTER = 1;
const GAP = 2;
const ASSIGNING = 4;
const PLACES = new Bytes(128);
for (let code = 0; code < 128; code++) {
  const letter = (code | 32) - 97;
  if ((letter >= 0 && letter < 26 && code >= 65) || code === UNDERSCORE) PLACES[code] = LETTER;
}
const GAPS = ' \t#.-/*\'"`([+';
for (let index = 0; index < GAPS.length; index++) PLACES[GAPS.charCodeAt(index)] = GAP;
PLACES[COLON] = ASSIGNING;
PLACES[61] = ASSIGNING;

function placeOf(code: number): number {
  if (code === NO_BREAK_SPACE) return GAP;
  return code >= 128 ? LETTER : (PLACES[code] ?? 0);
}

/**
 * Words may stand before this place that tell of the number there: `SSN 536`, `Passport no.: A1`. Not what is given to a
 * quoted key or to a name without spaces, and not the next number of a list.
 */
export function followsLabel(text: string, at: number): boolean {
  if (at < 2) return false;
  const first = codeAt(text, at - 1);
  if (first >= 128 && first !== NO_BREAK_SPACE) return true;
  if (placeOf(first) !== GAP) return false;
  const second = placeOf(codeAt(text, at - 2));
  if (second !== ASSIGNING) return second !== 0;
  return first <= SPACE && at >= 3 && (placeOf(codeAt(text, at - 3)) & LETTER) !== 0;
}
