import type { Clock } from '../clock.ts';
import type { Standstill } from '../standstill.ts';
import { type Store, StoreUnavailable } from '../store/store.ts';
import type { Ending } from './ending.ts';
import { expiryOf, isOver, nextAction } from './state-machine.ts';

export interface DeadlineOptions {
  readonly store: Store;
  readonly ending: Ending;
  readonly clock: Clock;
  readonly standstill: Standstill;
  /** Milliseconds; `DELIVERY_GRACE` where not given. */
  readonly graceMs?: number;
}

/**
 * Ends the action where its time is over and nothing is owed to it any more. When to ask again, in milliseconds since the
 * epoch; undefined where it is over. Rejects with `StoreUnavailable`.
 */
export type MeetDeadline = (organization: string, actionId: string) => Promise<number | undefined>;

export function createDeadline({ store, ending, clock, standstill, graceMs }: DeadlineOptions): MeetDeadline {
  // Agents keep their hits while the broker is away, stands still, or its store takes none: they have the grace when it can
  // again.
  let ableSince = clock.now();

  return async (organization, actionId) => {
    const record = await store.actions.get(organization, actionId);
    if (record === undefined || isOver(record.action)) return undefined;
    ableSince = Math.max(ableSince, standstill.over());
    const due = expiryOf(record.action, record.placements, { ableSince, ...(graceMs !== undefined && { graceMs }) });
    const at = clock.now();
    if (at < due) return at < record.action.expiresAt ? record.action.expiresAt : due;
    let ended = false;
    try {
      await store.actions.change(organization, actionId, (before) => {
        const next = nextAction(before, { type: 'deadline', at, due });
        ended = next !== before;
        return next;
      });
    } catch (error) {
      if (error instanceof StoreUnavailable) ableSince = clock.now();
      throw error;
    }
    if (ended) await ending(organization, actionId);
    return undefined;
  };
}
