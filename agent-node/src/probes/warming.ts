import { setTimeout as pause } from 'node:timers/promises';
import { CONTROL, REQUEST } from '../application/shared.ts';
import type { Debugger } from './debugger.ts';

/** More than there are: an application that replaces what we need must not be asked for ever. */
const MOST_STEPS = 64;
/** Between two steps the application works. Milliseconds. */
const BETWEEN_MS = 2;
/** A first hit may be slow, but a first action must not wait for long: milliseconds. */
const MOST_MS = 300;

/** Runs the application's part of a hit on samples, in small steps, so that the first real one is as quick as the next. */
export async function warmUp(session: Debugger, control: Int32Array): Promise<void> {
  const until = performance.now() + MOST_MS;
  try {
    for (let step = 0; step < MOST_STEPS && performance.now() < until; step++) {
      if (Atomics.load(control, CONTROL.warm) === 1) return;
      await session.callEntry(REQUEST.warmUp);
      await pause(BETWEEN_MS);
    }
  } catch {
    // The first hit is slower, and nothing else.
  }
}
