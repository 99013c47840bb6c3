import type { Database } from './database.ts';
import { Directory } from './directory.ts';
import { GroupCommit } from './group-commit.ts';
import { LiveCounts, livesMore } from './live-counts.ts';
import { RecentHits } from './recent-hits.ts';
import { Records } from './records.ts';
import { writeRecord } from './write-record.ts';

/** What a broker keeps of its own store: no other process writes actions, placements, hits and runtimes. */
export interface Memory {
  readonly directory: Directory;
  readonly records: Records;
  readonly hits: RecentHits;
  readonly counts: LiveCounts;
  /** Writes the pending records, and what else is to be in the same commit. */
  readonly commits: GroupCommit;
}

export function createMemory(database: Database): Memory {
  const directory = new Directory();
  const records = new Records();
  const recent = new RecentHits();
  const commits = new GroupCommit((works) => {
    try {
      database.step(() => {
        for (const pending of records.pending()) writeRecord(database, pending);
        for (const work of works) work();
      });
      for (const { after, hits } of records.pending()) {
        if (hits.length === 0) continue;
        const { organization, id } = after.action;
        recent.add(
          organization,
          id,
          hits.map(({ stored, text }) => ({ hit: stored, units: text.length })),
        );
      }
      records.committed();
    } catch (error) {
      records.failed();
      counts.forget();
      throw error;
    }
  });
  // No commit for it: what is asked for in one turn is to stay together.
  const counts = new LiveCounts((organization, runtime) => {
    let live = countLive(database, organization, runtime);
    for (const { before, after } of records.pending()) {
      if (after.action.organization === organization) live += livesMore(before, after, runtime);
    }
    return live;
  });
  return { directory, records, hits: recent, counts, commits };
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
