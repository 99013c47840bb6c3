import { type Bucket, missingOf, type QuotaChange } from '../quota-needs.ts';

/** Buckets that are kept: far more than there are tokens that call at the same time. */
const MOST = 50_000;

interface Kept {
  readonly bucket: Bucket;
  /** When it is full again; then nothing need be known of it. */
  readonly fullAt: number;
}

/**
 * The token buckets of a broker, in its memory only: it alone takes from them, a row for each call would cost more than the
 * call, and a start anew, which fills them, takes longer than most of them take to be full.
 */
export class Buckets {
  readonly #kept = new Map<string, Kept>();

  get(organization: string, name: string): Bucket | undefined {
    return this.#kept.get(keyOf(organization, name))?.bucket;
  }

  set(organization: string, { name, bucket, perSecond }: Extract<QuotaChange, { kind: 'bucket' }>): void {
    const key = keyOf(organization, name);
    // Behind the others: what was taken of longest ago goes first, because it is nearest to full.
    this.#kept.delete(key);
    if (bucket.missing > 0) {
      this.#kept.set(key, { bucket, fullAt: bucket.at + (bucket.missing / perSecond) * 1000 });
    }
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST) break;
      this.#kept.delete(oldest);
    }
  }

  /** Gives back what was taken in a commit that came to nothing. */
  give(organization: string, need: { name: string; amount: number; perSecond: number }, now: number): void {
    const { name, amount, perSecond } = need;
    const bucket = this.get(organization, name);
    const missing = Math.max(0, missingOf(bucket, perSecond, now) - amount);
    this.set(organization, {
      kind: 'bucket',
      name,
      perSecond,
      bucket: { missing, at: Math.max(now, bucket?.at ?? now) },
    });
  }

  /** Forgets those that are full; how many. */
  expire(now: number): number {
    const before = this.#kept.size;
    for (const [key, { fullAt }] of this.#kept) if (fullAt <= now) this.#kept.delete(key);
    return before - this.#kept.size;
  }
}

function keyOf(organization: string, name: string): string {
  return JSON.stringify([organization, name]);
}
