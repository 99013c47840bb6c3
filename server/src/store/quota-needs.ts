import type { QuotaNeed, QuotaRefusal, QuotaReturn } from './quota-store.ts';

export type WindowNeed = Extract<QuotaNeed, { kind: 'window' }>;
export type BucketNeed = Extract<QuotaNeed, { kind: 'bucket' }>;
export type LeaseNeed = Extract<QuotaNeed, { kind: 'lease' }>;

/** What a bucket was at a time, in milliseconds since the epoch. */
export interface Bucket {
  readonly missing: number;
  readonly at: number;
}

/** Counters of one organization as they are. */
export interface QuotaCounters {
  /** Taken of a window in the span that begins then. */
  taken(name: string, windowMs: number, start: number): number;
  /** Undefined where it is full. */
  bucket(name: string): Bucket | undefined;
  /** Ends of the leases that are not over, by their ids. */
  leases(name: string): ReadonlyMap<string, number>;
}

export type QuotaChange =
  | {
      readonly kind: 'window';
      readonly name: string;
      readonly windowMs: number;
      readonly start: number;
      readonly taken: number;
    }
  | { readonly kind: 'bucket'; readonly name: string; readonly bucket: Bucket; readonly perSecond: number }
  | { readonly kind: 'lease'; readonly name: string; readonly id: string; readonly until: number };

/** Of a token of a bucket: what sums of fractions may be off by. The scripts of Redis reckon with the same. */
export const ROUNDING = 1e-9;

/** Throws `RangeError` for numbers that no counter can be reckoned with. */
export function requireNumbers(parts: readonly (QuotaNeed | QuotaReturn)[]): void {
  for (const part of parts) {
    if ('amount' in part) requireThat(Number.isSafeInteger(part.amount) && part.amount >= 0, part.name, 'amount');
    if ('limit' in part) requireThat(Number.isSafeInteger(part.limit) && part.limit >= 0, part.name, 'limit');
    if ('windowMs' in part)
      requireThat(Number.isSafeInteger(part.windowMs) && part.windowMs > 0, part.name, 'windowMs');
    if ('perSecond' in part) requireThat(part.perSecond > 0 && part.perSecond < 1e9, part.name, 'perSecond');
    if ('until' in part) requireThat(Number.isSafeInteger(part.until), part.name, 'until');
  }
}

function requireThat(holds: boolean, name: string, field: string): void {
  if (!holds) throw new RangeError(`${field} of the quota ${name} is none`);
}

/** Where the span of a window begins that a time is in. */
export function startOf(windowMs: number, at: number): number {
  return Math.floor(at / windowMs) * windowMs;
}

/** How much is missing of a bucket now. */
export function missingOf(bucket: Bucket | undefined, perSecond: number, now: number): number {
  if (bucket === undefined) return 0;
  return Math.max(0, bucket.missing - (Math.max(0, now - bucket.at) / 1000) * perSecond);
}

/** What taking all of the needs makes of the counters, or the first that cannot be met, each behind those before it. */
export function meetNeeds(
  needs: readonly QuotaNeed[],
  counters: QuotaCounters,
  now: number,
): { readonly refusal: QuotaRefusal } | { readonly changes: readonly QuotaChange[] } {
  const changes = new Map<string, QuotaChange>();
  for (const [index, need] of needs.entries()) {
    const key = keyOf(need);
    const next = meet(need, changes, key, counters, now);
    if ('kind' in next) changes.set(key, next);
    else return { refusal: { need: index, ...next } };
  }
  return { changes: [...changes.values()] };
}

type Missed = Omit<QuotaRefusal, 'need'>;
type Changes = ReadonlyMap<string, QuotaChange>;

/** Of the counter; of a lease of itself. */
function keyOf(need: QuotaNeed): string {
  const { kind, name } = need;
  if (kind === 'window') return JSON.stringify([kind, name, need.windowMs]);
  return JSON.stringify(kind === 'lease' ? [kind, name, need.id] : [kind, name]);
}

function meet(need: QuotaNeed, changes: Changes, key: string, counters: QuotaCounters, now: number) {
  switch (need.kind) {
    case 'window': {
      const change = changes.get(key);
      const start = startOf(need.windowMs, now);
      const taken = change?.kind === 'window' ? change.taken : counters.taken(need.name, need.windowMs, start);
      return meetWindow(need, taken, start);
    }
    case 'bucket': {
      const change = changes.get(key);
      return meetBucket(need, change?.kind === 'bucket' ? change.bucket : counters.bucket(need.name), now);
    }
    case 'lease': {
      const held = new Map(counters.leases(need.name));
      for (const change of changes.values()) {
        if (change.kind === 'lease' && change.name === need.name) held.set(change.id, change.until);
      }
      return meetLease(need, held);
    }
  }
}

function meetWindow({ name, amount, limit, windowMs }: WindowNeed, taken: number, start: number): Missed | QuotaChange {
  if (taken + amount > limit) return { left: Math.max(0, limit - taken), retryAt: start + windowMs };
  return { kind: 'window', name, windowMs, start, taken: taken + amount };
}

function meetBucket(need: BucketNeed, bucket: Bucket | undefined, now: number): Missed | QuotaChange {
  const { name, amount, limit, perSecond } = need;
  const missing = missingOf(bucket, perSecond, now);
  const over = missing + amount - limit;
  if (over > ROUNDING) {
    const left = Math.max(0, Math.floor(limit - missing + ROUNDING));
    return { left, retryAt: now + Math.ceil((over / perSecond) * 1000) };
  }
  // Where the clock went back nothing runs in until it is there again.
  return {
    kind: 'bucket',
    name,
    perSecond,
    bucket: { missing: missing + amount, at: Math.max(now, bucket?.at ?? now) },
  };
}

function meetLease({ name, id, until, limit }: LeaseNeed, held: ReadonlyMap<string, number>): Missed | QuotaChange {
  const mine = held.get(id);
  // Taking it again may only prolong it.
  if (mine !== undefined) return { kind: 'lease', name, id, until: Math.max(mine, until) };
  if (held.size < limit) return { kind: 'lease', name, id, until };
  const ends = [...held.values()].sort((one, other) => one - other);
  return { left: 0, retryAt: ends[held.size - limit] ?? until };
}
