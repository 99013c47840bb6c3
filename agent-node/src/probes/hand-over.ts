import type { ToApplication } from '../application/messages.ts';

export interface HandOverPorts {
  readonly post: (message: ToApplication) => void;
  /** Is the debugger on? Only then may anything in the application need the policy. */
  readonly attached: () => boolean;
  /** Has the application's thread read what was posted? It reads when it passes a place, or is asked. */
  readonly ask: () => Promise<void>;
}

/** Policies that wait in the application's thread to be read: it may pass no place for hours, and each can be a megabyte. */
const MOST_UNREAD = 4;

/**
 * Hands policies to the application's thread: at once, as long as it reads them, else the newest when it does. Nothing waits
 * there that nobody will read.
 */
export class HandOver {
  readonly #ports: HandOverPorts;
  #unread = 0;
  #newest: ToApplication | undefined;
  #asking: Promise<void> | undefined;

  constructor(ports: HandOverPorts) {
    this.#ports = ports;
  }

  policy(message: ToApplication): void {
    this.#newest = message;
    if (this.#ports.attached() && this.#unread < MOST_UNREAD) this.post();
  }

  /** Before a place is told that is to be judged by it. */
  post(): void {
    const message = this.#newest;
    if (message === undefined) return;
    this.#newest = undefined;
    this.#unread += 1;
    this.#ports.post(message);
    this.#asking ??= this.#ask();
  }

  async #ask(): Promise<void> {
    // A thread that does not answer still reads before it passes a place.
    await this.#ports.ask().catch(() => {});
    this.#asking = undefined;
    this.#unread = 0;
    if (this.#ports.attached()) this.post();
  }
}
