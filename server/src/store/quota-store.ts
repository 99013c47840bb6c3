import type { WriteOptions } from './write-options.ts';

/** What is asked of one counter. Names are those of the caller; those of another organization are other counters. */
export type QuotaNeed =
  /** So many in each span of time; spans begin at multiples of `windowMs` since the epoch. */
  | {
      readonly kind: 'window';
      readonly name: string;
      readonly amount: number;
      readonly limit: number;
      readonly windowMs: number;
    }
  /** A token bucket (holds `limit`, full at first) into which `perSecond` run evenly. */
  | {
      readonly kind: 'bucket';
      readonly name: string;
      readonly amount: number;
      readonly limit: number;
      readonly perSecond: number;
    }
  /** One of so many at the same time, held under `id` until it is given back or `until`. Who has it already takes no other. */
  | {
      readonly kind: 'lease';
      readonly name: string;
      readonly id: string;
      readonly until: number;
      readonly limit: number;
    };

/** What is given back: what was taken of a window in its span `at`, or a lease. */
export type QuotaReturn =
  | {
      readonly kind: 'window';
      readonly name: string;
      readonly amount: number;
      readonly windowMs: number;
      readonly at: number;
    }
  | { readonly kind: 'lease'; readonly name: string; readonly id: string };

export interface QuotaRefusal {
  /** Index of the first need that cannot be met. */
  readonly need: number;
  /** What is left of it: a whole number, rounded down. */
  readonly left: number;
  /** Milliseconds since the epoch: the earliest time at which it could be met if nobody else takes any. */
  readonly retryAt: number;
}

/**
 * Counters that many ask at once. What is taken is taken in one step for all needs, or nothing of it. Amounts and limits are
 * whole and at least 0, or it is a `RangeError`; a need above its limit is never met, and then `retryAt` is the end of its span all the same.
 */
export interface QuotaStore {
  take(
    organization: string,
    needs: readonly QuotaNeed[],
    now: number,
    options?: WriteOptions,
  ): Promise<QuotaRefusal | undefined>;
  /**
   * In one step. Where one of the leases is not held any more nothing at all is given back, and the answer is false: so that
   * what is given back twice counts once. A window of a span that is over is left alone; a counter does not fall below 0.
   * What is given back without a lease is not to be asked again after `StoreUnavailable`.
   */
  give(organization: string, returned: readonly QuotaReturn[], now: number): Promise<boolean>;
  /** How much of each is used now: taken in the span, missing in the bucket (rounded up), or held. */
  used(organization: string, needs: readonly QuotaNeed[], now: number): Promise<number[]>;
  /** Gives back the room of a bounded batch of counters that say nothing any more; 0 where nothing is left to do. */
  expire(now: number): Promise<number>;
}
