import { LIMITS } from '@borescope/agent-protocol';

/** Milliseconds without a sign of life after which an attachment lapses: three heartbeats. */
export const LEASE = 45_000;

/** Milliseconds that a record outlives its retention, where nobody deletes it: all brokers gone, or a sweep that failed. */
const MARGIN = 24 * 60 * 60 * 1000;

/** Milliseconds between two prolongations of what notes an attachment: not at each heartbeat, which is most of what Redis does. */
const PROLONGED_EVERY = 5 * 60 * 1000;

/** Milliseconds that a counter outlives what it says: clocks of callers may differ by some of them, and calls take a while. */
export const COUNTER_MARGIN = 60_000;

/** How long Redis keeps what nobody deletes, as a second safety; all in milliseconds from the write on. */
export interface TimesToLive {
  /** Of an action that lives for so long. */
  live(lifetimeMs: number): number;
  /** Of one that has been over for so long and is moved to here: at least a day. */
  over(sinceMs: number): number;
  /** Of one that is over, and of a runtime that left: its epoch must outlive the actions that know it. */
  readonly ended: number;
  /** Of one that is attached: its epoch must outlive the actions that may be placed on it until the lease is renewed again. */
  readonly attached: number;
  /** Of one that is attached where this is left, it is prolonged. */
  readonly prolonged: number;
}

export function timesToLive(retentionMs: number): TimesToLive {
  const ended = Math.ceil(retentionMs) + MARGIN;
  const live = (lifetimeMs: number) => Math.max(0, Math.ceil(lifetimeMs)) + ended;
  const prolonged = live(LIMITS.maxTimeoutSeconds * 1000 + LEASE);
  return {
    live,
    over: (sinceMs) => Math.min(ended, Math.max(MARGIN, ended - Math.ceil(sinceMs))),
    ended,
    attached: prolonged + PROLONGED_EVERY,
    prolonged,
  };
}
