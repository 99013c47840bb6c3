import { readMainThread } from '../runtime/main-thread.ts';

/** Milliseconds between two looks, and between the two looks at a pause. */
const LOOK_MS = 100;
const AGAIN_MS = 50;
/** Less than this of a processor since the last look, in milliseconds, and the thread may stand; our own questions cost it some 0.1. */
const STILL_MS = 1;

export interface StandstillPorts {
  /** Is the application's thread in a pause? Asks V8, and changes nothing. */
  isPaused(): Promise<boolean>;
  /** A person debugs: the pause is theirs. */
  isDebugged(): Promise<boolean>;
  /** Ends the pause, and every later one as soon as it begins. */
  release(): Promise<void>;
}

/**
 * An application may debug itself: an `inspector.Session` in its own thread that pauses on exceptions and resumes in its
 * handler. Node forgets that early resume when a session of another thread, as ours is, is connected too (it sets
 * `waiting_for_resume_` after the handlers ran, and waits for as long as such a session is there), and with all pauses
 * skipped V8 does not tell us: without this the thread would stand for good.
 */
export class Standstill {
  readonly #ports: StandstillPorts;
  #timer: NodeJS.Timeout | undefined;
  #cpuMs = 0;

  constructor(ports: StandstillPorts) {
    this.#ports = ports;
  }

  start(): void {
    this.stop();
    this.#wait(LOOK_MS, false);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(ms: number, suspected: boolean): void {
    const timer = setTimeout(() => {
      this.#look(suspected)
        .catch(() => false)
        .then((paused) => {
          // Stopped, or started again, meanwhile.
          if (this.#timer === timer) this.#wait(paused ? AGAIN_MS : LOOK_MS, paused);
        });
    }, ms);
    this.#timer = timer;
  }

  /** Is it in a pause that may yet end by itself? A session in a thread of its own resumes after some milliseconds. */
  async #look(suspected: boolean): Promise<boolean> {
    const cpuMs = readMainThread()?.cpuMs;
    const worked = cpuMs !== undefined && cpuMs - this.#cpuMs >= STILL_MS;
    this.#cpuMs = cpuMs ?? 0;
    if (worked || !(await this.#ports.isPaused())) return false;
    if (!suspected) return true;
    if (!(await this.#ports.isDebugged())) await this.#ports.release();
    return false;
  }
}
