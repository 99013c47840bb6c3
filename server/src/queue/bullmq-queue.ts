import { Queue as BullQueue } from 'bullmq';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { toStoreFailure } from '../store/redis/failure.ts';
import type { RedisClient } from '../store/redis/redis-client.ts';
import { StoreUnavailable } from '../store/store.ts';
import { BullmqWorker, PROBE, QUEUE, TAKE_OVER, type TakeOver } from './bullmq-worker.ts';
import type { JobHandler, Queue } from './queue.ts';

export interface BullmqQueueOptions {
  /** For adding and removing: a command fails soon where Redis is away. Stays open. */
  readonly connection: RedisClient;
  /** Why it could not be made last. */
  readonly lastFailure?: () => Error | undefined;
  /** A new connection without a limit of retries, for a worker; it is closed with the worker. */
  readonly workerConnection: () => RedisClient;
  /** Names this broker among the others. */
  readonly replica: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Jobs that run at the same time in this broker. */
  readonly concurrency?: number;
  readonly takeOver?: TakeOver;
  /** Milliseconds between two looks whether the worker lives. */
  readonly lookEveryMs?: number;
  /** Milliseconds for the connection at the start; 10 s where not given. */
  readonly readyWithinMs?: number;
  /** The worker was wedged, and another one has taken its place. */
  readonly onRebuilt?: () => void;
}

/** Attempts of a job that fails each time: about four minutes. What is given up then is found by the sweep. */
const ATTEMPTS = 50;

/** Milliseconds for the connection at the start: Redis may take no further one, and BullMQ would wait for ever. */
const READY_WITHIN = 10_000;

/** Milliseconds between two looks; a worker that waits for jobs asks for one at least every 11 s. */
const LOOK_EVERY = 5_000;
/** Looks without a sign of life, while Redis answers, after which the worker is replaced. */
const MOST_QUIET = 4;

/** Of BullMQ's own events, which nobody reads, so many are kept. */
const EVENTS = 100;

/**
 * The queue of all brokers of an installation: a job is run by any of them, also where the one that added it, or the one
 * that ran it, is dead. Loses no job but with the data of Redis.
 */
export async function openBullmqQueue(options: BullmqQueueOptions): Promise<Queue> {
  const { connection, workerConnection, replica, clock, log, concurrency = 32, takeOver = TAKE_OVER } = options;
  const { lastFailure, readyWithinMs = READY_WITHIN, lookEveryMs = LOOK_EVERY, onRebuilt } = options;
  const jobs = new BullQueue(QUEUE.name, {
    connection,
    prefix: QUEUE.prefix,
    streams: { events: { maxLen: EVENTS } },
    defaultJobOptions: {
      attempts: ATTEMPTS,
      backoff: { type: 'custom' },
      // The id is free again at once: a job that is added again is never taken for one that is done.
      removeOnComplete: true,
      removeOnFail: true,
    },
  });
  // The connection tells of its own loss; an error without a listener would end the process.
  jobs.on('error', ({ message }) => log.debug({ reason: message.slice(0, 300) }, 'the queue met an error'));
  await readyWithin(readyWithinMs);
  const probe = `probe-${replica}`;
  let worker: BullmqWorker | undefined;
  let cancelLook = () => {};
  let closed = false;

  async function readyWithin(timeoutMs: number): Promise<void> {
    let cancel = () => {};
    const late = new Promise<never>((_, fail) => {
      cancel = clock.later(timeoutMs, () => {
        const reason = lastFailure?.()?.message.slice(0, 300) ?? 'no answer';
        fail(new StoreUnavailable(`Redis takes no further connection, for the queue: ${reason}`));
      });
    });
    try {
      await available(Promise.race([jobs.waitUntilReady(), late]));
    } catch (error) {
      // It would wait for its connection.
      jobs.close().catch(() => undefined);
      throw error;
    } finally {
      cancel();
    }
  }

  function build(handle: JobHandler): BullmqWorker {
    return new BullmqWorker({ connection: workerConnection(), handle, concurrency, takeOver, clock, log });
  }

  /**
   * BullMQ's workers have stopped for good after losses of their connection more than once: what counts is that they still
   * ask for jobs, and that a job comes through.
   */
  function watch(handle: JobHandler): void {
    let signs = -1;
    let quiet = 0;
    let stuck = 0;
    const look = async () => {
      // Rejects where Redis is away: then nothing can be said of the worker.
      stuck = (await jobs.getJobState(probe)) === 'unknown' ? 0 : stuck + 1;
      if (stuck === 0) await jobs.add(PROBE, {}, { jobId: probe });
      quiet = worker?.signs === signs ? quiet + 1 : 0;
      signs = worker?.signs ?? -1;
      if (closed || (quiet < MOST_QUIET && stuck < MOST_QUIET)) return;
      log.error({ quiet, stuck }, 'the worker of the queue does not take jobs any more: it is replaced');
      const wedged = worker;
      worker = build(handle);
      quiet = 0;
      stuck = 0;
      onRebuilt?.();
      await wedged?.leave(0, clock);
    };
    const again = () => {
      if (closed) return;
      cancelLook = clock.later(lookEveryMs, () => {
        look()
          .catch(() => {
            quiet = 0;
            stuck = 0;
          })
          .finally(again);
      });
    };
    again();
  }

  return {
    durable: true,
    async add(job, at) {
      const now = clock.now();
      const delay = at === undefined ? 0 : Math.max(0, Math.ceil(at - now));
      // Workers hold it against the clocks of their machines, and this one's may be wrong: too early is mended, too late not.
      const timestamp = Math.min(now, Date.now());
      await available(jobs.add(job.kind, job, { jobId: job.id, timestamp, delay }));
    },
    async remove(id) {
      await available(jobs.remove(id));
    },
    start(handle) {
      worker = build(handle);
      watch(handle);
    },
    async close(timeoutMs) {
      closed = true;
      cancelLook();
      await worker?.leave(timeoutMs, clock);
      await jobs.close().catch(() => undefined);
    },
  };
}

async function available<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw toStoreFailure(error);
  }
}
