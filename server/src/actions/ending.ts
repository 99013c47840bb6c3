import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { Queue } from '../queue/queue.ts';
import { type Store, StoreUnavailable } from '../store/store.ts';
import type { Changes } from './changes.ts';
import type { Orders } from './orders.ts';
import type { Permits } from './permits.ts';
import { isOver } from './state-machine.ts';

export interface EndingOptions {
  readonly store: Store;
  readonly orders: Orders;
  readonly queue: Queue;
  readonly changes: Changes;
  readonly permits: Permits;
  readonly log: Log;
  readonly meter: Meter;
}

/** What follows from the end of an action that the store has just noted. */
export type Ending = (organization: string, actionId: string) => Promise<void>;

/**
 * Tells who waits, takes the probes out, and forgets the jobs. Where the store fails in the middle nothing is lost: a
 * probe that stays is told to go with its next word, and goes of its own accord at its deadline.
 */
export function createEnding({ store, orders, queue, changes, permits, log, meter }: EndingOptions): Ending {
  return async (organization, actionId) => {
    changes.tell(organization, actionId, 'ended');
    try {
      const record = await store.actions.get(organization, actionId);
      if (record === undefined || !isOver(record.action)) return;
      const { action } = record;
      const { state } = action;
      meter.actionEnded(state, ((action.endedAt ?? action.expiresAt) - action.createdAt) / 1000);
      log.info({ organization, action: actionId, state, hits: action.hits }, 'action ended');
      const jobs = [deadlineJob(organization, actionId), dispatchJob(organization, actionId)];
      await Promise.all([
        orders.follow(organization, record),
        permits.ended(action, [...record.placements]),
        ...jobs.map(({ id }) => queue.remove(id)),
      ]);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      meter.storeUnavailable();
      log.warn({ err: error, organization, action: actionId }, 'the end of an action was not told to its runtimes');
    }
  };
}

export function deadlineJob(organization: string, actionId: string) {
  return { id: `deadline-${actionId}`, kind: 'deadline', organization, actionId } as const;
}

export function dispatchJob(organization: string, actionId: string) {
  return { id: `dispatch-${actionId}`, kind: 'dispatch', organization, actionId } as const;
}
