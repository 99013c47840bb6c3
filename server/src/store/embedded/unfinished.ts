import { StoreMoving } from '../store.ts';
import type { Database } from './database.ts';

const KEY = 'unfinished';

/** Notes that not all is here that is to be here; stays until `clearUnfinished`, whatever happens. */
export function markUnfinished(database: Database): void {
  database.query('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING').run([KEY, '']);
}

export function clearUnfinished(database: Database): void {
  database.query('DELETE FROM meta WHERE key = ?').run([KEY]);
}

export function isUnfinished(database: Database): boolean {
  return database.query('SELECT 1 FROM meta WHERE key = ?').get([KEY]) !== undefined;
}

/** Throws `StoreMoving`. */
export function refuseUnfinished(database: Database, dataDir: string): void {
  if (!isUnfinished(database)) return;
  throw new StoreMoving(
    `the store in ${dataDir} is unfinished: borescope migrate is writing it, or was broken off; run it again, it begins anew`,
  );
}
