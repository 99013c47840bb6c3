import { codeAt, type Memo, sliceText } from './intrinsics.ts';

/** What stands in a text where something was hidden. */
export function placeholder(kind: string, pseudonym: string | undefined): string {
  return pseudonym === undefined ? `[redacted:${kind}]` : `[redacted:${kind}:${pseudonym}]`;
}

export const OPENING = '[redacted:';
/** Kind and pseudonym together; the protocol allows 64 characters for each. */
const LONGEST = 160;

/** The index behind a placeholder that starts at `from`, or -1: what was hidden once is not hidden again. */
export function placeholderEnd(text: string, from: number, end: number): number {
  for (let index = 0; index < OPENING.length; index++) {
    if (from + index >= end || codeAt(text, from + index) !== codeAt(OPENING, index)) return -1;
  }
  const start = from + OPENING.length;
  for (let index = start; index < end && index - from < LONGEST; index++) {
    const code = codeAt(text, index);
    if (code === CLOSE) return index > start ? index + 1 : -1;
    if (!isInner(code)) return -1;
  }
  return -1;
}

/**
 * Where the kind of a placeholder ends that stands from `from` to `end`: at the colon of its pseudonym or at its bracket. -1 where it
 * is no kind of ours, but a text that somebody has made to look like one.
 */
export function kindEnd(text: string, from: number, end: number, kinds: Memo): number {
  const start = from + OPENING.length;
  let to = start;
  while (to < end - 1 && codeAt(text, to) !== COLON) to++;
  return kinds.get(sliceText(text, start, to)) === undefined ? -1 : to;
}

const COLON = 58;
const CLOSE = 93;

function isInner(code: number): boolean {
  return (
    (code >= 48 && code <= 58) || // digits and the colon
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 45 ||
    code === 95
  );
}
