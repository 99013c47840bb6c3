import { alphabet, DIGIT } from '../alphabet.ts';
import { SECRET_NAME } from '../names/name-terms.ts';
import type { Span } from '../rule.ts';
import type { View } from '../view.ts';
import { isRandom } from './tokens/token-format.ts';

/** A shorter value of `cacheKey` may be an id. UTF-16 code units. */
const SHORTEST = 24;
/** The same for a name that is `key` and no more. */
const SHORTEST_OF_KEY = 32;
const LONGEST = 256;
const LONGEST_GAP = 6;

const VALUE = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_+/=');
const SMALL = alphabet('abcdefghijklmnopqrstuvwxyz');
const CAPITAL = alphabet('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const GAP = alphabet(' "\'`\\>=');
const AROUND = alphabet(' "\'`\\');

/**
 * The value of a name that ends with `key`, where it mixes capitals, small letters and digits like nothing but a secret
 * does. A hash, an id and a path stay. `at`: the operator behind the name.
 */
export function likelySecret(view: View, keyFrom: number, keyTo: number, at: number): readonly Span[] | undefined {
  if (!isKey(view, keyFrom, keyTo)) return undefined;
  let from = at + 1;
  while (from - at <= LONGEST_GAP && view.isIn(GAP, from)) from++;
  if (!view.isIn(VALUE, from)) return undefined;
  const to = view.runEnd(VALUE, from);
  const length = to - from;
  if (length < (keyTo - keyFrom === 3 ? SHORTEST_OF_KEY : SHORTEST) || length > LONGEST) return undefined;
  if (to < view.end && !view.isIn(AROUND, to) && view.code(to) > 32 && view.code(to) !== COMMA) return undefined;
  return isMixed(view, from, to) && isRandom(view, from, to) ? [{ from, to, kind: SECRET_NAME }] : undefined;
}

/** The last word of the name is `key`; not of `monkey`. */
function isKey(view: View, from: number, to: number): boolean {
  if (to - from < 3 || (view.code(to - 1) | 32) !== LETTER_Y) return false;
  const first = view.code(to - 3);
  if ((view.code(to - 2) | 32) !== LETTER_E || (first | 32) !== LETTER_K) return false;
  return to - from === 3 || first < 97 || !view.isIn(SMALL, to - 4);
}

function isMixed(view: View, from: number, to: number): boolean {
  let seen = 0;
  for (let index = from; index < to; index++) {
    if (view.isIn(SMALL, index)) seen |= 1;
    else if (view.isIn(CAPITAL, index)) seen |= 2;
    else if (view.isIn(DIGIT, index)) seen |= 4;
    if (seen === 7) return true;
  }
  return false;
}

const COMMA = 44;
const LETTER_E = 101;
const LETTER_K = 107;
const LETTER_Y = 121;
