import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import { type Store, StoreUnavailable } from '../store/store.ts';
import type { Changes } from './changes.ts';
import type { MeetDeadline } from './deadline.ts';
import type { Orders } from './orders.ts';

export interface SweepOptions {
  readonly store: Store;
  /** Put back where Redis has lost it. */
  readonly secrets: { keep(): Promise<void> };
  readonly orders: Orders;
  readonly meetDeadline: MeetDeadline;
  readonly changes: Changes;
  readonly clock: Clock;
  /** 0 up to 1: so that brokers do not all look at the same moment. */
  readonly random: () => number;
  readonly log: Log;
  readonly meter: Meter;
  /** Milliseconds between two looks; 3 s where not given. */
  readonly everyMs?: number;
  /** Milliseconds that the store must have worked before attachments lapse; 30 s where not given. */
  readonly settleMs?: number;
}

const EVERY = 3_000;
/** Milliseconds after which an action should have been dispatched, or ended, by its job. */
const LATE_BY = 2_000;
/**
 * Milliseconds that the store must have worked before attachments lapse: two heartbeats, so that no broker ends what another
 * is about to renew after all of them were cut off.
 */
const SETTLE = 30_000;

/** Batches of attachments that lapse in one look; what is left then waits for the next, behind actions that are late. */
const LAPSE_BATCHES = 500;

/** Makes good what jobs and brokers that are gone have left undone. Every broker looks; what two do at once is done once. */
export interface Sweep {
  start(): void;
  stop(): void;
}

export function createSweep(options: SweepOptions): Sweep {
  const { store, secrets, orders, meetDeadline, changes, clock, random, log, meter } = options;
  const { everyMs = EVERY, settleMs = SETTLE } = options;
  /** Milliseconds that the store has worked without a break, as far as looks tell. */
  let steadyMs = 0;
  let lastLook = Number.POSITIVE_INFINITY;
  let cancel = () => {};
  let stopped = false;

  async function look(): Promise<void> {
    const now = clock.now();
    // This process stood still, and could not renew its own.
    if (now - lastLook > settleMs) steadyMs = 0;
    lastLook = now;
    await secrets.keep();
    const late = await store.actions.late({ deadlineBefore: now - LATE_BY, queuedBefore: now - LATE_BY });
    for (const { organization, id, expiresAt } of late) {
      if (stopped) return;
      if (expiresAt <= now) {
        // One that still waits for hits on their way is looked at again.
        if ((await meetDeadline(organization, id)) === undefined) meter.madeGood('deadline');
        continue;
      }
      const record = await store.actions.get(organization, id);
      if (record?.action.state !== 'queued') continue;
      // A runtime that left learns of it when it comes back.
      if (record.placements.every(({ goneSince }) => goneSince !== undefined)) continue;
      await orders.follow(organization, record);
      meter.madeGood('dispatch');
    }
    if (steadyMs >= settleMs) await letGo(clock.now());
  }

  /** What was over at `at`, and no more: a renewal that comes meanwhile counts. A broker that died may leave thousands. */
  async function letGo(at: number): Promise<void> {
    for (let batch = 0; batch < LAPSE_BATCHES && !stopped; batch++) {
      const lapsed = await store.runtimes.lapse(at);
      if (lapsed.length === 0) return;
      for (const { organization, runtime, actionIds } of lapsed) {
        log.warn({ organization, runtime }, 'a runtime was let go: no broker has renewed its attachment');
        meter.madeGood('lapse');
        for (const actionId of actionIds) changes.tell(organization, actionId, 'progress');
      }
      await new Promise(setImmediate);
    }
  }

  function lookOn(): void {
    if (stopped) return;
    const delay = everyMs * (0.5 + random());
    cancel = clock.later(delay, () => {
      look()
        .then(() => {
          steadyMs += delay;
        })
        .catch((error: unknown) => {
          steadyMs = 0;
          if (!(error instanceof StoreUnavailable)) log.error({ err: error }, 'the sweep failed');
        })
        .finally(lookOn);
    });
  }

  return {
    start: lookOn,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
