import { codeAt } from '../intrinsics.ts';

const STAR = 42;

/**
 * Whether the pattern is the whole text; `*` stands for any characters, and for none. In time at most the product of both
 * lengths: where a text does not go on as it should, only the last `*` takes one character more.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let at = 0;
  let index = 0;
  let star = -1;
  let taken = 0;
  while (index < text.length) {
    const code = at < pattern.length ? codeAt(pattern, at) : -1;
    if (code === STAR) {
      star = at++;
      taken = index;
    } else if (code === codeAt(text, index)) {
      at++;
      index++;
    } else if (star < 0) {
      return false;
    } else {
      at = star + 1;
      index = ++taken;
    }
  }
  while (at < pattern.length && codeAt(pattern, at) === STAR) at++;
  return at === pattern.length;
}
