/** What the application's thread did in some time, less what is charged already. */
export interface Stretch {
  /** Milliseconds, without those in which it was ready to run and had no processor. */
  readonly ownMs: number;
  /** Milliseconds on a processor. */
  readonly cpuMs: number;
  /** Reads and writes; undefined where they are not counted. */
  readonly operations: number | undefined;
}

export const NO_STRETCH: Stretch = { ownMs: 0, cpuMs: 0, operations: 0 };

/** Of a core. Less than this is not told from an application that does a little more by itself. */
export const LEAST_EXCESS = 0.1;
/** And the code takes at least so many times what it takes without a breakpoint. */
const LEAST_RATIO = 2;
/** Reads and writes that measure the work which was done. */
const LEAST_OPERATIONS = 20;
/** Of a core. Above, a thread has no room to take twice as much: only its work tells that it has become slower. */
const BUSY = 0.5;
const SATURATED = 0.9;
/** Of the processor time of a saturated thread whose work nothing tells: an estimate, so that it has a bound. */
const UNKNOWN_SLOWDOWN = 0.1;

/** What comes last counts most: once there is more than `mostMs` of it, all of it counts half. */
export function addStretch(sum: Stretch, piece: Stretch, mostMs: number): Stretch {
  const scale = sum.ownMs + piece.ownMs > mostMs ? 0.5 : 1;
  const operations =
    sum.operations === undefined || piece.operations === undefined
      ? undefined
      : (sum.operations + piece.operations) * scale;
  return { ownMs: (sum.ownMs + piece.ownMs) * scale, cpuMs: (sum.cpuMs + piece.cpuMs) * scale, operations };
}

/** Of a core, 0 to 1. */
export function shareOf({ ownMs, cpuMs }: Stretch): number {
  return ownMs > 0 ? Math.max(0, cpuMs / ownMs) : 0;
}

/**
 * Milliseconds of processor time that the application took in `armed` because code is interpreted, judged by a stretch
 * without breakpoints; 0 where it is not plainly more. More load comes with more work: the time that the same work took
 * without breakpoints is the application's own. `loops`: armed code holds one.
 */
export function excessOf(armed: Stretch, control: Stretch, loops: boolean): number {
  const byTime = shareOf(control) * armed.ownMs;
  const byWork =
    armed.operations !== undefined && control.operations !== undefined && control.operations >= LEAST_OPERATIONS
      ? (armed.operations * control.cpuMs) / control.operations
      : undefined;
  let expected = Math.max(byTime, byWork ?? 0);
  if (shareOf(control) >= BUSY) {
    if (byWork === undefined) return loops && shareOf(armed) >= SATURATED ? armed.cpuMs * UNKNOWN_SLOWDOWN : 0;
    expected = byWork;
  }
  const excess = armed.cpuMs - expected;
  return excess >= LEAST_EXCESS * armed.ownMs && armed.cpuMs >= LEAST_RATIO * expected ? excess : 0;
}
