/** Time as an argument: what is now, and what runs later. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs once after `ms` milliseconds; the answer cancels it. Never keeps the process alive. */
  later(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  later(ms, run) {
    const timer = setTimeout(run, Math.max(0, ms));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
