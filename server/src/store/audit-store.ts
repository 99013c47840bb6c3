import type { WriteOptions } from './write-options.ts';

/** One entry of an organization's chain, as it was written. */
export interface StoredAuditEntry {
  /** 1, 2, 3... without a gap. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What was told, as JSON: the very text that `mac` is of. */
  readonly text: string;
  /** Of this entry and the one before it, hex. */
  readonly mac: string;
}

/** An end of the chain. `seal` is keyed as the entries are, so that nobody without the key can move the end. */
export interface AuditEnd {
  /** Of the last entry; 0 and an empty `mac` before the first. */
  readonly sequence: number;
  readonly mac: string;
  readonly seal: string;
}

/** The ends of a chain: `base` is what the first entry that is still there follows. Undefined where nothing was written. */
export interface AuditEnds {
  readonly base: AuditEnd;
  readonly head: AuditEnd;
}

/** A chain of entries for each organization. It holds what it is given, and knows nothing of keys. */
export interface AuditStore {
  ends(organization: string): Promise<AuditEnds | undefined>;
  /**
   * Appends entries and moves the head, in one step with the look at the head that is there. False, and nothing is written,
   * where its sequence is not `expected` (0: there is no chain yet, or nothing in it). `base` begins a chain that is not there.
   * True, and nothing more is written, where the head is that of `ends` already: the same was appended before and its answer
   * was lost. Throws `RangeError` where the entries do not follow `expected` up to the head.
   */
  append(
    organization: string,
    expected: number,
    entries: readonly StoredAuditEntry[],
    ends: AuditEnds,
    options?: WriteOptions,
  ): Promise<boolean>;
  /** Those behind `after`, in their order, at most `limit`. */
  read(organization: string, after: number, limit: number): Promise<StoredAuditEntry[]>;
  /**
   * Deletes the entries up to `base.sequence`, which becomes the base, in one step. False, and nothing is changed, where the
   * base is there already or beyond, or the head is before it. Others wait meanwhile: who deletes many moves the base by some
   * thousands at a time.
   */
  prune(organization: string, base: AuditEnd): Promise<boolean>;
}

/** Throws `RangeError` where there would be a gap. */
export function requireEntries(expected: number, entries: readonly StoredAuditEntry[], { head }: AuditEnds): void {
  const follow = entries.length > 0 && entries.every(({ sequence }, index) => sequence === expected + index + 1);
  if (follow && entries.at(-1)?.sequence === head.sequence) return;
  throw new RangeError(
    `audit entries from ${entries[0]?.sequence} to a head of ${head.sequence} do not follow ${expected}`,
  );
}
