import type { BoundPlace, Cost, Observation, Problem } from '@borescope/agent-protocol';
import type { Action, ActionState, Placement } from './action.ts';

/**
 * What an action is and when it ends, without a clock or a store. An action begins `queued`, is `armed` as soon as one
 * runtime has its probe in place or waits for the module to load, and ends exactly once:
 *
 * - `completed` with the last hit of its budget (the store does that in the step that accepts the hit);
 * - `expired` at its deadline, or up to a grace later where a runtime still owes its last word (`expiryOf`); a runtime
 *   that leaves ends nothing, because it may come back;
 * - `cancelled` by a caller;
 * - `failed` when every placement has failed.
 *
 * What is over never changes; only what a runtime says of its own probe is still noted on the placement.
 */
const TERMINAL_STATES: ReadonlySet<ActionState> = new Set(['completed', 'expired', 'cancelled', 'failed']);

export function isOver(action: Pick<Action, 'state'>): boolean {
  return TERMINAL_STATES.has(action.state);
}

/**
 * Milliseconds past its deadline that an action stays open for hits that were captured before it and are still on their
 * way: a runtime is reconnecting, or the store could not take them. Its probes are gone by then: agents remove them at
 * the deadline of their own accord. Every answer about an action whose runtime died is late by this, so it is short.
 */
export const DELIVERY_GRACE = 10_000;

/**
 * When the action ends at the latest: at its deadline where every runtime has said that its probe is gone, for then
 * nothing more can come; else a grace later, counted from when the broker could take hits (again), `ableSince`.
 */
export function expiryOf(
  action: Action,
  placements: readonly Placement[],
  { ableSince, graceMs = DELIVERY_GRACE }: { ableSince: number; graceMs?: number },
): number {
  const heard = placements.every(({ status }) => status === 'removed' || status === 'failed');
  return heard ? action.expiresAt : Math.max(action.expiresAt, ableSince) + graceMs;
}

/** `due`: what `expiryOf` says; the deadline where not given. */
export type ActionEvent =
  | { type: 'cancel'; at: number; reason?: string }
  | { type: 'deadline'; at: number; due?: number };

/** What the action becomes; the same object where the event means nothing to it. Too early a deadline means nothing. */
export function nextAction(action: Action, event: ActionEvent): Action {
  if (isOver(action)) return action;
  switch (event.type) {
    case 'cancel':
      return { ...action, state: 'cancelled', reason: event.reason ?? 'it was cancelled', endedAt: event.at };
    case 'deadline':
      if (event.at < Math.max(action.expiresAt, event.due ?? 0)) return action;
      return {
        ...action,
        state: 'expired',
        reason: `its time of ${action.spec.timeoutSeconds} s was over`,
        endedAt: event.at,
      };
  }
}

export type PlacementEvent =
  | { type: 'armed'; bound: BoundPlace }
  | { type: 'pending' }
  | { type: 'failed'; problem: Problem; at: number }
  | { type: 'status'; removed: boolean; observation: Observation; cost: Cost };

export interface Step {
  readonly action: Action;
  readonly placement: Placement;
  /** Every other placement of the action has failed. */
  readonly othersFailed: boolean;
}

/** What one runtime said, applied to its placement and to the action. Unchanged parts are the same objects. */
export function nextPlacement(step: Step, event: PlacementEvent): { action: Action; placement: Placement } {
  const { action, placement, othersFailed } = step;
  if (event.type === 'status') {
    const status = event.removed && placement.status !== 'failed' ? 'removed' : placement.status;
    return { action, placement: { ...placement, status, observation: event.observation, cost: event.cost } };
  }
  // A probe that is reported after the end is about to be taken out; a placement that failed once stays failed.
  if (isOver(action) || placement.status === 'failed') return { action, placement };
  switch (event.type) {
    case 'armed':
      return { action: armed(action), placement: { ...placement, status: 'armed', bound: event.bound } };
    case 'pending':
      return { action: armed(action), placement: { ...placement, status: 'pending' } };
    case 'failed': {
      const failed: Placement = { ...placement, status: 'failed', problem: event.problem };
      if (!othersFailed) return { action, placement: failed };
      const reason = `no runtime could keep the probe in place (${event.problem.code})`;
      return { action: { ...action, state: 'failed', reason, endedAt: event.at }, placement: failed };
    }
  }
}

function armed(action: Action): Action {
  return action.state === 'queued' ? { ...action, state: 'armed' } : action;
}
