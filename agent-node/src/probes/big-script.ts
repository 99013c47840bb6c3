/**
 * Where a place is captured in real pauses instead of in its condition. V8 parses the whole script at the first evaluation
 * in each of its functions (`LocalsBlockListCacheGet` in its debug-scopes.cc has nothing of the function then): 8 ms for
 * 120 KB, 20 ms for 300 KB, 50 to 75 ms for 1 MB, 120 to 200 ms for 2.4 MB, on Node 20 to 26. It keeps what it found, so
 * that each later pass takes 0.1 ms whatever the size, also when the breakpoint was removed meanwhile. A pause takes about
 * a millisecond every time, and spares the parse only until the first evaluation.
 */

/** UTF-16 code units. Up to here the parse is short enough, and a pause has risks of its own. */
const SHORT_SCRIPT = 100 * 1024;
/** Above, the parse would be felt, some 25 ms and more: pauses, however many. */
const LONG_SCRIPT = 350 * 1024;
/** What V8 parses in the time of one pause. */
const PARSED_IN_A_PAUSE = 14 * 1024;

/** What a real pause with one call takes, in microseconds. */
export const PAUSE_US = 1000;

/** `passes`: how many are wanted; without an end where a condition decides which of them is a hit. */
export function pausesCostLess(scriptLength: number, passes: number): boolean {
  if (scriptLength <= SHORT_SCRIPT) return false;
  return scriptLength > LONG_SCRIPT || passes * PARSED_IN_A_PAUSE < scriptLength;
}
