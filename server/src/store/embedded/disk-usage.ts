import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

export interface DiskUsage {
  /** Bytes of the store's files: the database and its write-ahead log. */
  readonly storeBytes: number;
  /** Bytes that this user can still write on the disk where they are. */
  readonly freeBytes: number;
}

const FILES = ['borescope.db', 'borescope.db-wal', 'borescope.db-shm'];

/** Rejects where the data directory cannot be read. */
export async function diskUsage(dataDir: string): Promise<DiskUsage> {
  const { bavail, bsize } = await statfs(dataDir);
  const sizes = await Promise.all(FILES.map((file) => sizeOf(join(dataDir, file))));
  return { storeBytes: sizes.reduce((sum, size) => sum + size, 0), freeBytes: bavail * bsize };
}

/** The log is not there while nothing is in it. */
async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
