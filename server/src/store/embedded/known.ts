import type { Database } from './database.ts';

/**
 * What was read with every request lately, and hardly ever changes. SQLite tells for little whether another connection, such
 * as that of a command which revokes a token, has committed anything since; who writes by this one says so by `forget`.
 */
export class Known<T> {
  readonly #database: Database;
  readonly #most: number;
  readonly #values = new Map<string, T>();
  #weight = 0;
  #version: number | undefined;

  /** `most`: weight of all that is kept; beyond, all is read anew. */
  constructor(database: Database, most: number) {
    this.#database = database;
    this.#most = most;
  }

  /** As it is on record now; undefined where it has to be read. */
  get(key: string): T | undefined {
    const version = this.#database.query<{ data_version: number }>('PRAGMA data_version').get([])?.data_version;
    if (version !== this.#version) this.forget();
    this.#version = version;
    return this.#values.get(key);
  }

  /** What was read after a `get` that did not know it, without anything awaited in between. */
  set(key: string, value: T, weight = 1): void {
    if (this.#weight + weight > this.#most) this.forget();
    this.#values.set(key, value);
    this.#weight += weight;
  }

  forget(): void {
    this.#values.clear();
    this.#weight = 0;
  }
}
