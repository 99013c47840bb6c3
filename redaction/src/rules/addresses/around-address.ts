import { ALNUM, HEX } from '../../alphabet.ts';
import type { View } from '../../view.ts';

/** Characters of a colon: of itself, or of its percent-encoded form; 0: none stands there. */
export function colonWidth(view: View, at: number): number {
  const code = view.code(at);
  if (code === COLON) return 1;
  return code === PERCENT && view.code(at + 1) === THREE && (view.code(at + 2) | 32) === LETTER_A ? 3 : 0;
}

/** A group of an IPv6 address has four digits. */
const LONGEST_GROUP = 5;

/**
 * Notes how far single groups go on with colons between them. Only the first two colons of such a row are those of an
 * address: behind them each group belongs to what began before. `at`: a colon of `width` characters.
 */
export function noteChain(view: View, at: number, width: number): void {
  if (at <= view.chainTo) return;
  let second = -1;
  let last = at;
  for (let index = at + width; ; ) {
    const group = index;
    while (index - group <= LONGEST_GROUP && view.isIn(HEX, index)) index++;
    if (index - group > LONGEST_GROUP || colonWidth(view, index) !== width) break;
    last = index;
    if (second < 0) second = index;
    index += width;
  }
  view.chainFrom = second < 0 ? last : second;
  view.chainTo = last;
}

/** Two colons of the row that `noteChain` has noted stand before this one. */
export function isChained(view: View, at: number): boolean {
  return at > view.chainFrom && at <= view.chainTo;
}

/** A word goes on at this index. */
export function goesOn(view: View, at: number): boolean {
  return view.isIn(ALNUM, at) || view.code(at) === UNDERSCORE;
}

/** A word goes on before this index, and it is no written line break (`\n`) and no percent-encoded character. */
export function isInWord(view: View, from: number): boolean {
  if (from === view.fresh || !goesOn(view, from - 1)) return false;
  if (view.code(from - 2) === BACKSLASH) {
    const escaped = view.code(from - 1);
    return escaped !== LETTER_N && escaped !== LETTER_R && escaped !== LETTER_T;
  }
  return !isEscape(view, from - 3);
}

/** `%3A`. */
export function isEscape(view: View, at: number): boolean {
  return view.code(at) === PERCENT && view.isIn(HEX, at + 1) && view.isIn(HEX, at + 2);
}

const PERCENT = 37;
const THREE = 51;
const COLON = 58;
const BACKSLASH = 92;
const UNDERSCORE = 95;
const LETTER_A = 97;
const LETTER_N = 110;
const LETTER_R = 114;
const LETTER_T = 116;
