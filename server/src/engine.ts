import { randomBytes } from 'node:crypto';
import { type Controls, createControls } from './access/controls.ts';
import type { OpenSecrets } from './access/secrets.ts';
import { createActionIds } from './actions/action-id.ts';
import type { Actions } from './actions/actions.ts';
import { createAgentReports } from './actions/agent-reports.ts';
import { createChanges } from './actions/changes.ts';
import { createActions } from './actions/create-actions.ts';
import { createDeadline } from './actions/deadline.ts';
import { createEnding } from './actions/ending.ts';
import { createLifecycle } from './actions/lifecycle.ts';
import { createLocalOrders, createSharedOrders } from './actions/orders.ts';
import { createPermits } from './actions/permits.ts';
import { createPlacingApproval } from './actions/placing-approval.ts';
import { createPolicyWatch } from './actions/policy-watch.ts';
import { createSweep } from './actions/sweep.ts';
import { createPolicies } from './agents/policies.ts';
import { type AgentSessions, createAgentSessions } from './agents/sessions.ts';
import { type Clock, systemClock } from './clock.ts';
import { createHitAcceptance } from './hits/accept.ts';
import { createLateRedactions } from './hits/late-redactions.ts';
import { createRedaction } from './hits/redaction.ts';
import type { Log } from './log.ts';
import type { Messages, Receiver } from './messages/messages.ts';
import type { Meter } from './meter.ts';
import { rulesFor } from './policies/redaction-policy.ts';
import { createEmbeddedQueue } from './queue/embedded-queue.ts';
import type { Queue } from './queue/queue.ts';
import { createStandstill } from './standstill.ts';
import type { Store } from './store/store.ts';

export interface EngineOptions {
  readonly store: Store;
  readonly secrets: OpenSecrets;
  /** Milliseconds that ended actions and their hits are kept. */
  readonly retentionMs: number;
  /** Milliseconds that entries of the audit are kept; 90 days where not given. */
  readonly auditRetentionMs?: number;
  readonly log: Log;
  readonly meter: Meter;
  readonly clock?: Clock;
  /** That of this process alone where not given. */
  readonly queue?: Queue;
  /** To other brokers on the same store; not given where this one is the only one. */
  readonly messages?: Messages;
  /** Milliseconds between the pings to an agent. */
  readonly heartbeatMs?: number;
  /** Milliseconds past its deadline that an action waits for hits on their way; `DELIVERY_GRACE` where not given. */
  readonly deliveryGraceMs?: number;
}

/** Actions, queue and agent sessions over one store, wired together. */
export interface Engine {
  readonly actions: Actions;
  readonly sessions: AgentSessions;
  readonly controls: Controls;
  /** Takes up what is live in the store. Before the first call and the first agent. */
  start(): Promise<void>;
  /** Waiting calls answer, agents are told to reconnect and let go, jobs end: all within `timeoutMs`. The store stays open. */
  drain(timeoutMs: number): Promise<void>;
}

/** Milliseconds after which a call that waits looks by itself, where another broker's word may be lost. */
const LOOK_EVERY = 2_000;
const AUDIT_RETENTION = 90 * 24 * 60 * 60 * 1000;

export function createEngine(options: EngineOptions): Engine {
  const {
    store,
    secrets,
    retentionMs,
    auditRetentionMs = AUDIT_RETENTION,
    log,
    meter,
    clock = systemClock,
    heartbeatMs,
    deliveryGraceMs,
  } = options;
  const controls = createControls({ store, secrets, now: clock.now, monotonic: () => performance.now(), log });
  const { policy, readOnly } = controls;
  const policies = createPolicies({
    keys: store.keys,
    clock,
    freshKey: () => randomBytes(32).toString('base64url'),
    async rulesOf(organization) {
      const { value, version } = await policy.get(organization);
      return { version, blocked: value.blocked, ...rulesFor(value.redaction) };
    },
  });
  const standstill = createStandstill({ clock, monotonic: () => performance.now() });
  // What came while it stood still is from after a change, perhaps, of which it hears only now.
  const redaction = createRedaction(policies, (organization) =>
    standstill.delay() > 0 ? policies.fresh(organization) : undefined,
  );
  const lateRedactions = createLateRedactions({ documents: store.documents, clock, log });
  const { messages, queue = createEmbeddedQueue({ clock, log }) } = options;
  const changes = createChanges((organization, actionId, change) =>
    messages?.tell({ type: 'changed', organization, actionId, change }),
  );
  const sessions = createAgentSessions({
    store,
    clock,
    random: Math.random,
    policies,
    replica: messages?.replica ?? randomBytes(8).toString('hex'),
    shared: messages !== undefined,
    log,
    meter,
    ...(heartbeatMs !== undefined && { heartbeatMs }),
  });
  const sharedOrders = messages && createSharedOrders({ store, sessions, messages, clock });
  const orders = sharedOrders ?? createLocalOrders({ sessions, clock });
  const approve = createPlacingApproval({ orders, redaction, clock, ...controls });
  const permits = createPermits({ store, approve, redaction, log, ...controls });
  const ending = createEnding({ store, orders, queue, changes, permits, log, meter });
  const meetDeadline = createDeadline({
    store,
    ending,
    clock,
    standstill,
    ...(deliveryGraceMs !== undefined && { graceMs: deliveryGraceMs }),
  });
  const acceptHit = createHitAcceptance({ store, redaction, lateRedactions, clock, standstill, meter });
  const reports = createAgentReports({ store, acceptHit, redaction, clock, changes, ending, meetDeadline });
  sessions.listen({
    ...reports,
    attached(from, actionIds) {
      const { organization, runtime, epoch } = from;
      messages?.tell({ type: 'attached', organization, runtime, epoch });
      reports.attached(from, actionIds);
    },
  });
  const ids = createActionIds(clock.now, randomBytes);
  const actions = createActions({
    store,
    queue,
    sessions,
    orders,
    redaction,
    permits,
    changes,
    ending,
    clock,
    ids,
    log,
    meter,
    ...(messages !== undefined && { lookEveryMs: LOOK_EVERY }),
  });
  const { audit } = controls;
  const lifecycle = createLifecycle({
    store,
    audit,
    queue,
    orders,
    meetDeadline,
    clock,
    retentionMs,
    auditRetentionMs,
    log,
  });
  const watch = createPolicyWatch({
    store,
    policy,
    readOnly,
    organizations: sessions.organizations,
    onChange: (organization) => policies.changed(organization),
    ending,
    clock,
    log,
  });
  const sweep = createSweep({ store, secrets, orders, meetDeadline, changes, clock, random: Math.random, log, meter });

  /** What the other brokers tell. */
  const receiver: Receiver = {
    async message(message) {
      await sharedOrders?.receive(message);
    },
    notice(notice) {
      const { organization } = notice;
      if (notice.type === 'attached') sessions.supersede(organization, notice.runtime, notice.epoch);
      else changes.heard(organization, notice.actionId, notice.change);
    },
    missed() {
      sessions.reconcile().catch((err: unknown) => log.warn({ err }, 'what was missed is made good by the heartbeats'));
    },
  };

  return {
    actions,
    sessions,
    controls,
    async start() {
      standstill.start();
      await messages?.start(receiver);
      await lifecycle.start();
      watch.start();
      lateRedactions.start();
      // Where there is one broker, its jobs are lost with it alone, and it takes up all that is live when it starts.
      if (messages !== undefined) sweep.start();
    },
    async drain(timeoutMs) {
      lifecycle.stop();
      watch.stop();
      sweep.stop();
      actions.release();
      await Promise.all([sessions.drain(timeoutMs), queue.close(timeoutMs)]);
      standstill.stop();
      await lateRedactions.close();
      // What the agents that left have told goes out first.
      await messages?.close();
    },
  };
}
