import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type HeldStore, type HeldTarget, MoveRefused } from '../moving/held-store.ts';
import { lockForBroker } from './broker-lock.ts';
import { Database } from './database.ts';
import { prepareDatabase } from './prepare-database.ts';
import { createDirectory, createFile } from './private-files.ts';
import { readRecords } from './read-records.ts';
import { hasSchema, upgradeSchema } from './schema.ts';
import { clearUnfinished, isUnfinished, markUnfinished, refuseUnfinished } from './unfinished.ts';
import { empty, isEmpty, writeRecords } from './write-records.ts';

/** Milliseconds that a call waits for a command such as `borescope token`, which has the lock for a moment. */
const BUSY_TIMEOUT = 5_000;

/**
 * The store of a data directory, which stays as it is: its writing is locked for everybody. Rejects with `MoveRefused`,
 * `DataDirectoryInUse`, `SchemaTooNew`, `StoreMoving` or `StoreUnavailable`.
 */
export async function holdEmbeddedSource(dataDir: string): Promise<HeldStore> {
  const path = join(dataDir, 'borescope.db');
  if (!existsSync(path)) throw new MoveRefused(`there is no store in ${resolve(dataDir)}`);
  const unlock = lockForBroker(dataDir, () => '');
  const database = new Database(path, BUSY_TIMEOUT);
  try {
    if (!hasSchema(database)) throw new MoveRefused(`there is no store in ${resolve(dataDir)}`);
    refuseUnfinished(database, dataDir);
    database.exec('BEGIN IMMEDIATE');
    // To be read like any other, and rolled back with all else at the end.
    upgradeSchema(database);
  } catch (error) {
    database.close();
    unlock();
    throw error;
  }
  return {
    named: resolve(dataDir),
    records: () => readRecords(database),
    // The kernel keeps the locks for this process.
    confirm: async () => {},
    async close() {
      database.exec('ROLLBACK');
      database.close();
      unlock();
    },
  };
}

/**
 * An empty data directory, or one that a move has left unfinished, which is emptied. `at`: milliseconds since the epoch.
 * Rejects like `holdEmbeddedSource`, but for `StoreMoving`.
 */
export async function holdEmbeddedTarget(dataDir: string, at: number): Promise<HeldTarget> {
  const path = join(dataDir, 'borescope.db');
  createDirectory(dataDir);
  createFile(path);
  const unlock = lockForBroker(dataDir, () => '');
  const database = new Database(path, BUSY_TIMEOUT);
  try {
    prepareDatabase(database, at);
    // What is told to be there must not vanish with the power.
    database.pragma('synchronous=FULL');
    if (!isUnfinished(database) && !isEmpty(database)) {
      throw new MoveRefused(`the store in ${resolve(dataDir)} is not empty: name a directory that is not there yet`);
    }
    markUnfinished(database);
    empty(database);
  } catch (error) {
    database.close();
    unlock();
    throw error;
  }
  return {
    named: resolve(dataDir),
    records: () => readRecords(database),
    confirm: async () => {},
    load: async (records) => writeRecords(database, records, at),
    finish: async () => clearUnfinished(database),
    async close() {
      database.close();
      unlock();
    },
  };
}
