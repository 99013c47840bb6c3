import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { DiskUsage } from './store/embedded/disk-usage.ts';

/** Bytes of free disk below which a broker warns: room for about ten thousand hits of a web handler. */
export const LOW_DISK = 512 * 1024 * 1024;
/** Milliseconds between two looks. */
const LOOK_EVERY = 60_000;

export interface DiskWatchOptions {
  readonly usage: () => Promise<DiskUsage>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Warns in the log when the disk of the store runs low, once, and says when it has room again. The answer stops it. */
export function watchDisk({ usage, clock, log }: DiskWatchOptions): () => void {
  let low = false;
  let stopped = false;
  let cancel = () => {};

  async function look(): Promise<void> {
    try {
      const { storeBytes, freeBytes } = await usage();
      const wasLow = low;
      low = freeBytes < LOW_DISK;
      const fields = { storeBytes, freeBytes, warnBelow: LOW_DISK };
      if (low && !wasLow) log.warn(fields, 'the disk of the store is nearly full: soon no hit can be stored');
      if (wasLow && !low) log.info(fields, 'the disk of the store has room again');
    } catch (error) {
      log.warn({ err: error }, 'the room on the disk of the store cannot be read');
    }
    if (!stopped) cancel = clock.later(LOOK_EVERY, () => void look());
  }

  void look();
  return () => {
    stopped = true;
    cancel();
  };
}
