import type { StoredHit } from '../store.ts';

/** UTF-16 code units of JSON of all hits that are kept. */
const MOST = 8 * 1024 * 1024;

/** The hits that were stored last: who waits for them reads them at once, and they need not be parsed again. */
export class RecentHits {
  readonly #kept = new Map<string, { hits: StoredHit[]; units: number }>();
  #units = 0;

  /** Hits of one action that are on record now, in their order. */
  add(organization: string, id: string, stored: readonly { hit: StoredHit; units: number }[]): void {
    const key = `${organization} ${id}`;
    const entry = this.#kept.get(key) ?? { hits: [], units: 0 };
    // Behind the others: the action that was hit longest ago goes first.
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    for (const { hit, units } of stored) {
      entry.hits.push(hit);
      entry.units += units;
      this.#units += units;
    }
    for (const oldest of this.#kept.keys()) {
      if (this.#units <= MOST) break;
      this.#forget(oldest);
    }
  }

  /** The hits from `after` + 1 to `last`; undefined where not all of them are kept. */
  between(organization: string, id: string, after: number, last: number): StoredHit[] | undefined {
    if (after >= last) return [];
    const found = this.#kept.get(`${organization} ${id}`)?.hits.filter(({ number }) => number > after);
    return found?.length === last - after ? found : undefined;
  }

  forget(organization: string, id: string): void {
    this.#forget(`${organization} ${id}`);
  }

  #forget(key: string): void {
    this.#units -= this.#kept.get(key)?.units ?? 0;
    this.#kept.delete(key);
  }
}
