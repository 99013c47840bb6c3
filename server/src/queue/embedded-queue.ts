import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Job, JobHandler, Queue } from './queue.ts';

export interface EmbeddedQueueOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Jobs that run at the same time. */
  readonly concurrency?: number;
}

/** Milliseconds before a rejected job comes again: doubled each time, up to the last. */
const RETRY = { first: 100, last: 5_000 };

/**
 * A queue of this process. Nothing of it outlives the process: its owner takes up what is live in the store when it
 * starts. A job is tried until it succeeds, so that a deadline is kept when the store works again.
 */
export function createEmbeddedQueue({ clock, log, concurrency = 32 }: EmbeddedQueueOptions): Queue {
  /** Jobs whose time has not come, by id. */
  const waiting = new Map<string, { cancel: () => void }>();
  /** Jobs whose time has come, by id, in that order. */
  const due = new Map<string, { job: Job; attempt: number }>();
  const running = new Set<Promise<void>>();
  let handle: JobHandler | undefined;
  let closed = false;

  function schedule(job: Job, attempt: number, delay: number): void {
    if (closed || waiting.has(job.id) || due.has(job.id)) return;
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
    waiting.set(job.id, { cancel });
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

  async function attend(handler: JobHandler, job: Job, attempt: number): Promise<void> {
    try {
      const again = await handler(job);
      if (typeof again === 'number') schedule(job, 0, again - clock.now());
    } catch (error) {
      const delay = Math.min(RETRY.first * 2 ** attempt, RETRY.last);
      log.warn({ err: error, job: job.id, attempt, delay }, 'a job failed and comes again');
      schedule(job, attempt + 1, delay);
    }
  }

  return {
    durable: false,
    async add(job, at) {
      schedule(job, 0, at === undefined ? 0 : at - clock.now());
    },
    async remove(id) {
      waiting.get(id)?.cancel();
      waiting.delete(id);
      due.delete(id);
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
