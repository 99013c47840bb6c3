import type { Clock } from './clock.ts';

export interface StandstillOptions {
  readonly clock: Clock;
  /** Milliseconds of a clock that only goes forward. */
  readonly monotonic: () => number;
}

/** Notices that this process stood still: its machine was paused or had no time for it, or its event loop was blocked. */
export interface Standstill {
  start(): void;
  stop(): void;
  /** Milliseconds that what is read now may have waited until it was read; 0 but shortly after a standstill. */
  delay(): number;
  /** Milliseconds since the epoch when it went on after the last standstill; 0 where there was none. */
  over(): number;
}

/** Milliseconds between two looks. */
const LOOK_EVERY = 250;
/** Milliseconds between two looks that are a standstill: what is shorter is within what a frame may take on its way. */
const STANDSTILL = 1_000;
/** Milliseconds within which what came during a standstill is read. */
const CATCH_UP = 2_000;

export function createStandstill({ clock, monotonic }: StandstillOptions): Standstill {
  let last: number | undefined;
  let ended = Number.NEGATIVE_INFINITY;
  let length = 0;
  let over = 0;
  let cancel = () => {};

  function look(): void {
    const now = monotonic();
    if (last !== undefined && now - last > STANDSTILL) {
      length = now - last;
      ended = now;
      over = clock.now();
    }
    last = now;
  }

  function lookOn(): void {
    look();
    cancel = clock.later(LOOK_EVERY, lookOn);
  }

  return {
    start: lookOn,
    stop() {
      cancel();
      last = undefined;
    },
    delay() {
      // Sockets may be read before any timer runs.
      if (last !== undefined) look();
      return monotonic() - ended < CATCH_UP ? length : 0;
    },
    over() {
      if (last !== undefined) look();
      return over;
    },
  };
}
