import type { Action, Placement } from '../../actions/action.ts';

/** An action with its placements, by runtime and in the order of their ids. Never changed in place. */
export interface ActionRecord {
  readonly action: Action;
  readonly placements: ReadonlyMap<string, Placement>;
}

/** Records that are kept; the one that was written longest ago goes first. */
const MOST = 500;
/** Placements of a record that is kept: above that reading it again is the smaller evil. */
const MOST_PLACEMENTS = 100;

/**
 * The records that were written last, as the database has them after the last commit: on the path of a hit nothing has to
 * be read back. Right only where one process writes, which the lock of the data directory grants to a broker.
 */
export class Records {
  readonly #known = new Map<string, ActionRecord>();

  get(organization: string, id: string): ActionRecord | undefined {
    return this.#known.get(keyOf(organization, id));
  }

  committed(organization: string, id: string, record: ActionRecord): void {
    this.forget(organization, id);
    if (record.placements.size > MOST_PLACEMENTS) return;
    this.#known.set(keyOf(organization, id), record);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
  }

  forget(organization: string, id: string): void {
    this.#known.delete(keyOf(organization, id));
  }

  /** The placements of this runtime were changed beside their actions. */
  forgetRuntime(organization: string, runtime: string): void {
    for (const [key, { action, placements }] of this.#known) {
      if (action.organization === organization && placements.has(runtime)) this.#known.delete(key);
    }
  }
}

function keyOf(organization: string, id: string): string {
  return `${organization} ${id}`;
}
