import type { Clock } from '../clock.ts';

export interface HeartbeatOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  /** 0 up to 1: where in the first interval the first beat comes, so that the beats of many agents are spread. */
  readonly phase: number;
  readonly beat: () => void;
  /** Nothing was heard for three beats in a row: the connection is dead. */
  readonly silent: () => void;
}

/** Beats without an answer. What is counted is beats and not the time: a clock that is set must not drop every agent. */
const MOST_UNANSWERED = 3;

/** Beats until it is stopped, and notices silence. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #unanswered = 0;
  #cancel: () => void;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#cancel = options.clock.later(options.everyMs * options.phase, () => this.#tick());
  }

  heard(): void {
    this.#unanswered = 0;
  }

  stop(): void {
    this.#cancel();
  }

  #tick(): void {
    const { clock, everyMs, beat, silent } = this.#options;
    if (this.#unanswered === MOST_UNANSWERED) {
      silent();
      return;
    }
    this.#unanswered++;
    this.#cancel = clock.later(everyMs, () => this.#tick());
    beat();
  }
}
