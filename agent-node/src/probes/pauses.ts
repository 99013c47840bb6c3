import { CONTROL, REQUEST } from '../application/shared.ts';
import { PAUSED_CALL } from './condition.ts';
import type { Debugger, Pause } from './debugger.ts';
import type { PlaceTable } from './place-table.ts';

/** Does a person debug this process? Then it never pauses for us. The entry looks, and leaves the answer in memory. */
export async function isDebugged(session: Debugger, control: Int32Array): Promise<boolean> {
  await session.callEntry(REQUEST.debugged);
  return Atomics.load(control, CONTROL.debugged) === 1;
}

/**
 * A real pause: the application stands still until it is resumed. One call, then go on; a pause that is not ours
 * (`debugger;`) goes on at once. `readHits` takes what the call has posted.
 */
export async function servePause(
  pause: Pause,
  session: Debugger,
  places: PlaceTable,
  readHits: () => void,
): Promise<void> {
  const place = places.ofBreakpoints(pause.breakpointIds);
  try {
    if (place) {
      await session.callInPause(PAUSED_CALL, place.row, pause);
      readHits();
    }
  } catch {
    // The pass is lost; the application must go on.
  } finally {
    await session.resume().catch(() => {});
  }
}
