import type { Database } from './database.ts';
import { prepareSchema } from './schema.ts';

/** Sets up the connection, and makes the tables where there are none. `now`: milliseconds since the epoch. Throws `SchemaTooNew`. */
export function prepareDatabase(database: Database, now: number): void {
  // Only a file without tables takes it; `reclaim` gives pages back by it.
  database.pragma('auto_vacuum=INCREMENTAL');
  if (database.pragma('journal_mode') !== 'wal') database.pragma('journal_mode=WAL');
  // A commit outlives the death of this process; only a power cut may take the last ones. An fsync for each would
  // bound the broker to the disk, and what would be lost is a debugging session.
  database.pragma('synchronous=NORMAL');
  // Pages of 4 KiB in the write-ahead log until it is merged into the file, which waits for the disk; and the bytes of
  // it that stay on disk after that.
  database.pragma('wal_autocheckpoint=4000');
  database.pragma(`journal_size_limit=${32 * 1024 * 1024}`);
  // Hits are deleted because nobody may read them any longer: overwrite them.
  database.pragma('secure_delete=ON');
  prepareSchema(database, now);
}
