/** Microseconds of the application's thread that a place may spend: a token bucket, pure but for its own level. */
export interface Budget {
  /** Percent of one core. */
  percent: number;
  /** Microseconds left for passes. */
  tokens: number;
  /** Microseconds that were taken beyond them, by arming or by a pass that cost more than there was: paid back first. */
  debt: number;
  /** Milliseconds, when the tokens were last counted. */
  at: number;
}

/** Seconds of its rate that a bucket holds: a burst, and the shortest time to its next one. */
const BURST_SECONDS = 1;
/** A full bucket always lets a few passes through, however small the percentage. */
const LEAST_PASSES = 3;

export function createBudget(percent: number, passUs: number, at: number): Budget {
  const budget = { percent, tokens: 0, debt: 0, at };
  fill(budget, passUs);
  return budget;
}

export function capacity(budget: Budget, passUs: number): number {
  return Math.max(microsecondsPerMs(budget) * 1000 * BURST_SECONDS, passUs * LEAST_PASSES);
}

/** A new action comes with a bucket of its own: it never waits for what another has spent. */
export function fill(budget: Budget, passUs: number): void {
  budget.tokens = capacity(budget, passUs);
}

export function setPercent(budget: Budget, percent: number, passUs: number): void {
  budget.percent = percent;
  budget.tokens = Math.min(budget.tokens, capacity(budget, passUs));
}

export function refill(budget: Budget, passUs: number, at: number): void {
  const gained = Math.max(0, at - budget.at) * microsecondsPerMs(budget);
  const repaid = Math.min(budget.debt, gained);
  budget.debt -= repaid;
  budget.tokens = Math.min(capacity(budget, passUs), budget.tokens + gained - repaid);
  budget.at = at;
}

/** Passes, as far as there are tokens; what they cost beyond those is owed. */
export function spend(budget: Budget, us: number): void {
  const left = budget.tokens - us;
  budget.tokens = Math.max(0, left);
  budget.debt += Math.max(0, -left);
}

/**
 * What arming and disarming cost. It is paid for by a longer rest after the window that it opened, not by that window: a
 * breakpoint taken away before it was passed would have cost the same and shown nothing.
 */
export function owe(budget: Budget, us: number): void {
  budget.debt += us;
}

/** Armed again only with most of a bucket: each arming throws optimised code away, so few long windows cost less. */
export function mayResume(budget: Budget, passUs: number): boolean {
  return budget.debt <= 0 && budget.tokens >= capacity(budget, passUs) * 0.9;
}

/** 1 % of a core is 10 microseconds each millisecond. */
function microsecondsPerMs(budget: Budget): number {
  return budget.percent * 10;
}
