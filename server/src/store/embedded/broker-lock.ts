import { join } from 'node:path';
import { Database, isBusy } from './database.ts';
import { createFile } from './private-files.ts';

/** Another broker runs on this data directory, or it is being moved. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
}

/**
 * Takes the data directory for this process; the answer lets it go. The lock is SQLite's own on a file beside the store:
 * the kernel drops it when the process ends, however it ends, so that no stale lock is left, and no process id is
 * trusted. `holder` names the other broker for the message.
 */
export function lockForBroker(dataDir: string, holder: () => string): () => void {
  const path = join(dataDir, 'broker.lock');
  createFile(path);
  const lock = new Database(path, 0);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new DataDirectoryInUse(`another broker, or borescope migrate, uses the data directory ${dataDir}${holder()}`);
  }
  return () => {
    lock.exec('ROLLBACK');
    lock.close();
  };
}
