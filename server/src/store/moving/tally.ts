import { createHash } from 'node:crypto';
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
] as const;

export type Counted = (typeof COUNTED)[number];

export interface Tally {
  readonly count: number;
  /** Of all that was counted, in whichever order: 64 hex digits. Equal where the same was counted, as often. */
  readonly digest: string;
}

const MODULUS = 1n << 256n;

/** Counts records, and takes a digest of all that is in them. */
export class Tallies {
  readonly #sums = new Map<Counted, { count: number; sum: bigint }>(
    COUNTED.map((name) => [name, { count: 0, sum: 0n }]),
  );

  add(record: StoreRecord): void {
    for (const [counted, part] of parts(record)) {
      const tally = this.#sums.get(counted);
      if (tally === undefined) continue;
      tally.count += 1;
      // A sum, since engines give records in different orders; and no exclusive or, in which two of the same would vanish.
      tally.sum = (tally.sum + BigInt(`0x${createHash('sha256').update(canonical(part)).digest('hex')}`)) % MODULUS;
    }
  }

  of(counted: Counted): Tally {
    const { count, sum } = this.#sums.get(counted) ?? { count: 0, sum: 0n };
    return { count, digest: sum.toString(16).padStart(64, '0') };
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
    }
  }
}

/** Engines put the fields of a record in different orders; what is inside of them lies in each as one JSON. */
function canonical(part: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1))));
}
