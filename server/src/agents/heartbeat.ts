import type { Clock } from '../clock.ts';

export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  /** 0 up to 1: where in the first interval the first beat comes, so that the beats of many agents are spread. */
  readonly phase: number;
  readonly beat: () => void;
  /** Nothing was heard for three intervals: the connection is dead. */
  readonly silent: () => void;
}

/** Beats until it is stopped, and notices silence. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #heardAt: number;
  #cancel: () => void;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#heardAt = options.clock.now();
    this.#cancel = options.clock.later(options.everyMs * options.phase, () => this.#tick());
  }

  heard(): void {
    this.#heardAt = this.#options.clock.now();
  }

  stop(): void {
    this.#cancel();
  }

  #tick(): void {
    const { clock, everyMs, beat, silent } = this.#options;
    if (clock.now() - this.#heardAt > 3 * everyMs) {
      silent();
      return;
    }
    this.#cancel = clock.later(everyMs, () => this.#tick());
    beat();
  }
}
