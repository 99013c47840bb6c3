import Libsql from 'libsql';
import { StoreUnavailable } from '../store.ts';

export type Value = string | number | null;

/** A prepared statement whose rows have the shape `Row`: the edge where SQL becomes typed. */
export interface Query<Row> {
  get(parameters: Value[]): Row | undefined;
  all(parameters: Value[]): Row[];
  /** The number of rows changed. */
  run(parameters: Value[]): number;
}

/** What the disk, the file or another process does to us; any other error is a fault of ours. */
const CONDITIONS = /^SQLITE_(BUSY|LOCKED|FULL|READONLY|IOERR|CORRUPT|NOTADB|CANTOPEN|NOMEM|PERM|AUTH|PROTOCOL)/;

/** Waiting mends none of these. */
const DAMAGED = /^SQLITE_(NOTADB|CORRUPT)/;

/** One SQLite file, in WAL mode. Every call is synchronous and blocks the event loop: keep each short. */
export class Database {
  readonly #path: string;
  readonly #sqlite: Libsql.Database;
  readonly #busyTimeoutMs: number;
  readonly #queries = new Map<string, Query<unknown>>();
  #open = true;
  #patient = true;
  #inStep = false;

  constructor(path: string, busyTimeoutMs: number) {
    this.#path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
    try {
      this.#sqlite = new Libsql(path, { timeout: busyTimeoutMs });
    } catch (error) {
      // libsql gives no SQLite code where it cannot open the file.
      throw new StoreUnavailable(`${path} cannot be opened`, { cause: error });
    }
  }

  /** Prepared once for each text. */
  query<Row>(sql: string): Query<Row> {
    const known = this.#queries.get(sql);
    if (known !== undefined) return known as Query<Row>;
    const statement = this.#guard(() => this.#sqlite.prepare(sql));
    // One array and no variadic arguments: libsql reads a single `null` argument as a list of parameters.
    const query: Query<Row> = {
      get: (parameters) => this.#guard(() => statement.get(parameters) as Row | undefined),
      all: (parameters) => this.#guard(() => statement.all(parameters) as Row[]),
      run: (parameters) => this.#within(() => this.#guard(() => statement.run(parameters).changes, { writes: true })),
    };
    this.#queries.set(sql, query);
    return query;
  }

  exec(sql: string): void {
    this.#guard(() => this.#sqlite.exec(sql), { writes: true });
  }

  /** The value of a pragma, or what it answers to being set. */
  pragma(source: string): unknown {
    const row = this.#guard(() => this.#sqlite.prepare(`PRAGMA ${source}`).all([])[0]);
    return typeof row === 'object' && row !== null ? Object.values(row)[0] : undefined;
  }

  /** All of `work` or nothing of it. Takes the write lock first, so that what is read cannot change before the write. */
  step<T>(work: () => T): T {
    this.exec('BEGIN IMMEDIATE');
    this.#inStep = true;
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has rolled back of its own accord after some errors, such as a full disk.
      if (this.#sqlite.inTransaction) this.#translated(() => this.#sqlite.exec('ROLLBACK'));
      throw error;
    } finally {
      this.#inStep = false;
    }
  }

  /**
   * A prepared write that finds the lock taken counts as under way until it is run again (SQLite means it to be tried
   * anew, and libsql has no reset), and while one is, every COMMIT is refused as SQLITE_BUSY. So the lock is taken by
   * `exec`, which leaves nothing behind.
   */
  #within<T>(write: () => T): T {
    return this.#inStep ? write() : this.step(write);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#queries.clear();
    try {
      // libsql keeps the file open until its statements are collected, so SQLite's own clean-up may never come.
      this.#sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // The log is complete without it: the next one to open the file reads it.
    }
    this.#sqlite.close();
  }

  #guard<T>(call: () => T, { writes = false } = {}): T {
    if (!this.#open) throw new StoreUnavailable('the store is closed');
    try {
      const result = this.#translated(call);
      // Reading goes on while another process writes: it says nothing of the lock.
      if (writes && !this.#patient) this.#wait(true);
      return result;
    } catch (error) {
      if (this.#patient && isBusy(error)) this.#wait(false);
      throw error;
    }
  }

  #translated<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      const code = sqliteCode(error);
      if (code === undefined || !CONDITIONS.test(code)) throw error;
      const mend = DAMAGED.test(code) ? ': restore it from a backup, or move it away to begin with an empty store' : '';
      throw new StoreUnavailable(`the store in ${this.#path} failed: ${code}${mend}`, { cause: error });
    }
  }

  /** While another process keeps the lock, only the first call waits for it: each wait stops the whole event loop. */
  #wait(patient: boolean): void {
    this.#patient = patient;
    this.#sqlite.pragma(`busy_timeout=${patient ? this.#busyTimeoutMs : 0}`);
  }
}

/** Another connection holds the lock. */
export function isBusy(error: unknown): boolean {
  return error instanceof StoreUnavailable && sqliteCode(error.cause)?.startsWith('SQLITE_BUSY') === true;
}

function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code;
}
