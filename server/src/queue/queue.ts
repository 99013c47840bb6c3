/**
 * Work that is to be handed over, once or later. A job is only a trigger: what is true stands in the store, so a job
 * that comes twice, or for an action that is over, does no harm.
 */
export interface Job {
  /** Names the job; a job that waits under the same id is replaced. No `:`. */
  readonly id: string;
  readonly kind: 'dispatch' | 'deadline';
  readonly organization: string;
  readonly actionId: string;
}

export interface Queue {
  /** `at`: not before this time, in milliseconds since the epoch. */
  add(job: Job, at?: number): Promise<void>;
  /** Forgets a waiting job; one that runs already goes on. */
  remove(id: string): Promise<void>;
  /** Begins to hand jobs to `handle`, each at least once; a rejected one comes again with back-off. */
  start(handle: (job: Job) => Promise<void>): void;
  /** Hands out no further job and waits for those that run, at most `timeoutMs`. Waiting jobs are forgotten. */
  close(timeoutMs: number): Promise<void>;
}
