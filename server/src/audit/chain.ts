import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../access/secrets.ts';
import type { AuditEnd, AuditEnds, StoredAuditEntry } from '../store/audit-store.ts';

/** Those of one organization, so that no entry of another chain fits in. */
export interface ChainKeys {
  readonly entry: Buffer;
  readonly end: Buffer;
}

/** A place in a chain: an entry, or 0 and an empty text before the first. */
export type Link = Pick<StoredAuditEntry, 'sequence' | 'mac'>;

export const BEGINNING: Link = { sequence: 0, mac: '' };

export function chainKeys(secrets: Secrets, organization: string): ChainKeys {
  return {
    entry: secrets.derive(`audit entry ${organization}`),
    end: secrets.derive(`audit end ${organization}`),
  };
}

/** The entry that follows `before`. Its MAC is of all that it says and of the MAC before it: HMAC-SHA-256, RFC 2104. */
export function follow(keys: ChainKeys, before: Link, { at, text }: { at: number; text: string }): StoredAuditEntry {
  const sequence = before.sequence + 1;
  // None of the numbers holds a line break, so no two entries have the same bytes.
  const mac = hmac(keys.entry, `${sequence}\n${at}\n${before.mac}\n${text}`);
  return { sequence, at, text, mac };
}

/** `which` is part of the seal: a base cannot pass for a head, and the chain cannot be cut to nothing. */
export function sealed(keys: ChainKeys, which: keyof AuditEnds, { sequence, mac }: Link): AuditEnd {
  return { sequence, mac, seal: hmac(keys.end, `${which}\n${sequence}\n${mac}`) };
}

/** Where the first thing is that is not as it was written, and what can be said about it. */
export interface Flaw {
  readonly sequence: number;
  readonly problem: string;
}

/** Follows a chain entry by entry. Pure: what is read comes in, the first flaw comes out. */
export class ChainCheck {
  readonly #keys: ChainKeys;
  readonly #ends: AuditEnds;
  #at: Link;

  constructor(keys: ChainKeys, ends: AuditEnds) {
    this.#keys = keys;
    this.#ends = ends;
    this.#at = ends.base;
  }

  ends(): Flaw | undefined {
    for (const which of ['base', 'head'] as const) {
      const end = this.#ends[which];
      if (equal(sealed(this.#keys, which, end).seal, end.seal)) continue;
      return {
        sequence: end.sequence,
        problem: `the ${which} of the chain was not written by a broker with this secret`,
      };
    }
    if (this.#ends.base.sequence <= this.#ends.head.sequence) return undefined;
    return { sequence: this.#ends.head.sequence, problem: 'the chain ends before it begins' };
  }

  entry(entry: StoredAuditEntry): Flaw | undefined {
    const expected = this.#at.sequence + 1;
    if (entry.sequence !== expected) {
      return { sequence: expected, problem: `the entry is missing: ${entry.sequence} stands in its place` };
    }
    if (!equal(follow(this.#keys, this.#at, entry).mac, entry.mac)) {
      return { sequence: expected, problem: 'the entry was changed, or is not the one that stood here' };
    }
    this.#at = entry;
    return undefined;
  }

  /** After the last entry. */
  finish(): Flaw | undefined {
    const { head } = this.#ends;
    if (this.#at.sequence < head.sequence) {
      return { sequence: this.#at.sequence + 1, problem: `the entries up to ${head.sequence} are missing` };
    }
    if (this.#at.sequence === head.sequence && equal(this.#at.mac, head.mac)) return undefined;
    return { sequence: head.sequence, problem: 'the head of the chain is not its last entry' };
  }
}

function hmac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
