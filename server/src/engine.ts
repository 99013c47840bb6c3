import type { Actions } from './actions/actions.ts';
import type { AgentSessions } from './agents/sessions.ts';
import type { Log } from './log.ts';
import type { Meter } from './meter.ts';
import type { Store } from './store/store.ts';

export interface EngineOptions {
  readonly store: Store;
  /** Milliseconds that ended actions and their hits are kept. */
  readonly retentionMs: number;
  readonly log: Log;
  readonly meter: Meter;
}

/** Actions, queue and agent sessions over one store, wired together. */
export interface Engine {
  readonly actions: Actions;
  readonly sessions: AgentSessions;
  /** Takes up what is live in the store. Before the first call and the first agent. */
  start(): Promise<void>;
  /** Waiting calls answer, agents are told to reconnect and let go, jobs end: all within `timeoutMs`. The store stays open. */
  drain(timeoutMs: number): Promise<void>;
}

export declare function createEngine(options: EngineOptions): Engine;
