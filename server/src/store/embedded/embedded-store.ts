import { hostname } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '@borescope/agent-protocol';
import type { Store } from '../store.ts';
import { embeddedActions } from './actions.ts';
import { embeddedAudit } from './audit.ts';
import { lockForBroker } from './broker-lock.ts';
import { Database } from './database.ts';
import { embeddedDocuments } from './documents.ts';
import { embeddedKeys } from './keys.ts';
import { createMemory } from './memory.ts';
import { embeddedOrganizations } from './organizations.ts';
import { prepareDatabase } from './prepare-database.ts';
import { createDirectory, createFile } from './private-files.ts';
import { embeddedQuotas } from './quotas.ts';
import { detachAll, embeddedRuntimes } from './runtimes.ts';
import { embeddedTokens } from './tokens.ts';
import { refuseUnfinished } from './unfinished.ts';

export { SchemaTooNew } from '../store.ts';
export { DataDirectoryInUse } from './broker-lock.ts';

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
  /**
   * Milliseconds that a call waits for a lock of another process; 250 for a broker, whose event loop stands still for so
   * long, 5 s for administration.
   */
  readonly busyTimeoutMs?: number;
}

/** Rejects with `DataDirectoryInUse`, `SchemaTooNew`, `StoreMoving` or `StoreUnavailable`. */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<Store> {
  const { dataDir, now, use, busyTimeoutMs = use === 'broker' ? 250 : 5_000 } = options;
  const path = join(dataDir, 'borescope.db');
  createDirectory(dataDir);
  createFile(path);
  const database = new Database(path, busyTimeoutMs);
  let unlock = () => {};
  try {
    if (use === 'broker') unlock = lockForBroker(dataDir, () => holder(database));
    prepareDatabase(database, now());
    refuseUnfinished(database, dataDir);
    if (use === 'broker') {
      detachAll(database, now());
      setMeta(database, 'broker', JSON.stringify({ pid: process.pid, host: hostname() }));
    }
  } catch (error) {
    database.close();
    unlock();
    throw error;
  }
  const memory = use === 'broker' ? createMemory(database) : undefined;
  return {
    organizations: embeddedOrganizations(database),
    tokens: embeddedTokens(database),
    actions: embeddedActions(database, memory),
    runtimes: embeddedRuntimes(database, memory),
    keys: embeddedKeys(database),
    documents: embeddedDocuments(database, now),
    audit: embeddedAudit(database, memory),
    quotas: embeddedQuotas(database, memory),
    async check() {
      // Room for one hit of the largest size, so that a full disk is found before a hit meets it. Two commits: within one
      // step the pages would never reach the disk.
      setMeta(database, 'check', 'x'.repeat(LIMITS.hitBytes));
      setMeta(database, 'check', '');
    },
    async close() {
      memory?.commits.flush();
      database.close();
      unlock();
      unlock = () => {};
    },
  };
}

function setMeta(database: Database, key: string, value: string): void {
  database
    .query('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value')
    .run([key, value]);
}

/** Who holds the directory, as far as it can be read. */
function holder(database: Database): string {
  try {
    const row = database.query<{ value: string }>("SELECT value FROM meta WHERE key = 'broker'").get([]);
    if (row === undefined) return '';
    const { pid, host } = JSON.parse(row.value) as { pid: number; host: string };
    return ` (the last broker on it: process ${pid} on ${host})`;
  } catch {
    return '';
  }
}
