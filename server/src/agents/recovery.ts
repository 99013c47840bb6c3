import { LIMITS } from '@borescope/agent-protocol';
import type { Clock } from '../clock.ts';
import type { AgentReport } from './listener.ts';

/** Milliseconds until the store is tried again: doubled each time, up to the last. */
const RETRY = { first: 250, last: 5_000 };

export interface RecoveryOptions {
  readonly clock: Clock;
  /** Asks the agent for the hits after the last one that is stored. Both reject where the store still does not work. */
  readonly askAgain: (actionId: string) => Promise<void>;
  readonly report: (report: AgentReport) => Promise<void>;
}

/**
 * What an agent said while the store did not work, to be made good when it works again. Hits are not kept: they were not
 * acknowledged, so the agent still has them. Of reports the last of each kind is kept.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #hits = new Set<string>();
  readonly #reports = new Map<string, AgentReport>();
  #delay = RETRY.first;
  #cancel: (() => void) | undefined;
  #stopped = false;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  hit(actionId: string): void {
    // A runtime cannot have more live actions; what goes beyond is not ours.
    if (this.#hits.size < LIMITS.liveActionsPerRuntime) this.#hits.add(actionId);
    this.#schedule();
  }

  report(report: AgentReport): void {
    if (this.#reports.size < 2 * LIMITS.liveActionsPerRuntime) this.#reports.set(keyOf(report), report);
    this.#schedule();
  }

  /** Hits of this action are still to be asked for. */
  owes(actionId: string): boolean {
    return this.#hits.has(actionId);
  }

  /** A newer report of this kind has arrived in the store. */
  reported(report: AgentReport): void {
    this.#reports.delete(keyOf(report));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  #schedule(): void {
    if (this.#stopped || this.#cancel !== undefined) return;
    this.#cancel = this.#options.clock.later(this.#delay, () => {
      this.#delay = Math.min(this.#delay * 2, RETRY.last);
      void this.#retry();
    });
  }

  async #retry(): Promise<void> {
    try {
      for (const [key, report] of this.#reports) {
        if (report.type === 'status' && report.removed && this.#hits.has(report.actionId)) continue;
        await this.#options.report(report);
        if (this.#reports.get(key) === report) this.#reports.delete(key);
      }
      for (const actionId of this.#hits) {
        await this.#options.askAgain(actionId);
        this.#hits.delete(actionId);
      }
      this.#delay = RETRY.first;
      this.#cancel = undefined;
      // A last word waits until the hits that were asked for have had the time to come.
      if (this.#reports.size > 0) this.#schedule();
    } catch {
      this.#cancel = undefined;
      this.#schedule();
    }
  }
}

function keyOf(report: AgentReport): string {
  return `${report.actionId} ${report.type === 'status' ? 'status' : 'place'}`;
}
