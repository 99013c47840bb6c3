import { ALNUM, DIGIT } from '../../alphabet.ts';
import {
  type Beginnings,
  createBeginnings,
  FAR,
  FOLLOWER,
  followerOf,
  IS_CAPITAL,
  IS_DIGIT,
  IS_OTHER,
  NEAR,
  PLACE_BITS,
  runOf,
  slotOf,
} from '../../beginnings.ts';
import { type IdFormat, MOST_CHARACTERS, NATIONAL_ID } from '../../identifiers/format.ts';
import { FORMATS } from '../../identifiers/formats.ts';
import { Bytes, codeAt, own } from '../../intrinsics.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';

interface Written {
  /** `9`, `A` and `X` stand for a digit, a capital, either; a smaller digit for itself. */
  readonly shape: string;
  readonly format: IdFormat;
  /** What stands between its groups, or -1. */
  readonly separator: number;
  /** Bits of the digits that it may begin with. */
  readonly firsts: number;
  /** What stands `NEAR` to `FAR` behind its first character, as in `Beginnings`. */
  readonly bits: number;
  /** The next shape of the same slot. */
  readonly next: Written | undefined;
}

const SPACE = 32;
const OPENING = 40;
const CLOSING = 41;
const PLUS = 43;
const DASH = 45;
const DOT = 46;
const UNDERSCORE = 95;
const NO_BREAK_SPACE = 0xa0;

/** Marks of a shape. */
const ANY_DIGIT = 57;
const ANY_CAPITAL = 65;
const EITHER = 88;

type Shapes = (Written | undefined)[];

/** By `slotOf` the run that shapes begin with and what follows it. */
const BY_DIGITS: Shapes = [];
const BY_CAPITALS: Shapes = [];

export const identifier: Rule = {
  kind: NATIONAL_ID,
  what: 'Numbers of persons and businesses whose form and check are strong enough without a name; those of the US as `us-ssn`',
  source: 'The authorities that give them out: see `redaction/src/identifiers`',
  anchors: [],
  beginnings,
  enumerable: true,
  match(view, at, slot) {
    const first = view.code(at);
    if (!isDigit(first)) return firstOf(view, at, runOf(slot), ANY_FIRST, BY_CAPITALS[slot]);
    return firstOf(view, at, runOf(slot), 1 << (first - 48), BY_DIGITS[slot]);
  },
};

function beginnings(): Beginnings {
  const digits = createBeginnings();
  const capitals = createBeginnings();
  for (let slot = 0; slot < digits.length; slot++) {
    BY_DIGITS[slot] = undefined;
    BY_CAPITALS[slot] = undefined;
  }
  // From the last on, because each is put before those of its slot.
  for (let index = FORMATS.length - 1; index >= 0; index--) {
    const format = FORMATS[index];
    const written = format === undefined ? undefined : own(format, 'anywhere');
    if (format === undefined || written === undefined) continue;
    for (let each = written.length - 1; each >= 0; each--) {
      const shape = written[each] ?? '';
      if (isDigit(codeAt(shape, 0))) enter(shape, format, BY_DIGITS, digits);
      else enter(shape, format, BY_CAPITALS, capitals);
    }
  }
  return { digits, capitals };
}

function enter(shape: string, format: IdFormat, shapes: Shapes, all: Int32Array): void {
  const bits = bitsOf(shape);
  const separator = separatorOf(shape);
  const ofDigits = isDigit(codeAt(shape, 0));
  const firsts = firstsOf(shape, own(format, 'first'));
  const other = ofDigits ? FOLLOWER.capital : FOLLOWER.digit;

  function add(run: number, follower: number): void {
    const slot = slotOf(run, follower);
    all[slot] = (all[slot] ?? 0) | bits;
    shapes[slot] = { shape, format, separator, firsts, bits, next: shapes[slot] };
  }

  let run = 0;
  for (;;) {
    while (ofDigits ? isDigit(codeAt(shape, run)) : codeAt(shape, run) === ANY_CAPITAL) run++;
    if (codeAt(shape, run) !== EITHER) break;
    // What may be either ends the run, or goes on with it.
    add(run++, other);
  }
  if (run < shape.length) {
    const next = codeAt(shape, run);
    add(run, isDigit(next) || next === ANY_CAPITAL ? other : followerOf(next));
    return;
  }
  for (let follower: number = FOLLOWER.other; follower <= FOLLOWER.closing; follower++) {
    const goesOn = follower === FOLLOWER.digit || follower === FOLLOWER.capital || follower === FOLLOWER.small;
    if (!goesOn) add(run, follower);
  }
}

const ANY_FIRST = -1;

function firstsOf(shape: string, first: string | undefined): number {
  const code = codeAt(shape, 0);
  if (isDigit(code) && code !== ANY_DIGIT) return 1 << (code - 48);
  if (first === undefined) return ANY_FIRST;
  let bits = 0;
  for (let index = 0; index < first.length; index++) bits |= 1 << (codeAt(first, index) - 48);
  return bits;
}

function separatorOf(shape: string): number {
  for (let index = 0; index < shape.length; index++) {
    const code = codeAt(shape, index);
    const isSeparator = bitOf(code) === IS_OTHER && code !== OPENING && code !== CLOSING;
    if (isSeparator) return code;
  }
  return -1;
}

/** Every shape is longer than `FAR`. */
function bitsOf(shape: string): number {
  if (shape.length <= FAR) throw new Error('a shape that is known anywhere has at least nine characters');
  let bits = 0;
  for (let index = FAR; index >= NEAR; index--) bits = (bits << PLACE_BITS) | bitOf(codeAt(shape, index));
  return bits;
}

function bitOf(wanted: number): number {
  if (isDigit(wanted)) return IS_DIGIT;
  if (wanted === ANY_CAPITAL) return IS_CAPITAL;
  return wanted === EITHER ? IS_DIGIT | IS_CAPITAL : IS_OTHER;
}

function fitsShape(wanted: number, code: number): boolean {
  if (wanted === ANY_DIGIT) return isDigit(code);
  if (wanted !== ANY_CAPITAL && wanted !== EITHER)
    return code === wanted || (wanted === SPACE && code === NO_BREAK_SPACE);
  return (code >= 65 && code <= 90) || (wanted === EITHER && isDigit(code));
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

const id = new Bytes(MOST_CHARACTERS);

function firstOf(
  view: View,
  at: number,
  run: number,
  firsts: number,
  first: Written | undefined,
): readonly Span[] | undefined {
  const places = placesAt(view, at);
  let read = at;
  let length = 0;
  for (let written = first; written !== undefined; written = written.next) {
    if (
      (written.bits & places) !== places ||
      (written.firsts & firsts) === 0 ||
      !hasShape(view, at, run, written.shape)
    )
      continue;
    const to = at + written.shape.length;
    if (!isAlone(view, at, to, written)) continue;
    if (to !== read) length = readId(view, at, to);
    read = to;
    if (!written.format.isValid(id, length)) continue;
    return [{ from: at, to, kind: own(written.format, 'kind') ?? NATIONAL_ID }];
  }
  return undefined;
}

/** The one bit of each place from `NEAR` to `FAR` behind a character; where the text ends before, no shape fits. */
function placesAt(view: View, at: number): number {
  let places = 0;
  for (let index = FAR; index >= NEAR; index--) {
    const code = view.code(at + index);
    const isCapital = code >= 65 && code <= 90;
    places = (places << PLACE_BITS) | (isDigit(code) ? IS_DIGIT : isCapital ? IS_CAPITAL : IS_OTHER);
  }
  return places;
}

/** `run`: so many digits or capitals are known to stand there. Digits that stand for themselves are the first of a shape. */
function hasShape(view: View, at: number, run: number, shape: string): boolean {
  for (let index = 0; index < run; index++) {
    const wanted = codeAt(shape, index);
    if (wanted >= 48 && wanted < ANY_DIGIT && wanted !== view.code(at + index)) return false;
    if (wanted >= ANY_DIGIT) break;
  }
  for (let index = run; index < shape.length; index++) {
    if (!fitsShape(codeAt(shape, index), view.code(at + index))) return false;
  }
  return true;
}

/** The letters and digits into `id`; how many they are. */
function readId(view: View, from: number, to: number): number {
  let length = 0;
  for (let index = from; index < to; index++) {
    const code = view.code(index);
    if (code >= 48 && code <= 57) id[length++] = code - 48;
    else if (code >= 65 && code <= 90) id[length++] = code - 55;
  }
  return length;
}

/** It is no part of a longer number, word, fraction, or row of groups. */
function isAlone(view: View, from: number, to: number, written: Written): boolean {
  const before = view.before(from);
  const after = view.code(to);
  if (view.isIn(ALNUM, to) || after === UNDERSCORE || before === PLUS) return false;
  if (isJoint(before, written.separator) && view.isIn(ALNUM, from - 2)) return false;
  if (isJoint(after, written.separator) && view.isIn(ALNUM, to + 1)) return false;
  // A row of numbers with spaces between them: any three of its groups would do.
  if (written.separator !== SPACE) return true;
  return !(isSpace(before) && view.isIn(DIGIT, from - 2)) && !(isSpace(after) && view.isIn(DIGIT, to + 1));
}

function isSpace(code: number): boolean {
  return code === SPACE || code === NO_BREAK_SPACE;
}

/** A dash or a dot goes on with what stands before it, and so does the separator of the groups, if it is none of prose. */
function isJoint(code: number, separator: number): boolean {
  return code === DASH || code === DOT || (code === separator && code !== SPACE);
}
