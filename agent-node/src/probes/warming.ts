import { setTimeout as pause } from 'node:timers/promises';
import { CONTROL, REQUEST, WARM } from '../application/shared.ts';
import type { Debugger } from './debugger.ts';

/** More than there are: an application that replaces what we need must not be asked for ever. */
const MOST_STEPS = 128;
/** Between two steps the application works. Milliseconds. */
const BETWEEN_MS = 1;
/** A first hit may be slow, but a first action must not wait for long: milliseconds. */
const MOST_MS = 300;
/** What goes on while the first probe is in place already, milliseconds. */
const MOST_PRACTICE_MS = 5000;

/**
 * Runs the application's part of a hit on samples, in small steps, so that the first real one is as quick as the next.
 * Resolves when it is compiled; what remains goes on by itself, and `done` is called when it is over.
 */
export async function warmUp(session: Debugger, control: Int32Array, done: () => void): Promise<void> {
  await stepTo(WARM.ready, session, control, MOST_MS);
  void stepTo(WARM.practised, session, control, MOST_PRACTICE_MS).then(done);
}

async function stepTo(level: number, session: Debugger, control: Int32Array, mostMs: number): Promise<void> {
  const until = performance.now() + mostMs;
  try {
    for (let step = 0; step < MOST_STEPS && performance.now() < until; step++) {
      if (Atomics.load(control, CONTROL.warm) >= level) return;
      await session.callEntry(REQUEST.warmUp);
      await pause(BETWEEN_MS);
    }
  } catch {
    // The first hits are slower, and nothing else.
  }
}
