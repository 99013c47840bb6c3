import { ALNUM, DIGIT } from '../../alphabet.ts';
import type { View } from '../../view.ts';

const ENDINGS: readonly string[] = ['.js', '.ts', '.mjs', '.cjs', '.mts', '.cts', '.jsx', '.tsx', '.vue', '.svelte'];
/** Digits of a line or a column. */
const LONGEST_NUMBER = 7;

/** `token.js:12:34`, as stacks have it: the name of a file of code ends before the colon at `at`, and a line follows. */
export function isSourcePlace(view: View, at: number): boolean {
  const line = numberEnd(view, at + 1);
  if (line < 0 || !hasEnding(view, at)) return false;
  const column = view.code(line) === COLON ? numberEnd(view, line + 1) : line;
  return !view.isIn(ALNUM, column < 0 ? line : column);
}

/** Behind the digits at `from`; -1 where there are none, or more than a line has. */
function numberEnd(view: View, from: number): number {
  let to = from;
  while (to - from <= LONGEST_NUMBER && view.isIn(DIGIT, to)) to++;
  return to === from || to - from > LONGEST_NUMBER ? -1 : to;
}

function hasEnding(view: View, at: number): boolean {
  for (let index = 0; index < ENDINGS.length; index++) {
    const ending = ENDINGS[index] ?? '';
    if (view.startsWith(ending, at - ending.length)) return true;
  }
  return false;
}

const COLON = 58;
