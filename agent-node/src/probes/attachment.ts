import { CONTROL, REQUEST } from '../application/shared.ts';
import { calibrate, type PassCost } from './calibration.ts';
import type { Debugger } from './debugger.ts';
import { warmUp } from './warming.ts';

/** `Debugger.enable` is the dear part of a first action: stay on for as long as a person may look again. Milliseconds. */
const IDLE_MS = 10 * 60_000;

export interface AttachmentOptions {
  readonly debugger: Debugger;
  /** The shared words; see `CONTROL`. */
  readonly control: Int32Array;
  /** Never let go of the debugger once it is on. */
  readonly eager: boolean;
  /** The debugger was switched on or off. */
  readonly changed: () => void;
  /** It was switched off because nobody needed it: what V8 said of scripts holds no longer. */
  readonly released: () => void;
}

/** The debugger in the application's thread: on from the first action until some minutes after the last. */
export class Attachment {
  readonly #options: AttachmentOptions;
  #cost: PassCost | undefined;
  #idle: NodeJS.Timeout | undefined;
  #warming: Promise<void> | undefined;
  #warm = false;

  constructor(options: AttachmentOptions) {
    this.#options = options;
  }

  get attached(): boolean {
    return this.#options.debugger.enabled;
  }

  /** The code of a hit is still being run on samples, in the application's thread. */
  get warming(): boolean {
    return !this.#warm;
  }

  /** What V8 takes for one pass on this machine; measured once. */
  get cost(): PassCost {
    this.#cost ??= calibrate();
    return this.#cost;
  }

  /**
   * Resolves when the debugger is on and the first hit will find its code compiled. Gives the milliseconds for which the
   * application stood still, where this call switched the debugger on.
   */
  async ready(): Promise<number> {
    const fresh = !this.attached;
    const enabling = this.#options.debugger.enable();
    this.#options.changed();
    const stallMs = await enabling;
    this.#warming ??= warmUp(this.#options.debugger, this.#options.control, () => {
      this.#warm = true;
    });
    this.#cost ??= calibrate();
    await this.#warming;
    return fresh ? stallMs : 0;
  }

  /** Has the application changed what the agent's own lists inherit? Then nothing is captured. */
  async isAltered(): Promise<boolean> {
    await this.#options.debugger.callEntry(REQUEST.look);
    return Atomics.load(this.#options.control, CONTROL.altered) === 1;
  }

  needed(): void {
    clearTimeout(this.#idle);
  }

  unneeded(): void {
    clearTimeout(this.#idle);
    if (this.#options.eager || !this.attached) return;
    this.#idle = setTimeout(() => {
      this.#options.debugger.disable();
      this.#options.released();
      this.#options.changed();
    }, IDLE_MS);
  }

  /** Lets go of the application: every breakpoint goes with the session. */
  close(): void {
    clearTimeout(this.#idle);
    this.#options.debugger.disable();
  }
}
