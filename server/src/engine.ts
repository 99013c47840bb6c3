import { randomBytes } from 'node:crypto';
import { createActionIds } from './actions/action-id.ts';
import type { Actions } from './actions/actions.ts';
import { createAgentReports } from './actions/agent-reports.ts';
import { createChanges } from './actions/changes.ts';
import { createActions } from './actions/create-actions.ts';
import { createDeadline } from './actions/deadline.ts';
import { createEnding } from './actions/ending.ts';
import { createLifecycle } from './actions/lifecycle.ts';
import { createPolicies } from './agents/policies.ts';
import { type AgentSessions, createAgentSessions } from './agents/sessions.ts';
import { type Clock, systemClock } from './clock.ts';
import { createHitAcceptance } from './hits/accept.ts';
import { createRedaction } from './hits/redaction.ts';
import type { Log } from './log.ts';
import type { Meter } from './meter.ts';
import { createEmbeddedQueue } from './queue/embedded-queue.ts';
import type { Store } from './store/store.ts';

export interface EngineOptions {
  readonly store: Store;
  /** Milliseconds that ended actions and their hits are kept. */
  readonly retentionMs: number;
  readonly log: Log;
  readonly meter: Meter;
  readonly clock?: Clock;
  /** Milliseconds between the pings to an agent. */
  readonly heartbeatMs?: number;
  /** Milliseconds past its deadline that an action waits for hits on their way; `DELIVERY_GRACE` where not given. */
  readonly deliveryGraceMs?: number;
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

export function createEngine(options: EngineOptions): Engine {
  const { store, retentionMs, log, meter, clock = systemClock, heartbeatMs, deliveryGraceMs } = options;
  const policies = createPolicies({ keys: store.keys, clock, freshKey: () => randomBytes(32).toString('base64url') });
  const redaction = createRedaction(policies);
  const changes = createChanges();
  const queue = createEmbeddedQueue({ clock, log });
  const sessions = createAgentSessions({
    store,
    clock,
    random: Math.random,
    policies,
    replica: randomBytes(8).toString('hex'),
    log,
    meter,
    ...(heartbeatMs !== undefined && { heartbeatMs }),
  });
  const ending = createEnding({ store, sessions, queue, changes, log, meter });
  const meetDeadline = createDeadline({
    store,
    ending,
    clock,
    ...(deliveryGraceMs !== undefined && { graceMs: deliveryGraceMs }),
  });
  const acceptHit = createHitAcceptance({ store, redaction, clock, meter });
  sessions.listen(createAgentReports({ store, acceptHit, redaction, clock, changes, ending, meetDeadline }));
  const ids = createActionIds(clock.now, randomBytes);
  const actions = createActions({ store, queue, sessions, redaction, changes, ending, clock, ids, log, meter });
  const lifecycle = createLifecycle({ store, queue, sessions, meetDeadline, clock, retentionMs, log });
  return {
    actions,
    sessions,
    start: () => lifecycle.start(),
    async drain(timeoutMs) {
      lifecycle.stop();
      actions.release();
      await Promise.all([sessions.drain(timeoutMs), queue.close(timeoutMs)]);
    },
  };
}
