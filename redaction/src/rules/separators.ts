import type { View } from '../view.ts';

const NO_BREAK_SPACE = 0xa0;
const NARROW_NO_BREAK_SPACE = 0x202f;

/** A space or a tab. In French one that does not break stands before a colon. */
export function isSpace(code: number): boolean {
  return code === 32 || code === 9 || code === NO_BREAK_SPACE || code === NARROW_NO_BREAK_SPACE;
}

/** Behind what parts two groups, `) `, `-`, ` (`: at most two characters, of which no two are the same. */
export function behindSeparators(view: View, at: number, isSeparator: (code: number) => boolean): number {
  const first = view.code(at);
  if (!isSeparator(first)) return at;
  const second = view.code(at + 1);
  return isSeparator(second) && second !== first ? at + 2 : at + 1;
}
