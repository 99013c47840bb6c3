import { createHash } from 'node:crypto';
import { endOf } from './access-record.ts';
import type { StoreRecord } from './record.ts';

/** What is counted, in the order in which it is told. */
export const COUNTED = [
  'organizations',
  'tokens',
  'pseudonym keys',
  'runtimes',
  'actions',
  'placements',
  'hits',
  'documents',
  'audit chains',
  'audit entries',
  'quota windows',
  'quota leases',
] as const;

export type Counted = (typeof COUNTED)[number];

export interface Tally {
  readonly count: number;
  /** Of all that was counted, in whichever order: 64 hex digits. Equal where the same was counted, as often. */
  readonly digest: string;
}

const MODULUS = 1n << 256n;
/** Milliseconds: what ends within one is counted together. */
const MINUTE = 60_000;

interface Sum {
  count: number;
  sum: bigint;
}

/**
 * Counts records, and takes a digest of all that is in them. What has an end may be gone of itself before it is counted at the
 * other side, so each end is counted apart.
 */
export class Tallies {
  /** By the minute of the end; infinite for what has none. */
  readonly #sums = new Map<Counted, Map<number, Sum>>(COUNTED.map((name) => [name, new Map()]));

  add(record: StoreRecord): void {
    const minute = Math.floor((endOf(record) ?? Number.POSITIVE_INFINITY) / MINUTE);
    for (const [counted, part] of parts(record)) {
      const byMinute = this.#sums.get(counted);
      const tally = byMinute?.get(minute) ?? { count: 0, sum: 0n };
      byMinute?.set(minute, tally);
      tally.count += 1;
      // A sum, since engines give records in different orders; and no exclusive or, in which two of the same would vanish.
      tally.sum = (tally.sum + BigInt(`0x${createHash('sha256').update(canonical(part)).digest('hex')}`)) % MODULUS;
    }
  }

  /** Without what ends up to the minute of `at`, in milliseconds since the epoch. */
  of(counted: Counted, at: number): Tally {
    let [count, total] = [0, 0n];
    for (const [minute, one] of this.#sums.get(counted) ?? []) {
      if (minute <= Math.floor(at / MINUTE)) continue;
      count += one.count;
      total = (total + one.sum) % MODULUS;
    }
    return { count, digest: total.toString(16).padStart(64, '0') };
  }
}

function* parts(record: StoreRecord): Generator<[Counted, object]> {
  switch (record.kind) {
    case 'organization':
      yield ['organizations', record.organization];
      return;
    case 'token':
      yield ['tokens', record.token];
      return;
    case 'pseudonymKey':
      yield ['pseudonym keys', record];
      return;
    case 'runtime':
      yield ['runtimes', record];
      return;
    case 'action': {
      const { action, placements, hits } = record;
      const { organization } = action;
      yield ['actions', action];
      for (const placement of placements) yield ['placements', { ...placement, organization }];
      for (const hit of hits) yield ['hits', { ...hit, organization, actionId: action.id }];
      return;
    }
    case 'document':
      yield ['documents', { ...record.document, organization: record.organization, of: record.of }];
      return;
    case 'auditChain':
      yield ['audit chains', record];
      return;
    case 'auditEntry':
      yield ['audit entries', { ...record.entry, organization: record.organization }];
      return;
    case 'quotaWindow':
      yield ['quota windows', record];
      return;
    case 'quotaLease':
      yield ['quota leases', record];
  }
}

/** Engines put the fields of a record in different orders; what is inside of them lies in each as one JSON. */
function canonical(part: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))));
}
