import type { CLOSE } from '@borescope/agent-protocol';
import type { ActionState } from './actions/action.ts';
import type { HitOutcome } from './store/store.ts';

/** What the engine counts. The HTTP edge binds it to the metrics that are scraped; labels are closed sets or rule names. */
export interface Meter {
  /** `blocked`: of a file that the policy blocks, from an agent that does not know it, or not yet. */
  hit(outcome: HitOutcome['outcome'] | 'unavailable' | 'blocked'): void;
  /** Something that the agent let through and the broker's second pass hid. */
  redactionCaught(kind: string): void;
  actionPlaced(): void;
  /** `seconds` from placing to the end. */
  actionEnded(state: ActionState, seconds: number): void;
  /** How many agents are attached to this broker now. */
  agentsAttached(count: number): void;
  /** The broker closed a connection for what the agent did. */
  agentClosed(reason: keyof typeof CLOSE | 'helloTimeout' | 'silent' | 'lapsed'): void;
  /** The store refused or failed a step that will be tried again. */
  storeUnavailable(): void;
  /** The sweep did what a job or a broker that is gone has left undone. */
  madeGood(what: 'deadline' | 'dispatch' | 'lapse'): void;
  /** A worker of the queue that took no job any more was replaced. */
  workerReplaced(): void;
}

export const noMeter: Meter = {
  hit() {},
  redactionCaught() {},
  actionPlaced() {},
  actionEnded() {},
  agentsAttached() {},
  agentClosed() {},
  storeUnavailable() {},
  madeGood() {},
  workerReplaced() {},
};
