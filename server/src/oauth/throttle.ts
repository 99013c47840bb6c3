import type { QuotaNeed, QuotaStore } from '../store/quota-store.ts';

/** Whose counters those of strangers are. */
const ORGANIZATION = '@oauth';

/** What anybody can ask for, and what the broker has to keep for it: bursts for one address, and what comes back in a second. */
const LIMITS = {
  /** Applications that register; each is kept for a month. */
  register: { limit: 30, perSecond: 30 / 3600 },
  /** Sign-ins that begin; each is kept for a quarter of an hour. */
  authorize: { limit: 120, perSecond: 120 / 600 },
  /** Codes for terminals that are made. */
  device: { limit: 30, perSecond: 30 / 600 },
  /** Codes that are typed: guesses at those of others. */
  code: { limit: 30, perSecond: 30 / 600 },
  /** Documents that the broker fetches from where a stranger says. */
  document: { limit: 30, perSecond: 30 / 3600 },
} as const;

/** For all addresses together, so that many of them do not fill the store. */
const ALL = { register: { limit: 600, perSecond: 600 / 3600 } } as const;

export type Throttled = keyof typeof LIMITS;

export interface Throttle {
  /** Undefined: go on. Else the seconds after which it may be asked again. */
  take(what: Throttled, address: string): Promise<number | undefined>;
}

export function createThrottle(quotas: QuotaStore, clock: () => number): Throttle {
  return {
    async take(what, address) {
      const needs: QuotaNeed[] = [{ kind: 'bucket', name: `${what}:${address}`, amount: 1, ...LIMITS[what] }];
      if (what === 'register') needs.push({ kind: 'bucket', name: what, amount: 1, ...ALL.register });
      const now = clock();
      const refusal = await quotas.take(ORGANIZATION, needs, now);
      return refusal && Math.max(1, Math.ceil((refusal.retryAt - now) / 1000));
    },
  };
}
