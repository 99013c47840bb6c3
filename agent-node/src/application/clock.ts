import { uncurry } from '../capture/primordials.ts';

// Taken now: a fake clock of a test framework, or a hostile application, may replace them later.
const performanceNow = uncurry<(clock: typeof performance) => number>(performance.now);
const clock = performance;

/** Microseconds, monotonic. */
export const now = (): number => performanceNow(clock) * 1000;
/** Milliseconds since the epoch. */
export const wallClock: () => number = Date.now;
