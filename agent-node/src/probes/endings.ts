import type { Problem } from '@borescope/agent-protocol';
import type { EngineEvents } from './events.ts';
import { ended, type LiveAction } from './live-action.ts';
import type { PlaceTable } from './place-table.ts';
import type { Rows } from './rows.ts';

/** An action that ended here is kept a while for a broker that comes back and asks. Milliseconds. */
const REMEMBER_MS = 120_000;

export interface EndingsPorts {
  readonly actions: Map<string, LiveAction>;
  readonly places: PlaceTable;
  readonly rows: Rows;
  readonly events: EngineEvents;
  /** Resolves when every hit that was captured has been handed on. */
  readonly handedOn: () => Promise<void>;
  /** An action has ended: there may be none left that needs the debugger. */
  readonly rest: () => void;
}

/** The ways in which an action ends: refused, fulfilled, cancelled, or out of time. Each leaves nothing in the process. */
export class Endings {
  readonly #ports: EndingsPorts;

  constructor(ports: EndingsPorts) {
    this.#ports = ports;
  }

  /** From now on the action has `ttlMs` milliseconds; what it had before is forgotten. */
  expireIn(action: LiveAction, ttlMs: number): void {
    clearTimeout(action.ttl);
    action.ttl = setTimeout(() => void this.#expire(action), ttlMs);
  }

  async fail(action: LiveAction, problem: Problem): Promise<void> {
    if (ended(action)) return;
    action.status = 'failed';
    action.problem = problem;
    await this.#release(action);
    this.#ports.events.failed(action);
  }

  /** Of one that has ended already nothing more is told than this: hits of it may still wait. */
  async block(action: LiveAction, problem: Problem): Promise<void> {
    if (!ended(action)) return this.fail(action, problem);
    action.status = 'failed';
    action.problem = problem;
    this.#ports.events.failed(action);
  }

  /** The probe goes; the action stays known until the broker lets it go. */
  async end(action: LiveAction): Promise<void> {
    if (ended(action)) return;
    action.status = 'removed';
    await this.#release(action);
    // The last word: nothing of this action may come behind it.
    await this.#ports.handedOn();
    this.#ports.events.status(action, true);
  }

  /** Removes the probe and forgets the action; the last status has been told when it resolves. */
  async forget(action: LiveAction): Promise<void> {
    await this.end(action);
    clearTimeout(action.ttl);
    this.#ports.actions.delete(action.id);
    this.#ports.rest();
  }

  async #expire(action: LiveAction): Promise<void> {
    await this.end(action);
    action.ttl = setTimeout(() => {
      this.#ports.actions.delete(action.id);
      this.#ports.events.forgotten(action.id);
      this.#ports.rest();
    }, REMEMBER_MS);
  }

  async #release(action: LiveAction): Promise<void> {
    await this.#ports.places.leave(action).catch(() => {
      // The thread does not answer; the breakpoint goes with the session, and its row is silent from now on.
    });
    if (action.row !== undefined) this.#ports.rows.give(action.row);
    action.row = undefined;
    this.#ports.rest();
  }
}
