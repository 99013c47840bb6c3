import type { Caught } from './spans.ts';

/** Kind of what was not looked at: behind a limit, or after a failure inside the redactor. */
export const UNEXAMINED = 'unexamined';

/**
 * Findings of one text. Each is an object, a piece of a new text and maybe a pseudonym, some microseconds of the
 * application's thread: what stands behind so many is hidden whole.
 */
export const MOST_FINDINGS = 4096;

/** Where there are too many of them, one takes the place of all behind the last that counts, and of all up to `end`. */
export function hideRest(caught: Caught[], end: number): boolean {
  const last = caught[MOST_FINDINGS - 1];
  if (last === undefined || caught.length <= MOST_FINDINGS) return false;
  caught.length = MOST_FINDINGS;
  caught[MOST_FINDINGS] = { from: last.to, to: end, kind: UNEXAMINED };
  return true;
}
