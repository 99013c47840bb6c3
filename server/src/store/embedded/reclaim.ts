import type { Database } from './database.ts';

/** Free pages (of 4 KiB) that stay in the file for what comes next. */
const KEPT = 1_024;
/** Pages given back in one call: a millisecond or two, in which the event loop waits. */
const BATCH = 256;

/** Gives pages that deleted rows have left back to the file system; false where there is nothing more to give. */
export function reclaim(database: Database): boolean {
  const free = freePages(database);
  if (free <= KEPT) return false;
  database.exec(`PRAGMA incremental_vacuum(${Math.min(BATCH, free - KEPT)})`);
  // A file that was made without auto_vacuum keeps its pages, and uses them again.
  return freePages(database) < free;
}

function freePages(database: Database): number {
  return Number(database.pragma('freelist_count'));
}
