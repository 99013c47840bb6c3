import { alphabet, DIGIT, LOWER, UPPER } from '../../alphabet.ts';
import { codeAt } from '../../intrinsics.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isRandom } from '../tokens/token-format.ts';

/** A shorter value of `cacheKey` may be an id. UTF-16 code units. */
const SHORTEST = 24;
/** The same for a name that is one such word and no more. */
const SHORTEST_OF_KEY = 32;
const LONGEST = 256;
const LONGEST_GAP = 6;

const WORDS: readonly string[] = ['key', 'auth', 'access', 'api'];

const VALUE = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_+/=');
const GAP = alphabet(' "\'`\\>=');
const AROUND = alphabet(' "\'`\\&,;)}]<');

/**
 * The value of a name that ends with `key` or the like, where it mixes capitals, small letters and digits like nothing but a secret
 * does. A hash, an id and a path stay. `at`: the operator behind the name.
 */
export function likelySecret(view: View, keyFrom: number, keyTo: number, at: number): readonly Span[] | undefined {
  if (!isSuggestive(view, keyFrom, keyTo)) return undefined;
  let from = at + 1;
  while (from - at <= LONGEST_GAP && view.isIn(GAP, from)) from++;
  if (!view.isIn(VALUE, from)) return undefined;
  const to = view.runEnd(VALUE, from);
  const length = to - from;
  if (length < (keyTo - keyFrom <= 4 ? SHORTEST_OF_KEY : SHORTEST) || length > LONGEST) return undefined;
  if (to < view.end && !view.isIn(AROUND, to) && view.code(to) > 32) return undefined;
  return isMixed(view, from, to) && isRandom(view, from, to) ? [{ from, to, kind: SECRET_NAME }] : undefined;
}

/** The last word of the name is one of these; not of `monkey`. */
export function isSuggestive(view: View, from: number, to: number): boolean {
  for (let index = 0; index < WORDS.length; index++) {
    const word = WORDS[index] ?? '';
    const start = to - word.length;
    if (start < from || !endsIn(view, to, word)) continue;
    return start === from || view.code(start) < 97 || !view.isIn(LOWER, start - 1);
  }
  return false;
}

function endsIn(view: View, to: number, word: string): boolean {
  for (let back = 1; back <= word.length; back++) {
    if ((view.code(to - back) | 32) !== codeAt(word, word.length - back)) return false;
  }
  return true;
}

function isMixed(view: View, from: number, to: number): boolean {
  let seen = 0;
  for (let index = from; index < to; index++) {
    if (view.isIn(LOWER, index)) seen |= 1;
    else if (view.isIn(UPPER, index)) seen |= 2;
    else if (view.isIn(DIGIT, index)) seen |= 4;
    if (seen === 7) return true;
  }
  return false;
}
