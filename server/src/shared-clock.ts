import type { Clock } from './clock.ts';

export interface SharedClockOptions {
  /** The time that all share, in milliseconds since the epoch. May reject. */
  readonly readTime: () => Promise<number>;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
  readonly later: Clock['later'];
}

export interface SharedClock extends Clock {
  /** Reads the time once, and again from time to time. Rejects where it cannot be read now. */
  start(): Promise<void>;
  stop(): void;
}

/** Milliseconds between two readings: so long a quartz drifts by less than a millisecond. */
const READ_EVERY = 5_000;
/** Milliseconds of doubt above which a reading says nothing: something stood still while it was on its way. */
const MOST_DOUBT = 250;

/**
 * One time for many machines whose own clocks may be wrong by any amount: a time that they all read, carried on by what has
 * gone by since. Steps back at most by what a reading corrects.
 */
export function createSharedClock({ readTime, monotonic, later }: SharedClockOptions): SharedClock {
  let offset: number | undefined;
  let cancel = () => {};
  let stopped = false;

  async function read(): Promise<void> {
    const before = monotonic();
    const time = await readTime();
    const after = monotonic();
    // It was read somewhere between: in the middle, give or take half of the way.
    const doubt = (after - before) / 2;
    const found = time - (before + doubt);
    if (offset === undefined || (doubt <= MOST_DOUBT && Math.abs(found - offset) > doubt + 1)) offset = found;
  }

  function readOn(): void {
    if (stopped) return;
    cancel = later(READ_EVERY, () => {
      read()
        .catch(() => undefined)
        .finally(readOn);
    });
  }

  return {
    later,
    now() {
      if (offset === undefined) throw new Error('the shared clock has not been started');
      return Math.round(monotonic() + offset);
    },
    async start() {
      await read();
      readOn();
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
