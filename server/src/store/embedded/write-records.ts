import { OF_BROKERS } from '../document-store.ts';
import type { RuntimeRecord, StoreRecord } from '../moving/record.ts';
import { writeAccessRecord } from './access-records.ts';
import type { Database } from './database.ts';
import { insertToken } from './tokens.ts';
import { writeRecord } from './write-record.ts';

const TABLES = [
  'hit',
  'placement',
  'action',
  'runtime',
  'pseudonym_key',
  'token',
  'organization',
  'document',
  'audit_chain',
  'audit_entry',
  'quota_window',
  'quota_lease',
] as const;

/** Rows that are there in a store that was only started, by their tables. */
const FROM_THE_START: Partial<Record<(typeof TABLES)[number], string>> = {
  organization: "id = 'default'",
  document: `organization = '${OF_BROKERS}'`,
  audit_chain: `organization = '${OF_BROKERS}'`,
  audit_entry: `organization = '${OF_BROKERS}'`,
};

/** Writes records of another store, all or none. `at`: milliseconds since the epoch. */
export function writeRecords(database: Database, records: readonly StoreRecord[], at: number): void {
  database.step(() => {
    for (const record of records) write(database, record, at);
  });
}

function write(database: Database, record: StoreRecord, at: number): void {
  switch (record.kind) {
    case 'organization': {
      const { id, name, createdAt } = record.organization;
      // The default one is there from the start, as of another time.
      database
        .query('INSERT OR REPLACE INTO organization (id, name, created_at) VALUES (?, ?, ?)')
        .run([id, name, createdAt]);
      return;
    }
    case 'token':
      insertToken(database, record.token.organization, record.token);
      return;
    case 'pseudonymKey':
      database
        .query('INSERT INTO pseudonym_key (organization, day, key) VALUES (?, ?, ?)')
        .run([record.organization, record.day, record.key]);
      return;
    case 'runtime':
      insertRuntime(database, record, at);
      return;
    case 'action': {
      const { action, placements, hits } = record;
      const after = { action, placements: new Map(placements.map((placement) => [placement.runtime.id, placement])) };
      const listed = hits.map((stored) => ({ stored, text: JSON.stringify(stored.hit) }));
      writeRecord(database, { before: undefined, after, hits: listed });
      return;
    }
    default:
      writeAccessRecord(database, record);
  }
}

/** As one that left at the time of the move: its epoch is kept for a retention from then on. */
function insertRuntime(database: Database, record: RuntimeRecord, at: number): void {
  const { organization, runtime, replica, epoch, attachedAt } = record;
  database
    .query(
      `INSERT INTO runtime (organization, id, service, environment, description, replica, epoch, attached, attached_at, seen_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)`,
    )
    .run([
      organization,
      runtime.id,
      runtime.service,
      runtime.environment ?? null,
      JSON.stringify(runtime),
      replica,
      epoch,
      attachedAt,
      at,
    ]);
}

/** Nothing but what is there from the start. */
export function isEmpty(database: Database): boolean {
  const filled = TABLES.filter((table) => {
    const others = `NOT (${FROM_THE_START[table] ?? 'FALSE'})`;
    return database.query(`SELECT 1 FROM ${table} WHERE ${others} LIMIT 1`).get([]) !== undefined;
  });
  return filled.length === 0;
}

/** The default organization stays, as of any time: the source has one, too. */
export function empty(database: Database): void {
  database.step(() => {
    for (const table of TABLES) {
      const rows = table === 'organization' ? "organization WHERE id <> 'default'" : table;
      database.query(`DELETE FROM ${rows}`).run([]);
    }
  });
}
