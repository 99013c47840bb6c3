import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Job, Queue } from './queue.ts';

export interface EmbeddedQueueOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Jobs that run at the same time. */
  readonly concurrency?: number;
}

/** Milliseconds before a rejected job comes again: doubled each time, up to the last. */
const RETRY = { first: 100, last: 5_000 };

interface Waiting {
  readonly job: Job;
  readonly attempt: number;
  readonly cancel: () => void;
}

/**
 * A queue of this process. Nothing of it outlives the process: its owner takes up what is live in the store when it
 * starts. A job is tried until it succeeds, so that a deadline is kept when the store works again.
 */
export function createEmbeddedQueue({ clock, log, concurrency = 32 }: EmbeddedQueueOptions): Queue {
  /** Jobs whose time has not come, by id. */
  const waiting = new Map<string, Waiting>();
  /** Jobs whose time has come, by id, in that order. */
  const due = new Map<string, { job: Job; attempt: number }>();
  const running = new Set<Promise<void>>();
  let handle: ((job: Job) => Promise<void>) | undefined;
  let closed = false;

  function schedule(job: Job, attempt: number, delay: number): void {
    if (closed) return;
    forget(job.id);
    if (delay <= 0) {
      due.set(job.id, { job, attempt });
      pump();
      return;
    }
    const cancel = clock.later(delay, () => {
      waiting.delete(job.id);
      due.set(job.id, { job, attempt });
      pump();
    });
    waiting.set(job.id, { job, attempt, cancel });
  }

  function forget(id: string): void {
    waiting.get(id)?.cancel();
    waiting.delete(id);
    due.delete(id);
  }

  function pump(): void {
    for (const [id, { job, attempt }] of due) {
      if (handle === undefined || closed || running.size >= concurrency) return;
      due.delete(id);
      const run = attend(handle, job, attempt).finally(() => {
        running.delete(run);
        pump();
      });
      running.add(run);
    }
  }

  async function attend(handler: (job: Job) => Promise<void>, job: Job, attempt: number): Promise<void> {
    try {
      await handler(job);
    } catch (error) {
      const delay = Math.min(RETRY.first * 2 ** attempt, RETRY.last);
      log.warn({ err: error, job: job.id, attempt, delay }, 'a job failed and comes again');
      // A newer job of this id has taken its place.
      if (!waiting.has(job.id) && !due.has(job.id)) schedule(job, attempt + 1, delay);
    }
  }

  return {
    async add(job, at) {
      schedule(job, 0, at === undefined ? 0 : at - clock.now());
    },
    async remove(id) {
      forget(id);
    },
    start(handler) {
      handle = handler;
      pump();
    },
    async close(timeoutMs) {
      closed = true;
      for (const { cancel } of waiting.values()) cancel();
      waiting.clear();
      due.clear();
      if (running.size === 0) return;
      let cancel = () => {};
      const timeout = new Promise<void>((resolve) => {
        cancel = clock.later(timeoutMs, resolve);
      });
      await Promise.race([Promise.all(running), timeout]);
      cancel();
    },
  };
}
