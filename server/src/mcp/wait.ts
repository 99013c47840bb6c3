import type { Action } from '../actions/action.ts';
import type { ActionProgress, ActionView } from '../actions/actions.ts';
import type { ApprovalOptions } from '../actions/placing-approval.ts';
import { DELIVERY_GRACE } from '../actions/state-machine.ts';
import type { ToolContext } from './tool.ts';

/**
 * Seconds that a call waits where the client sent no progress token and named no time. Clients give up after 60 s of
 * silence; the action lives on, and `wait_for_action` continues.
 */
export const DEFAULT_WAIT_SECONDS = 45;

/** Milliseconds between two progress notifications; the promise is at least one every 10 s. */
const PROGRESS_EVERY = 8000;

/** Milliseconds past the action's own deadline for hits on their way and the last words of its runtimes. */
const GRACE = DELIVERY_GRACE + 2000;

/** Waits for the end of the action, as long as was asked for or is safe, and tells progress on the way. */
export async function waitForEnd(
  context: ToolContext,
  action: Action,
  waitSeconds: number | undefined,
  afterNumber?: number,
): Promise<ActionView> {
  const { actions, caller, now, signal } = context;
  const until = waitUntil(action, waitSeconds, context.progress !== undefined, now());
  const report = progressReporter(context, action);
  let cancel = () => {};
  const tick = () => {
    report?.tell(undefined);
    cancel = context.later(PROGRESS_EVERY, tick);
  };
  if (report !== undefined) tick();
  try {
    return await actions.wait(caller, action.id, {
      until,
      signal,
      ...(afterNumber !== undefined && { afterNumber }),
      ...(report !== undefined && { onChange: report.tell }),
    });
  } finally {
    cancel();
  }
}

/** How a call that places a probe waits for a person's approval: as long as it would wait for hits. */
export function approvalFrom({ now, signal, person }: ToolContext, waitSeconds: number | undefined): ApprovalOptions {
  const until = now() + (waitSeconds ?? DEFAULT_WAIT_SECONDS) * 1000;
  return { until, signal, ...(person !== undefined && { answer: person.answer }) };
}

/** Milliseconds since the epoch. */
export function waitUntil(action: Action, waitSeconds: number | undefined, hasProgress: boolean, now: number): number {
  const end = action.expiresAt + GRACE;
  if (waitSeconds === undefined && hasProgress) return end;
  const asked = now + (waitSeconds ?? DEFAULT_WAIT_SECONDS) * 1000;
  return asked >= action.expiresAt ? end : asked;
}

/** Progress is the time gone by, because it must grow with every notification and hits may not. */
function progressReporter(
  { progress, now }: ToolContext,
  action: Action,
): { tell: (view: ActionProgress | undefined) => void } | undefined {
  if (progress === undefined) return undefined;
  const total = action.expiresAt - action.createdAt;
  let told = -1;
  let message = `${action.state}, ${action.hits} of ${action.spec.maxHits} hits`;
  return {
    tell(view) {
      const next = view === undefined ? message : progressMessage(view);
      if (view !== undefined && next === message) return;
      message = next;
      told = Math.max(now() - action.createdAt, told + 1);
      progress({ progress: told / 1000, total: Math.max(total, told) / 1000, message });
    },
  };
}

function progressMessage({ action, placements }: ActionProgress): string {
  const hits = `${action.hits} of ${action.spec.maxHits} hits`;
  if (action.state !== 'armed') return `${action.state}, ${hits}`;
  const armed = placements.filter(({ status }) => status === 'armed').length;
  const pending = placements.filter(({ status }) => status === 'pending').length;
  const waiting = pending === 0 ? '' : `, ${pending} waiting for the module to load`;
  return `armed on ${armed} of ${placements.length} runtimes${waiting}, ${hits}`;
}
