/**
 * Work that is to be handed over, once or later. A job is only a trigger: what is true stands in the store, so a job
 * that comes twice, or for an action that is over, does no harm.
 */
export interface Job {
  /** Names the job: of one id there is one. No `:`, and not a single word: BullMQ names its own lists so. */
  readonly id: string;
  readonly kind: 'dispatch' | 'deadline';
  readonly organization: string;
  readonly actionId: string;
}

/**
 * The answer, where it is a number, is when the job is to come again, in milliseconds since the epoch: a job that runs
 * cannot be added under its own id.
 */
export type JobHandler = (job: Job) => Promise<number | undefined> | Promise<void>;

/** What is added or removed may reject with `StoreUnavailable`. */
export interface Queue {
  /** Jobs outlive the process that added them; else whoever starts adds what is to be done. */
  readonly durable: boolean;
  /**
   * `at`: not before this time, in milliseconds since the epoch. Does nothing where a job of this id waits or runs.
   */
  add(job: Job, at?: number): Promise<void>;
  /** Forgets a waiting job; one that runs already goes on. */
  remove(id: string): Promise<void>;
  /** Begins to hand jobs to `handle`, each at least once; a rejected one comes again with back-off. */
  start(handle: JobHandler): void;
  /**
   * Hands out no further job and waits for those that run, at most `timeoutMs`. Waiting jobs are forgotten, or left to
   * other brokers.
   */
  close(timeoutMs: number): Promise<void>;
}
