import type { Allowance } from '../allowance/allowance.ts';
import type { EngineEvents } from './events.ts';
import { ended, type LiveAction } from './live-action.ts';
import { observe } from './observe.ts';
import type { PlaceTable } from './place-table.ts';

/** Milliseconds. */
const TICK_MS = 100;
const STATUS_MS = 1000;

export interface WatchPorts {
  readonly actions: ReadonlyMap<string, LiveAction>;
  readonly places: PlaceTable;
  readonly events: EngineEvents;
  readonly allowance: Allowance;
  /** What was taken of the application's thread since the process began, milliseconds. */
  readonly takenMs: () => number;
  /** The shared counts of probes. */
  readonly counts: Float64Array;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** While probes are in place: looks at what they spend ten times a second, and tells how they stand once a second. */
export class Watch {
  readonly #ports: WatchPorts;
  #timer: NodeJS.Timeout | undefined;
  #nextStatus = 0;

  constructor(ports: WatchPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Is something left to give? Called at each hit, too. */
  look(): void {
    const { actions, places, allowance } = this.#ports;
    const { reached } = allowance;
    places.halt(reached !== undefined);
    if (reached === undefined) return;
    for (const action of actions.values()) if (action.place && !ended(action)) action.ownLimit = reached;
  }

  #tick(): void {
    const { actions, places, allowance, takenMs, now } = this.#ports;
    allowance.account(takenMs());
    this.look();
    places.tick();
    if (now() < this.#nextStatus) return;
    this.#nextStatus = now() + STATUS_MS;
    for (const action of actions.values()) this.#tell(action);
  }

  /** Only what has changed; the times go on by themselves. */
  #tell(action: LiveAction): void {
    if (!action.place) return;
    action.last = observe(action, this.#ports.counts, this.#ports.now());
    const { passes, conditionFalse, conditionErrors, dropped } = action.last.observation;
    const told = [
      passes,
      conditionFalse,
      conditionErrors,
      dropped,
      action.ownLimit?.of,
      action.armingMs > 0,
      Math.round(action.slowdownMs),
    ].join();
    if (told === action.told) return;
    action.told = told;
    this.#ports.events.status(action, false);
  }
}
