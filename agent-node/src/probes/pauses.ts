import { CONTROL, REQUEST } from '../application/shared.ts';
import { isConnectedTo } from '../runtime/connected.ts';
import { PAUSED_CALL } from './condition.ts';
import type { Debugger, Pause } from './debugger.ts';
import type { PlaceTable } from './place-table.ts';

/** May a person debug this process? Then it never pauses for us. */
export async function mayBeDebugged(session: Debugger, control: Int32Array): Promise<boolean> {
  return (await inspectorPort(session, control)) !== 0;
}

/** Does a person debug this process? Then a pause that is not ours is theirs. */
export async function isDebugged(session: Debugger, control: Int32Array): Promise<boolean> {
  const port = await inspectorPort(session, control);
  return port !== 0 && (isConnectedTo(port) ?? true);
}

/** The entry looks, and leaves the answer in memory. */
async function inspectorPort(session: Debugger, control: Int32Array): Promise<number> {
  await session.callEntry(REQUEST.debugged);
  return Atomics.load(control, CONTROL.debugged);
}

/**
 * A real pause: the application stands still until it is resumed. One call, then go on; a pause that is not ours
 * (`debugger;`) goes on at once, unless a person debugs by now. `readHits` takes what the call has posted.
 */
export async function servePause(
  pause: Pause,
  session: Debugger,
  control: Int32Array,
  places: PlaceTable,
  readHits: () => void,
): Promise<void> {
  const place = places.ofBreakpoints(pause.breakpointIds);
  if (!place && (await isDebugged(session, control).catch(() => false))) return;
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
