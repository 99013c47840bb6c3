/** Microseconds of the application's thread that a place may spend: a token bucket, pure but for its own level. */
export interface Budget {
  /** Percent of one core. */
  percent: number;
  /** Microseconds left; below zero after a stall that cost more than there was. */
  tokens: number;
  /** Milliseconds, when the tokens were last counted. */
  at: number;
}

/** Seconds of its rate that a bucket holds: a burst, and the shortest time to its next one. */
const BURST_SECONDS = 1;
/** A full bucket always lets a few passes through, however small the percentage. */
const LEAST_PASSES = 3;

export function createBudget(percent: number, passUs: number, at: number): Budget {
  const budget = { percent, tokens: 0, at };
  budget.tokens = capacity(budget, passUs);
  return budget;
}

export function capacity(budget: Budget, passUs: number): number {
  return Math.max(microsecondsPerMs(budget) * 1000 * BURST_SECONDS, passUs * LEAST_PASSES);
}

export function refill(budget: Budget, passUs: number, at: number): void {
  const gained = Math.max(0, at - budget.at) * microsecondsPerMs(budget);
  budget.tokens = Math.min(capacity(budget, passUs), budget.tokens + gained);
  budget.at = at;
}

/** Armed again only with most of a bucket: each arming throws optimised code away, so few long windows cost less. */
export function mayResume(budget: Budget, passUs: number): boolean {
  return budget.tokens >= capacity(budget, passUs) * 0.9;
}

/** 1 % of a core is 10 microseconds each millisecond. */
function microsecondsPerMs(budget: Budget): number {
  return budget.percent * 10;
}
