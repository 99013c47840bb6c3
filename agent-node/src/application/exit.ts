import { CONTROL } from './shared.ts';

/** The most that the end of the process may be held up. The worker needs one or two milliseconds. */
const EXIT_WAIT_MS = 100;

// Taken now: the application may replace them later.
const { load, store, notify, wait } = Atomics;

/**
 * Asks the worker to send what it has and to let go of the debugger, and waits for it: without this, Node would print
 * "Waiting for the debugger to disconnect..." and a last hit could be lost.
 */
export function letGo(control: Int32Array): void {
  if (load(control, CONTROL.busy) === 0) return;
  store(control, CONTROL.exitRequested, 1);
  notify(control, CONTROL.exitRequested);
  wait(control, CONTROL.exitDone, 0, EXIT_WAIT_MS);
}
