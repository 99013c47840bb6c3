import type { Inspection } from '@borescope/agent-protocol';
import type { Clock } from '../clock.ts';

/** Requests that one agent may have to answer at the same time. */
const MOST = 32;

/** The inspect requests that one agent has not answered yet. Each ends: answered, out of time, or with the agent. */
export class Inspections {
  readonly #clock: Clock;
  readonly #open = new Map<string, (inspection: Inspection | undefined) => void>();
  #made = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sends by `ask`. Undefined where no answer comes within `timeoutMs`, or too many are open already. */
  request(ask: (requestId: string) => void, timeoutMs: number): Promise<Inspection | undefined> {
    if (this.#open.size >= MOST) return Promise.resolve(undefined);
    const requestId = `inspect-${++this.#made}`;
    return new Promise((resolve) => {
      const cancel = this.#clock.later(timeoutMs, () => this.answer(requestId, undefined));
      this.#open.set(requestId, (inspection) => {
        cancel();
        resolve(inspection);
      });
      ask(requestId);
    });
  }

  /** Does nothing for an id that is not open: an answer after its time. */
  answer(requestId: string, inspection: Inspection | undefined): void {
    const resolve = this.#open.get(requestId);
    this.#open.delete(requestId);
    resolve?.(inspection);
  }

  close(): void {
    for (const requestId of [...this.#open.keys()]) this.answer(requestId, undefined);
  }
}
