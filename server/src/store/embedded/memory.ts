import type { Database } from './database.ts';
import { Directory } from './directory.ts';
import { GroupCommit } from './group-commit.ts';
import { LiveCounts } from './live-counts.ts';
import { Records } from './records.ts';
import { writeRecord } from './write-record.ts';

/** What a broker keeps of its own store, which no other process writes but for tokens and organizations. */
export interface Memory {
  readonly directory: Directory;
  readonly records: Records;
  readonly counts: LiveCounts;
  /** Writes the pending records. */
  readonly commits: GroupCommit;
}

export function createMemory(database: Database): Memory {
  const directory = new Directory();
  const records = new Records();
  const commits = new GroupCommit(() => {
    try {
      database.step(() => {
        for (const pending of records.pending()) writeRecord(database, pending);
      });
      records.committed();
    } catch (error) {
      records.failed();
      counts.forget();
      throw error;
    }
  });
  const counts = new LiveCounts((organization, runtime) => {
    commits.flush();
    return countLive(database, organization, runtime);
  });
  return { directory, records, counts, commits };
}

/** Placements whose probe has business in this runtime, as they are on record. */
export function countLive(database: Database, organization: string, runtime: string): number {
  const row = database
    .query<{ count: number }>(
      'SELECT count(*) AS count FROM placement WHERE organization = ? AND runtime = ? AND live = 1',
    )
    .get([organization, runtime]);
  return row?.count ?? 0;
}
