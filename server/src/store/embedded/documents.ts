import type { DocumentStore, DocumentValue, StoredDocument } from '../document-store.ts';
import type { Database } from './database.ts';
import { Known } from './known.ts';
import { fromJson, present } from './row.ts';

export interface DocumentRow {
  id: string;
  value: string;
  version: number;
  expires_at: number | null;
}

export const COLUMNS = 'id, value, version, expires_at';

/** Documents that are kept with the questions that they answered, and such questions: what policies there are, and few others. */
const MOST_KNOWN = 2_000;
/** Rows deleted in one call: the event loop waits. */
const EXPIRE_BATCH = 200;

/** An answer, and until when none of it has expired. */
interface Page {
  readonly documents: readonly StoredDocument[];
  readonly until: number;
}

/** `now`: milliseconds since the epoch. */
export function embeddedDocuments(database: Database, now: () => number): DocumentStore {
  const known = new Known<Page>(database, MOST_KNOWN);

  /** Policies are read with every call, also those that are not there. */
  function kept(question: readonly unknown[], ask: (at: number) => DocumentRow[]): readonly StoredDocument[] {
    const key = JSON.stringify(question);
    const at = now();
    const page = known.get(key);
    if (page !== undefined && at <= page.until) return page.documents;
    const documents = ask(at).map(toDocument);
    const until = documents.reduce(
      (first, { expiresAt = first }) => Math.min(first, expiresAt),
      Number.POSITIVE_INFINITY,
    );
    known.set(key, { documents, until }, 1 + documents.length);
    return documents;
  }

  /** 0 where there is none. */
  function versionOf(organization: string, kind: string, id: string): number {
    const row = database
      .query<{ version: number }>(
        'SELECT version FROM document WHERE organization = ? AND kind = ? AND id = ? AND coalesce(expires_at >= ?, 1)',
      )
      .get([organization, kind, id, now()]);
    return row?.version ?? 0;
  }

  function step<T>(work: () => T): T {
    try {
      return database.step(work);
    } finally {
      known.forget();
    }
  }

  return {
    async get(organization, kind, id) {
      const [found] = kept([organization, kind, id], (at) =>
        database
          .query<DocumentRow>(
            `SELECT ${COLUMNS} FROM document WHERE organization = ? AND kind = ? AND id = ? AND coalesce(expires_at >= ?, 1)`,
          )
          .all([organization, kind, id, at]),
      );
      return found;
    },

    async list(organization, kind, { after = '', limit }) {
      const found = kept([organization, kind, after, limit], (at) =>
        database
          .query<DocumentRow>(
            `SELECT ${COLUMNS} FROM document WHERE organization = ? AND kind = ? AND id > ?
               AND coalesce(expires_at >= ?, 1) ORDER BY id LIMIT ?`,
          )
          .all([organization, kind, after, at, limit]),
      );
      return [...found];
    },

    async put(organization, kind, { id, value, expiresAt }, expected) {
      return step(() => {
        if (versionOf(organization, kind, id) !== expected) return undefined;
        const document = { id, value, version: expected + 1, ...(expiresAt !== undefined && { expiresAt }) };
        insertDocument(database, organization, kind, document);
        return document;
      });
    },

    async remove(organization, kind, id, expected) {
      return step(() => {
        const version = versionOf(organization, kind, id);
        if (version === 0 || (expected !== undefined && version !== expected)) return false;
        database
          .query('DELETE FROM document WHERE organization = ? AND kind = ? AND id = ?')
          .run([organization, kind, id]);
        return true;
      });
    },

    async expire(at) {
      return database
        .query(
          `DELETE FROM document WHERE (organization, kind, id) IN
             (SELECT organization, kind, id FROM document WHERE expires_at < ? ORDER BY expires_at LIMIT ?)`,
        )
        .run([at, EXPIRE_BATCH]);
    },
  };
}

/** Over what there may be of it. */
export function insertDocument(database: Database, organization: string, kind: string, document: StoredDocument): void {
  const { id, value, version, expiresAt } = document;
  database
    .query(
      'INSERT OR REPLACE INTO document (organization, kind, id, value, version, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
    )
    .run([organization, kind, id, JSON.stringify(value), version, expiresAt ?? null]);
}

export function toDocument({ id, value, version, expires_at }: DocumentRow): StoredDocument {
  return {
    id,
    value: fromJson<DocumentValue>(value),
    version,
    ...present<{ expiresAt: number }>({ expiresAt: expires_at }),
  };
}
