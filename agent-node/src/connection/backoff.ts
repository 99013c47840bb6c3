/** Milliseconds. */
const FIRST_MS = 500;
const MAX_MS = 30_000;
/** After a refused token or an unknown protocol version: only a person can mend that. */
const SLOW_MS = 120_000;

/**
 * Full jitter: anywhere between nothing and the exponential bound, so that agents that lost the same broker do not come
 * back in one wave. `random` is in [0, 1).
 */
export function reconnectDelay(failures: number, random: number): number {
  return Math.round(random * Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failures, 16)));
}

/** Between half of the slow delay and all of it. */
export function slowDelay(random: number): number {
  return Math.round(SLOW_MS * (0.5 + random / 2));
}

/** A broker that goes away names a time; up to half of it comes on top. */
export function drainDelay(reconnectAfterMs: number, random: number): number {
  return Math.round(reconnectAfterMs * (1 + random / 2));
}
