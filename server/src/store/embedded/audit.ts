import { type AuditEnds, type AuditStore, requireEntries, type StoredAuditEntry } from '../audit-store.ts';
import type { Database } from './database.ts';
import type { Memory } from './memory.ts';

interface ChainRow {
  base_sequence: number;
  base_mac: string;
  base_seal: string;
  head_sequence: number;
  head_mac: string;
  head_seal: string;
}

/**
 * `memory`: of a broker, whose entries share the commit of the turn with the acts that they tell of. A command appends beside
 * a running broker, so the head is looked at within the commit.
 */
export function embeddedAudit(database: Database, memory: Memory | undefined): AuditStore {
  function append(
    organization: string,
    expected: number,
    entries: readonly StoredAuditEntry[],
    { base, head }: AuditEnds,
  ): boolean {
    const found = readEnds(database, organization);
    if (found !== undefined && found.head.sequence === head.sequence && found.head.mac === head.mac) return true;
    if ((found?.head.sequence ?? 0) !== expected) return false;
    writeEnds(database, organization, { base: found?.base ?? base, head });
    for (const entry of entries) insertEntry(database, organization, entry);
    return true;
  }

  return {
    async ends(organization) {
      return readEnds(database, organization);
    },

    async append(organization, expected, entries, ends) {
      requireEntries(expected, entries, ends);
      const work = () => append(organization, expected, entries, ends);
      return memory === undefined ? database.step(work) : memory.commits.within(work);
    },

    async read(organization, after, limit) {
      return database
        .query<StoredAuditEntry>(
          'SELECT sequence, at, text, mac FROM audit_entry WHERE organization = ? AND sequence > ? ORDER BY sequence LIMIT ?',
        )
        .all([organization, after, limit])
        .map(toEntry);
    },

    async prune(organization, base) {
      return database.step(() => {
        const found = readEnds(database, organization);
        if (found === undefined || found.base.sequence >= base.sequence || found.head.sequence < base.sequence)
          return false;
        writeEnds(database, organization, { ...found, base });
        database
          .query('DELETE FROM audit_entry WHERE organization = ? AND sequence <= ?')
          .run([organization, base.sequence]);
        return true;
      });
    },
  };
}

export function readEnds(database: Database, organization: string): AuditEnds | undefined {
  const row = database
    .query<ChainRow>(
      `SELECT base_sequence, base_mac, base_seal, head_sequence, head_mac, head_seal FROM audit_chain
       WHERE organization = ?`,
    )
    .get([organization]);
  return (
    row && {
      base: { sequence: row.base_sequence, mac: row.base_mac, seal: row.base_seal },
      head: { sequence: row.head_sequence, mac: row.head_mac, seal: row.head_seal },
    }
  );
}

export function writeEnds(database: Database, organization: string, { base, head }: AuditEnds): void {
  database
    .query(
      `INSERT OR REPLACE INTO audit_chain
         (organization, base_sequence, base_mac, base_seal, head_sequence, head_mac, head_seal) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run([organization, base.sequence, base.mac, base.seal, head.sequence, head.mac, head.seal]);
}

export function insertEntry(database: Database, organization: string, entry: StoredAuditEntry): void {
  database
    .query('INSERT INTO audit_entry (organization, sequence, at, text, mac) VALUES (?, ?, ?, ?, ?)')
    .run([organization, entry.sequence, entry.at, entry.text, entry.mac]);
}

/** Rows of libsql carry a `_metadata` of their own. */
export function toEntry({ sequence, at, text, mac }: StoredAuditEntry): StoredAuditEntry {
  return { sequence, at, text, mac };
}
