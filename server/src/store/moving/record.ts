import type { RuntimeDescription } from '@borescope/agent-protocol';
import type { Action, Placement } from '../../actions/action.ts';
import type { Organization, StoredHit, TokenRecord } from '../store.ts';
import type { AccessRecord } from './access-record.ts';

/**
 * What a store holds, in pieces that no engine is known by. It never leaves the process, so it has a type and no schema: a
 * schema would drop what it does not know, and everything is to be moved as it is.
 */
export type StoreRecord =
  | { readonly kind: 'organization'; readonly organization: Organization }
  | { readonly kind: 'token'; readonly token: TokenRecord }
  | { readonly kind: 'pseudonymKey'; readonly organization: string; readonly day: string; readonly key: string }
  | RuntimeRecord
  | ActionRecord
  | AccessRecord;

/** A runtime that was attached once: its epoch must go on rising, or an attachment from before would pass for the newest. */
export interface RuntimeRecord {
  readonly kind: 'runtime';
  readonly organization: string;
  readonly runtime: RuntimeDescription;
  /** To which it was attached last, and since when. */
  readonly replica: string;
  readonly attachedAt: number;
  readonly epoch: number;
}

/** An action with all that is of it; up to 50 hits of 64 KiB. */
export interface ActionRecord {
  readonly kind: 'action';
  readonly action: Action;
  readonly placements: readonly Placement[];
  readonly hits: readonly StoredHit[];
}

/**
 * The record as it is where no broker runs: nothing is attached, so that what had a runtime until now has lost it. `at`:
 * milliseconds since the epoch.
 */
export function withoutBrokers(record: StoreRecord, at: number): StoreRecord {
  if (record.kind !== 'action' || record.action.endedAt !== undefined) return record;
  const placements = record.placements.map((placement) =>
    placement.status === 'failed' || placement.goneSince !== undefined ? placement : { ...placement, goneSince: at },
  );
  return { ...record, placements };
}
