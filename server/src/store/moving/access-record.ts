import type { AuditEnds, StoredAuditEntry } from '../audit-store.ts';
import type { StoredDocument } from '../document-store.ts';
import type { StoreRecord } from './record.ts';

/**
 * Who may do what, how much was done, and the record of it. Entries of a chain come in their order. Token buckets are not
 * moved: each is full again before any broker runs on the new store.
 */
export type AccessRecord =
  | { readonly kind: 'document'; readonly organization: string; readonly of: string; readonly document: StoredDocument }
  | { readonly kind: 'auditChain'; readonly organization: string; readonly ends: AuditEnds }
  | AuditEntryRecord
  | {
      readonly kind: 'quotaWindow';
      readonly organization: string;
      readonly name: string;
      readonly windowMs: number;
      readonly start: number;
      readonly used: number;
    }
  | {
      readonly kind: 'quotaLease';
      readonly organization: string;
      readonly name: string;
      readonly id: string;
      readonly until: number;
    };

export interface AuditEntryRecord {
  readonly kind: 'auditEntry';
  readonly organization: string;
  readonly entry: StoredAuditEntry;
}

/** When a record says nothing any more, and may be gone of itself: milliseconds since the epoch; undefined where it stays. */
export function endOf(record: StoreRecord): number | undefined {
  switch (record.kind) {
    case 'document':
      return record.document.expiresAt;
    case 'quotaWindow':
      return record.start + record.windowMs;
    case 'quotaLease':
      return record.until;
    default:
      return undefined;
  }
}
