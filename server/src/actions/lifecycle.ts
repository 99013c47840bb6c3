import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Job, Queue } from '../queue/queue.ts';
import type { Store } from '../store/store.ts';
import type { MeetDeadline } from './deadline.ts';
import { deadlineJob, dispatchJob } from './ending.ts';
import type { Orders } from './orders.ts';
import { isOver } from './state-machine.ts';

export interface LifecycleOptions {
  readonly store: Store;
  readonly audit: Audit;
  readonly queue: Queue;
  readonly orders: Orders;
  readonly meetDeadline: MeetDeadline;
  readonly clock: Clock;
  /** Milliseconds that ended actions and their hits are kept. */
  readonly retentionMs: number;
  /** Milliseconds that entries of the audit are kept. */
  readonly auditRetentionMs: number;
  readonly log: Log;
}

/** Milliseconds between two looks for what is too old. */
const EXPIRE_EVERY = 60_000;
/** Milliseconds between two looks for entries of the audit that are too old. */
const PRUNE_EVERY = 60 * 60 * 1000;

/**
 * What happens to actions without anybody asking: they are dispatched, they end in time, they are deleted in time, and so is
 * what else has an end.
 */
export interface Lifecycle {
  /** Takes up every live action of the store, where no job of it is left. */
  start(): Promise<void>;
  stop(): void;
}

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { store, audit, queue, orders, meetDeadline, clock, retentionMs, auditRetentionMs, log } = options;
  let cancelExpiry = () => {};
  let cancelPruning = () => {};
  let stopped = false;

  async function handle({ kind, organization, actionId }: Job): Promise<number | undefined> {
    // A timer may fire a little before the clock says so, and a runtime may still owe its last word.
    if (kind === 'deadline') return meetDeadline(organization, actionId);
    await dispatch(organization, actionId);
    return undefined;
  }

  /** Runtimes that are not attached learn of the action when they come back. */
  async function dispatch(organization: string, actionId: string): Promise<void> {
    const record = await store.actions.get(organization, actionId);
    if (record === undefined || isOver(record.action)) return;
    await orders.follow(organization, record);
  }

  /** Some at a time, until nothing is left: others come in between. */
  async function exhaust(deleteSome: () => Promise<number>): Promise<void> {
    while (!stopped && (await deleteSome()) > 0) await new Promise(setImmediate);
  }

  async function expire(): Promise<void> {
    try {
      const now = clock.now();
      await exhaust(() => store.actions.expire(now - retentionMs));
      await exhaust(() => store.documents.expire(now));
      await exhaust(() => store.quotas.expire(now));
    } catch (error) {
      log.warn({ err: error }, 'what is too old could not be deleted; the next look tries again');
    }
    if (!stopped) cancelExpiry = clock.later(Math.min(EXPIRE_EVERY, retentionMs), () => void expire());
  }

  /** A look a day would do; more looks have less to delete at once. */
  async function prune(): Promise<void> {
    try {
      for (const { id } of await store.organizations.list()) {
        if (stopped) return;
        const pruned = await audit.prune(id, clock.now() - auditRetentionMs);
        if (pruned > 0) log.info({ organization: id, entries: pruned }, 'old entries of the audit were deleted');
      }
    } catch (error) {
      log.warn({ err: error }, 'old entries of the audit could not be deleted; the next look tries again');
    }
    if (!stopped) cancelPruning = clock.later(PRUNE_EVERY, () => void prune());
  }

  return {
    async start() {
      for (const { organization, id, expiresAt } of queue.durable ? [] : await store.actions.live()) {
        await queue.add(deadlineJob(organization, id), expiresAt);
        await queue.add(dispatchJob(organization, id));
      }
      queue.start(handle);
      await expire();
      cancelPruning = clock.later(PRUNE_EVERY, () => void prune());
    },
    stop() {
      stopped = true;
      cancelExpiry();
      cancelPruning();
    },
  };
}
