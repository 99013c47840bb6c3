import type { Store } from '../store.ts';

export interface EmbeddedStoreOptions {
  /** Created with mode 0700 where it is not there. */
  readonly dataDir: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /**
   * `broker` takes the data directory for this process, so that two brokers never share it; rejects with
   * `DataDirectoryInUse`. `administration` reads and writes beside a running broker.
   */
  readonly use: 'broker' | 'administration';
  /** Milliseconds that a call waits for a lock of another process. Calls are synchronous inside: keep it short. */
  readonly busyTimeoutMs?: number;
}

/** Another broker runs on this data directory. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
}

/** The data was written by a newer version of this program. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';
}

/** Rejects with `DataDirectoryInUse`, `SchemaTooNew` or `StoreUnavailable`. */
export declare function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<Store>;
