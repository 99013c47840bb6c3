import { CONTROL } from './shared.ts';

/** Milliseconds. A timer waits for all that is loaded in one go; an ES module's graph may take some turns more. */
const LOADED_MS = 100;

// Taken now: the application may replace them later.
const { store, notify } = Atomics;

/** Tells the worker when the application has been loaded. Keeps nothing alive. */
export function tellWhenLoaded(control: Int32Array): void {
  setTimeout(() => {
    store(control, CONTROL.loaded, 1);
    notify(control, CONTROL.loaded);
  }, LOADED_MS).unref();
}
