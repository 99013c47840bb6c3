import { Minute } from '../allowance/minute.ts';

/** Of a minute. A broker at work sends an ack for each hit and a kilobyte or two for each action. */
const MOST_FRAMES = 20_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** What is read of a broker: one that floods is read slowly, or the worker would keep a core busy with it. */
export class Intake {
  readonly #frames = new Minute(MOST_FRAMES);
  readonly #bytes = new Minute(MOST_BYTES);
  readonly #now: () => number;

  /** `now`: milliseconds, monotonic. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A frame was read. Milliseconds for which no other should be, or 0. */
  read(bytes: number): number {
    const at = this.#now();
    this.#frames.take(1, at);
    this.#bytes.take(bytes, at);
    const waits = [this.#frames, this.#bytes].map((one) => (one.left(at) > 0 ? 0 : one.backInMs(at)));
    return Math.max(...waits);
  }
}
