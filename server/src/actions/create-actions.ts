import type { AgentSessions } from '../agents/sessions.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { Queue } from '../queue/queue.ts';
import type { Store } from '../store/store.ts';
import type { Actions } from './actions.ts';

export interface ActionsOptions {
  readonly store: Store;
  readonly queue: Queue;
  readonly sessions: AgentSessions;
  readonly clock: Clock;
  /** A new action id: sortable by time, unguessable, without `:`. */
  readonly ids: () => string;
  /** Milliseconds that ended actions and their hits are kept. */
  readonly retentionMs: number;
  readonly log: Log;
  readonly meter: Meter;
}

/** The actions of this process, with a life: `start` before the first call, `drain` and `close` at the end. */
export interface RunningActions extends Actions {
  /** Takes up every live action of the store, and begins to expire old ones. */
  start(): Promise<void>;
  /** Waiting calls answer with what there is, from now on. */
  drain(): void;
  /** Stops all timers. The store, the queue and the sessions are closed by who made them. */
  close(): Promise<void>;
}

export declare function createActions(options: ActionsOptions): RunningActions;
