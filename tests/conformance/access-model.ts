import type { StoredDocument } from '../../server/src/store/document-store.ts';
import { meetNeeds, missingOf, type QuotaCounters, ROUNDING, startOf } from '../../server/src/store/quota-needs.ts';
import type { QuotaNeed, QuotaRefusal, QuotaReturn } from '../../server/src/store/quota-store.ts';

/** What a store is to do with the documents, counters and chain of one organization, in memory and without a thought of two callers at once. */
export class AccessModel implements QuotaCounters {
  readonly #documents = new Map<string, StoredDocument>();
  readonly #windows = new Map<string, number>();
  readonly #buckets = new Map<string, { missing: number; at: number }>();
  readonly #leases = new Map<string, Map<string, number>>();
  #now = 0;

  put(id: string, n: number, expected: number): StoredDocument | undefined {
    if ((this.#documents.get(id)?.version ?? 0) !== expected) return undefined;
    const document = { id, value: { n }, version: expected + 1 };
    this.#documents.set(id, document);
    return document;
  }

  remove(id: string, expected: number | undefined): boolean {
    const version = this.#documents.get(id)?.version;
    if (version === undefined || (expected !== undefined && version !== expected)) return false;
    return this.#documents.delete(id);
  }

  get(id: string): StoredDocument | undefined {
    return this.#documents.get(id);
  }

  list(): StoredDocument[] {
    return [...this.#documents.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  take(needs: readonly QuotaNeed[], now: number): QuotaRefusal | undefined {
    this.#now = now;
    const met = meetNeeds(needs, this, now);
    if ('refusal' in met) return met.refusal;
    for (const change of met.changes) {
      if (change.kind === 'window') this.#windows.set(keyOf(change, change.start), change.taken);
      else if (change.kind === 'bucket') this.#buckets.set(change.name, change.bucket);
      else this.#leases.set(change.name, new Map(this.#leases.get(change.name)).set(change.id, change.until));
    }
    return undefined;
  }

  give(returned: readonly QuotaReturn[], now: number): boolean {
    this.#now = now;
    if (returned.some((one) => one.kind === 'lease' && !this.leases(one.name).has(one.id))) return false;
    for (const one of returned) {
      if (one.kind === 'lease') this.#leases.get(one.name)?.delete(one.id);
      else {
        const start = startOf(one.windowMs, one.at);
        const left = Math.max(0, this.taken(one.name, one.windowMs, start) - one.amount);
        if (start + one.windowMs > now) this.#windows.set(keyOf(one, start), left);
      }
    }
    return true;
  }

  used(needs: readonly QuotaNeed[], now: number): number[] {
    this.#now = now;
    return needs.map((need) => {
      if (need.kind === 'window') return this.taken(need.name, need.windowMs, startOf(need.windowMs, now));
      if (need.kind === 'lease') return this.leases(need.name).size;
      return Math.max(0, Math.ceil(missingOf(this.bucket(need.name), need.perSecond, now) - ROUNDING));
    });
  }

  taken(name: string, windowMs: number, start: number): number {
    return this.#windows.get(keyOf({ name, windowMs }, start)) ?? 0;
  }

  bucket(name: string): { missing: number; at: number } | undefined {
    return this.#buckets.get(name);
  }

  leases(name: string): ReadonlyMap<string, number> {
    return new Map([...(this.#leases.get(name) ?? [])].filter(([, until]) => until > this.#now));
  }
}

function keyOf({ name, windowMs }: { name: string; windowMs: number }, start: number): string {
  return JSON.stringify([name, windowMs, start]);
}
