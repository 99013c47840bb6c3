import type { Script } from '../sources/script.ts';
import type { Endings } from './endings.ts';
import type { LiveAction } from './live-action.ts';
import type { Placing } from './placing.ts';
import { unavailable } from './problems.ts';

/**
 * Actions that wait for a module, or whose module may be loaded once more: each time that scripts are loaded it is looked
 * whether theirs is among them.
 */
export class PendingModules {
  readonly #actions: ReadonlyMap<string, LiveAction>;
  readonly #placing: Placing;
  readonly #endings: Endings;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(actions: ReadonlyMap<string, LiveAction>, placing: Placing, endings: Endings) {
    this.#actions = actions;
    this.#placing = placing;
    this.#endings = endings;
  }

  loaded({ path }: Script): void {
    for (const action of this.#actions.values()) {
      if (action.status === 'armed' && action.scripts.has(path)) action.reloaded = true;
    }
    this.look();
  }

  /** Runs of it never overlap. */
  look(): void {
    this.#again = true;
    this.#running ??= this.#look().finally(() => {
      this.#running = undefined;
      if (this.#again && this.#any()) this.look();
    });
  }

  #any(): boolean {
    return [...this.#actions.values()].some(isConcerned);
  }

  async #look(): Promise<void> {
    this.#again = false;
    // Scripts come in bursts: one look for all that are already in the queue.
    await new Promise((resolve) => setImmediate(resolve));
    this.#again = false;
    for (const action of [...this.#actions.values()]) {
      if (!isConcerned(action)) continue;
      action.reloaded = false;
      try {
        await this.#placing.placePending(action);
      } catch (error) {
        await this.#endings.fail(action, unavailable(error));
      }
    }
  }
}

function isConcerned({ status, reloaded }: LiveAction): boolean {
  return status === 'pending' || (status === 'armed' && reloaded);
}
