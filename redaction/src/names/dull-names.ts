import { Bytes, codeAt, multiply32, Words } from '../intrinsics.ts';

/** A longer name is not kept. UTF-16 code units; a power of two. */
const LONGEST = 32;
/** A power of two: 32 KiB of names. */
const PLACES = 512;
/** The prime of 32-bit FNV. */
const FACTOR = 0x01000193;

const SPACE = 32;
/** No unit of a name. */
const ANY_DIGIT = 35;
const ZERO = 48;
const NINE = 57;

/**
 * Names in texts under which nothing is ever hidden: nearly every colon stands behind one. Each has one place, where it
 * takes that of the name before, and is compared unit by unit. Times and ids change from line to line, and say nothing: a
 * digit beside another counts as any, unless the two stand like that in some name that is looked for. A run of digits
 * that may be in such a name keeps all of them.
 */
export class DullNames {
  private readonly digitPairs: Uint8Array;
  private readonly lengths = new Bytes(PLACES);
  private readonly units = new Words(PLACES * LONGEST);
  /** The name that was read last, from its last unit to its first. */
  private readonly name = new Words(LONGEST);
  private length = 0;
  private hash = 0;

  /** `digitPairs`: see `NameMatcher`. */
  constructor(digitPairs: Uint8Array) {
    this.digitPairs = digitPairs;
  }

  /**
   * Reads the name that ends before `to` back to `least` at most, as far as units are members of `has`; its beginning, or
   * -1 where it is none that is kept.
   */
  read(text: string, has: Uint8Array, least: number, to: number): number {
    const { name, digitPairs } = this;
    let from = to;
    let hash = 0;
    /** What stands behind it. */
    let next = SPACE;
    this.length = 0;
    for (let code = to > least ? codeAt(text, to - 1) : SPACE; code < 128 && has[code] === 1; ) {
      if (to - from === LONGEST - 1) return -1;
      const before = --from > least ? codeAt(text, from - 1) : SPACE;
      const unit = isDigit(code) && isAny(digitPairs, before, code, next) ? ANY_DIGIT : code;
      name[to - from - 1] = unit;
      hash = (multiply32(hash, FACTOR) + unit) | 0;
      next = code;
      code = before;
    }
    if (from === to) return -1;
    this.length = to - from;
    this.hash = hash;
    return from;
  }

  /** Whether the name that was read last was entered. Behind a space it may be the last word of another: it is kept apart. */
  isKnown(behindSpace: boolean): boolean {
    const { units, name, length } = this;
    const size = behindSpace ? length + 1 : length;
    const place = this.placeOf(size);
    if (this.lengths[place] !== size) return false;
    const at = place * LONGEST;
    if (behindSpace && units[at + length] !== SPACE) return false;
    for (let index = 0; index < length; index++) if (units[at + index] !== name[index]) return false;
    return true;
  }

  /** Enters the name that was read last. */
  enter(behindSpace: boolean): void {
    const { units, name, length } = this;
    const size = behindSpace ? length + 1 : length;
    const place = this.placeOf(size);
    this.lengths[place] = size;
    const at = place * LONGEST;
    for (let index = 0; index < length; index++) units[at + index] = name[index] ?? 0;
    if (behindSpace) units[at + length] = SPACE;
  }

  /** `size`: with the space before it. */
  private placeOf(size: number): number {
    const mixed = multiply32(this.hash ^ size, FACTOR);
    return (mixed ^ (mixed >>> 9) ^ (mixed >>> 18)) & (PLACES - 1);
  }
}

/** A digit stands before it or behind it, and none of those two pairs is in a name that is looked for. */
function isAny(pairs: Uint8Array, before: number, code: number, next: number): boolean {
  const isFirst = !isDigit(before);
  const isLast = !isDigit(next);
  if (isFirst && isLast) return false;
  return (isFirst || pairs[pairOf(before, code)] === 0) && (isLast || pairs[pairOf(code, next)] === 0);
}

function pairOf(first: number, second: number): number {
  return (first - ZERO) * 10 + second - ZERO;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
