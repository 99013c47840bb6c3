import type { StoredAuditEntry } from '../audit-store.ts';
import type { AccessRecord } from '../moving/access-record.ts';
import { insertEntry, readEnds, toEntry, writeEnds } from './audit.ts';
import type { Database } from './database.ts';
import { COLUMNS as DOCUMENT, type DocumentRow, insertDocument, toDocument } from './documents.ts';
import { pages } from './pages.ts';
import { writeLease, writeWindow } from './quotas.ts';

interface WindowRow {
  organization: string;
  name: string;
  window_ms: number;
  start: number;
  used: number;
}

interface LeaseRow {
  organization: string;
  name: string;
  id: string;
  until: number;
}

/** Who may do what, how much was done, and the record of it, a page at a time. */
export async function* readAccessRecords(database: Database): AsyncGenerator<AccessRecord> {
  const documents = pages<DocumentRow & { organization: string; kind: string }>(
    database,
    `SELECT organization, kind, ${DOCUMENT} FROM document WHERE (organization, kind, id) > (?, ?, ?)
     ORDER BY organization, kind, id LIMIT ?`,
    ['', '', ''],
    ({ organization, kind, id }) => [organization, kind, id],
  );
  for await (const row of documents) {
    yield { kind: 'document', organization: row.organization, of: row.kind, document: toDocument(row) };
  }
  for (const { organization } of database
    .query<{ organization: string }>('SELECT organization FROM audit_chain')
    .all([])) {
    const ends = readEnds(database, organization);
    if (ends !== undefined) yield { kind: 'auditChain', organization, ends };
  }
  const entries = pages<StoredAuditEntry & { organization: string }>(
    database,
    `SELECT organization, sequence, at, text, mac FROM audit_entry WHERE (organization, sequence) > (?, ?)
     ORDER BY organization, sequence LIMIT ?`,
    ['', 0],
    ({ organization, sequence }) => [organization, sequence],
  );
  for await (const row of entries) {
    yield { kind: 'auditEntry', organization: row.organization, entry: toEntry(row) };
  }
  const windows = pages<WindowRow>(
    database,
    `SELECT organization, name, window_ms, start, used FROM quota_window
     WHERE used > 0 AND (organization, name, window_ms, start) > (?, ?, ?, ?)
     ORDER BY organization, name, window_ms, start LIMIT ?`,
    ['', '', 0, 0],
    ({ organization, name, window_ms, start }) => [organization, name, window_ms, start],
  );
  for await (const { organization, name, window_ms, start, used } of windows) {
    yield { kind: 'quotaWindow', organization, name, windowMs: window_ms, start, used };
  }
  const leases = pages<LeaseRow>(
    database,
    `SELECT organization, name, id, until FROM quota_lease WHERE (organization, name, id) > (?, ?, ?)
     ORDER BY organization, name, id LIMIT ?`,
    ['', '', ''],
    ({ organization, name, id }) => [organization, name, id],
  );
  for await (const { organization, name, id, until } of leases) {
    yield { kind: 'quotaLease', organization, name, id, until };
  }
}

export function writeAccessRecord(database: Database, record: AccessRecord): void {
  const { organization } = record;
  switch (record.kind) {
    case 'document':
      insertDocument(database, organization, record.of, record.document);
      return;
    case 'auditChain':
      writeEnds(database, organization, record.ends);
      return;
    case 'auditEntry':
      insertEntry(database, organization, record.entry);
      return;
    case 'quotaWindow':
      writeWindow(database, organization, { ...record, taken: record.used });
      return;
    case 'quotaLease':
      writeLease(database, organization, record);
  }
}
