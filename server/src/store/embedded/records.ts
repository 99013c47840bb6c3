import type { Action, Placement } from '../../actions/action.ts';
import type { StoredHit } from '../store.ts';

/** An action with its placements, by runtime and in the order of their ids. Never changed in place. */
export interface ActionRecord {
  readonly action: Action;
  readonly placements: ReadonlyMap<string, Placement>;
}

/** A hit that is accepted, and its JSON. */
export interface PendingHit {
  readonly stored: StoredHit;
  readonly text: string;
}

/** What a record was when it was last written (undefined: never), what it is now, and its hits since. */
export interface PendingRecord {
  readonly before: ActionRecord | undefined;
  readonly after: ActionRecord;
  readonly hits: readonly PendingHit[];
}

/** Records that are kept, and placements of all of them; what was written longest ago goes first. */
const MOST = { records: 500, placements: 10_000 };

/**
 * The records that were written last, and those that are about to be written: on the path of a hit nothing has to be
 * read back. Right only where one process writes, which the lock of the data directory grants to a broker.
 */
export class Records {
  readonly #known = new Map<string, ActionRecord>();
  #placements = 0;
  readonly #pending = new Map<string, PendingRecord>();

  get(organization: string, id: string): ActionRecord | undefined {
    const key = keyOf(organization, id);
    return this.#pending.get(key)?.after ?? this.#known.get(key);
  }

  isPending(organization: string, id: string): boolean {
    return this.#pending.has(keyOf(organization, id));
  }

  /** To be written with the next commit. */
  change({ before, after, hits }: PendingRecord): void {
    const key = keyOf(after.action.organization, after.action.id);
    const pending = this.#pending.get(key);
    if (pending === undefined) this.#pending.set(key, { before, after, hits });
    else this.#pending.set(key, { before: pending.before, after, hits: [...pending.hits, ...hits] });
  }

  pending(): Iterable<PendingRecord> {
    return this.#pending.values();
  }

  /** All that was pending is written. */
  committed(): void {
    for (const [key, { after }] of this.#pending) {
      this.#drop(key);
      this.#known.set(key, after);
      this.#placements += after.placements.size;
    }
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST.records && this.#placements <= MOST.placements) break;
      this.#drop(oldest);
    }
    this.#pending.clear();
  }

  /** Nothing of what was pending is written. */
  failed(): void {
    for (const key of this.#pending.keys()) this.#drop(key);
    this.#pending.clear();
  }

  forget(organization: string, id: string): void {
    this.#drop(keyOf(organization, id));
  }

  /** The placements of this runtime were changed beside their actions. */
  forgetRuntime(organization: string, runtime: string): void {
    for (const [key, { action, placements }] of this.#known) {
      if (action.organization === organization && placements.has(runtime)) this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#placements -= this.#known.get(key)?.placements.size ?? 0;
    this.#known.delete(key);
  }
}

function keyOf(organization: string, id: string): string {
  return `${organization} ${id}`;
}
