import { closeSync, mkdirSync, openSync } from 'node:fs';
import { StoreUnavailable } from '../store.ts';

/** What to do about what the file system says. */
const MENDS: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file: name a directory with BORESCOPE_DATA_DIR',
  ENOTDIR: 'a part of its path is a file: name a directory with BORESCOPE_DATA_DIR',
  EACCES: 'this user may not write there (EACCES)',
  EPERM: 'this user may not write there (EPERM)',
  EROFS: 'its file system is read-only (EROFS)',
  ENOSPC: 'the disk is full (ENOSPC)',
};

/** For its owner only. Throws `StoreUnavailable`. */
export function createDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unwritable(directory, error);
  }
}

/**
 * Made before SQLite opens it, so that neither it nor its log is ever readable for others. One that is there is not
 * touched: closing any descriptor of it would drop the locks of every connection in this process (POSIX). Throws
 * `StoreUnavailable`.
 */
export function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): StoreUnavailable {
  const code = codeOf(error);
  return new StoreUnavailable(`the data directory cannot be used: ${path}: ${MENDS[code] ?? code}`, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
