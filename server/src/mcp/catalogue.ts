import type { Caller } from '../access/caller.ts';
import { mayDo } from '../access/grants.ts';
import type { Tool } from './tool.ts';
import { cancelAction } from './tools/cancel-action.ts';
import { captureSnapshot } from './tools/capture-snapshot.ts';
import { inspectLocation } from './tools/inspect-location.ts';
import { listActions } from './tools/list-actions.ts';
import { listRuntimes } from './tools/list-runtimes.ts';
import { waitForAction } from './tools/wait-for-action.ts';

/** In the order in which an assistant needs them. */
export const TOOLS: readonly Tool[] = [
  listRuntimes,
  inspectLocation,
  captureSnapshot,
  waitForAction,
  listActions,
  cancelAction,
];

/** What a caller is shown; a tool that is not shown is refused when called. */
export function toolsFor(caller: Pick<Caller, 'role' | 'scopes'>): readonly Tool[] {
  return TOOLS.filter((tool) => mayDo(caller, tool.permission));
}
