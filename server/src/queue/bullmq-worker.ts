import { type Job as BullJob, DelayedError, Worker } from 'bullmq';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { RedisClient } from '../store/redis/redis-client.ts';
import type { Job, JobHandler } from './queue.ts';

/** One queue for all jobs: each worker costs two connections. The braces keep all its keys on one slot of a cluster. */
export const QUEUE = { name: 'actions', prefix: '{borescope}' } as const;

/** Name of the jobs that only show that jobs come through. */
export const PROBE = 'probe';

/** Milliseconds until what an unbounded process does to a job counts as abandoned, and between two looks for such jobs. */
export interface TakeOver {
  readonly lockMs: number;
  readonly lookEveryMs: number;
}

/**
 * A job of a broker that died is taken over within the sum: 15 s. Jobs take milliseconds, so a shorter lock would only make
 * a broker lose its jobs when its event loop stands still for a moment; that does no harm, a job may come twice.
 */
export const TAKE_OVER: TakeOver = { lockMs: 10_000, lookEveryMs: 5_000 };

/** Take-overs of one job before it is dropped: more than brokers that die in a row. What is dropped is found by the sweep. */
const MOST_TAKE_OVERS = 20;

/** Milliseconds before a rejected job comes again: doubled each time, up to the last. */
const RETRY = { first: 100, last: 5_000 };

/** Seconds that the worker blocks where no job is known to come. It asks again at least this often, and is seen to live. */
const BLOCK_SECONDS = 5;

const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(['dispatch', 'deadline']),
  organization: z.string(),
  actionId: z.string(),
});

export interface BullmqWorkerOptions {
  /** For this worker alone, without a limit of retries; the blocking one is a duplicate of it. */
  readonly connection: RedisClient;
  readonly handle: JobHandler;
  readonly concurrency: number;
  readonly takeOver: TakeOver;
  readonly clock: Clock;
  readonly log: Log;
}

/** BullMQ's worker, which tells that it still asks for jobs. */
export class BullmqWorker extends Worker {
  readonly #connection: RedisClient;
  #blocking: { disconnect(): unknown } | undefined;
  #signs = 0;

  constructor({ connection, handle, concurrency, takeOver, clock, log }: BullmqWorkerOptions) {
    const attend = async (bull: BullJob, token?: string): Promise<void> => {
      this.#signs++;
      if (bull.name === PROBE) return;
      const job = jobSchema.safeParse(bull.data);
      if (!job.success) {
        log.error({ job: bull.id }, 'a job that this version does not know was dropped');
        return;
      }
      const again = await handled(job.data, bull.attemptsMade);
      if (typeof again !== 'number') return;
      // BullMQ holds it against this machine's clock, which may be wrong.
      await bull.moveToDelayed(Date.now() + Math.max(1, Math.ceil(again - clock.now())), token);
      throw new DelayedError();
    };
    const handled = async (job: Job, attempt: number) => {
      try {
        return await handle(job);
      } catch (error) {
        log.warn({ err: error, job: job.id, attempt, delay: backoff(attempt + 1) }, 'a job failed and comes again');
        throw error;
      }
    };
    super(QUEUE.name, attend, {
      connection,
      prefix: QUEUE.prefix,
      autorun: false,
      concurrency,
      drainDelay: BLOCK_SECONDS,
      lockDuration: takeOver.lockMs,
      stalledInterval: takeOver.lookEveryMs,
      maxStalledCount: MOST_TAKE_OVERS,
      // Milliseconds until a step that failed for the connection is tried again; BullMQ's own 15 s would hold every job so long.
      runRetryDelay: 1_000,
      settings: { backoffStrategy: backoff },
    });
    this.#connection = connection;
    this.on('error', ({ message }) => log.debug({ reason: message.slice(0, 300) }, 'the worker met an error'));
    this.backend.blockingClient?.then(
      (client) => {
        this.#blocking = client;
      },
      () => undefined,
    );
    void this.run().catch((error: unknown) => log.warn({ err: error }, 'the worker of the queue has stopped'));
  }

  /** Grows while the worker lives: at each job, and each time that it has asked for one. */
  get signs(): number {
    return this.#signs;
  }

  /** Lets its jobs end, at most `timeoutMs`; then they are taken over by others. */
  async leave(timeoutMs: number, clock: Clock): Promise<void> {
    let cancel = () => {};
    const timeout = new Promise<void>((resolve) => {
      cancel = clock.later(timeoutMs, resolve);
    });
    await Promise.race([this.close().catch(() => undefined), timeout]);
    cancel();
    // Where it is closed this does nothing; else a job hangs, whose lock would be kept for ever.
    await this.lockManager.close();
    this.#blocking?.disconnect();
    this.#connection.disconnect();
  }

  protected override async moveToActive(token: string, name?: string) {
    const job = await super.moveToActive(token, name);
    this.#signs++;
    return job;
  }
}

/** `attempts`: how often it has failed, from 1. */
function backoff(attempts: number): number {
  return Math.min(RETRY.first * 2 ** (attempts - 1), RETRY.last);
}
