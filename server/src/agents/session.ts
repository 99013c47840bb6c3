import {
  type AgentFrame,
  type ArmSpec,
  type BrokerFrame,
  CLOSE,
  type Hello,
  type Inspection,
  LIMITS,
  negotiate,
  type Place,
  PROTOCOL,
} from '@borescope/agent-protocol';
import type { WebSocket } from 'ws';
import type { Caller } from '../access/caller.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import { type Store, StoreUnavailable } from '../store/store.ts';
import { toArmSpec } from './arm-spec.ts';
import { Connection } from './connection.ts';
import { Inspections } from './inspections.ts';
import type { AgentListener, AgentReport, Attachment, HitFrame } from './listener.ts';
import type { Wire } from './outbox.ts';
import type { Policies } from './policies.ts';
import { Recovery } from './recovery.ts';
import { buildWelcome } from './welcome.ts';

/** Milliseconds from the upgrade to the first frame. */
const HELLO_WITHIN = 10_000;
/** Milliseconds that the answer to a ping may take before an agent is told as overdue. */
const PONG_WITHIN = 3_000;
/** Close codes of RFC 6455 section 7.4.1 and of the registry that it founds. */
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

export type DisarmReason = Extract<BrokerFrame, { type: 'disarm' }>['reason'];

export interface SessionContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
  readonly policies: Policies;
  readonly replica: string;
  readonly log: Log;
  readonly meter: Meter;
  readonly heartbeatMs: number;
  /** There are other brokers: an order from one of them may be lost, and the lease may lapse. */
  readonly shared: boolean;
  readonly listener: AgentListener;
  /** Resolves when it is this one's turn to do what many may want to do at once. */
  readonly turn: () => Promise<void>;
  /** The session has its epoch. False where a newer attachment of the same runtime is here already. */
  readonly enter: (session: AgentSession, attachment: Attachment) => boolean;
  /** The session is over, and all that it received is dealt with. */
  readonly leave: (session: AgentSession) => void;
}

/**
 * One attachment of one agent, as a conversation. Its states, in order: it waits for hello; it is welcoming, while the
 * store is asked what is live there; it is attached; it is draining, where the broker goes away; it is closed.
 */
export class AgentSession {
  readonly caller: Caller;
  readonly #context: SessionContext;
  readonly #connection: Connection;
  readonly #inspections: Inspections;
  readonly #recovery: Recovery;
  readonly #cancelHelloTimeout: () => void;
  /** What is to be said behind the welcome, by action or request: nothing may come before it. */
  readonly #early = new Map<string, BrokerFrame>();
  /** Actions whose probe the agent was told to place, and has not been told to remove. */
  readonly #told = new Set<string>();
  #state: 'waiting-for-hello' | 'welcoming' | 'attached' | 'draining' | 'closed' = 'waiting-for-hello';
  #attachment: Attachment | undefined;
  #policyRevision: number | undefined;
  /** Why the connection ended, for the log. */
  #leftFor: string | undefined;

  constructor(socket: WebSocket, caller: Caller, remote: string, context: SessionContext, wire?: Wire) {
    this.caller = caller;
    this.#context = context;
    const { clock, heartbeatMs, log, meter } = context;
    this.#inspections = new Inspections(clock);
    this.#recovery = new Recovery({
      clock,
      askAgain: (actionId) => this.#askAgain(actionId),
      report: (report) => this.#report(report),
    });
    this.#cancelHelloTimeout = clock.later(HELLO_WITHIN, () => {
      this.#leftFor = 'helloTimeout';
      meter.agentClosed('helloTimeout');
      this.#close(CLOSE.outOfOrder, `no hello within ${HELLO_WITHIN / 1000} s`);
    });
    this.#connection = new Connection(socket, {
      clock,
      heartbeatMs,
      phase: context.random(),
      ...(wire !== undefined && { wire }),
      onFrame: (frame, bytes) => this.#take(frame, bytes),
      onBadFrame: (reason) => this.refuse('badFrame', reason),
      onOverflow: () => this.refuse('tooSlow', 'the agent does not read'),
      onBeat: () => void this.#renew(),
      onSilence: () => {
        this.#leftFor = 'silent';
        meter.agentClosed('silent');
      },
      onError: (error) => {
        log.warn({ err: error, remote, runtime: this.#attachment?.runtime }, 'an agent connection failed');
        this.#leftFor = 'failed';
        this.#close(TRY_AGAIN_LATER, 'the broker could not go on; try again later');
      },
      onEnd: (peerCode) => this.#end(peerCode),
    });
  }

  get attachment(): Attachment | undefined {
    return this.#attachment;
  }

  /** Why it ended, in a word; undefined while it lasts. */
  get leftFor(): string | undefined {
    return this.#leftFor;
  }

  /** Milliseconds since the agent was heard of, where it should have been heard since; else undefined. */
  get overdueMs(): number | undefined {
    const { silentMs } = this.#connection;
    return silentMs > this.#context.heartbeatMs + PONG_WITHIN ? silentMs : undefined;
  }

  arm(action: ArmSpec): void {
    this.#told.add(action.actionId);
    this.#order(action.actionId, { type: 'arm', action });
  }

  disarm(actionId: string, reason: DisarmReason): void {
    this.#told.delete(actionId);
    this.#order(actionId, { type: 'disarm', actionId, reason });
  }

  inspect(place: Place, timeoutMs: number): Promise<Inspection | undefined> {
    return this.#inspections.request((requestId) => {
      this.#order(requestId, { type: 'inspect', requestId, place });
    }, timeoutMs);
  }

  /** Does what the store says where an order was lost. May reject with `StoreUnavailable`. */
  async reconcile(): Promise<void> {
    if (this.#attachment === undefined || this.#state !== 'attached') return;
    const { organization, runtime } = this.#attachment;
    const { store, clock } = this.#context;
    // What is told while the store answers is newer than its answer.
    const before = new Set(this.#told);
    for (const { action, placement } of await store.actions.liveOn(organization, runtime)) {
      if (before.delete(action.id) || placement.status !== 'queued' || this.#told.has(action.id)) continue;
      const spec = toArmSpec(action, clock.now());
      if (spec !== undefined) this.arm(spec);
    }
    for (const actionId of before) if (this.#told.has(actionId)) this.disarm(actionId, 'unknown');
  }

  /** Sends the policy that holds now where the agent has another. Never rejects: the next heartbeat tries again. */
  async tellPolicy(): Promise<void> {
    if (this.#attachment === undefined || this.#policyRevision === undefined) return;
    const { organization, runtime, environment } = this.#attachment;
    const { policies, turn, log } = this.#context;
    try {
      const policy = (await policies.current(organization)).in(environment);
      if (policy.revision === this.#policyRevision) return;
      await turn();
      this.#policyRevision = policy.revision;
      this.#connection.send({ type: 'policy', policy });
    } catch (error) {
      log.warn({ err: error, runtime }, 'a runtime was not told its policy; the next heartbeat tries again');
    }
  }

  /** The agent is to reconnect; until it leaves, what it sends still counts. */
  drain(reconnectAfterMs: number): void {
    if (this.#state === 'attached') {
      this.#state = 'draining';
      this.#connection.send({ type: 'drain', reconnectAfterMs });
    } else {
      this.goAway();
    }
  }

  goAway(): void {
    this.#leftFor ??= 'drained';
    this.#close(GOING_AWAY, 'the broker goes away');
  }

  refuse(reason: keyof typeof CLOSE, text: string): void {
    if (this.#state === 'closed') return;
    const { log, meter } = this.#context;
    this.#leftFor = reason;
    meter.agentClosed(reason);
    log.warn({ token: this.caller.tokenId, runtime: this.#attachment?.runtime, reason, text }, 'agent refused');
    this.#close(CLOSE[reason], text);
  }

  #close(code: number, text: string): void {
    this.#state = 'closed';
    this.#connection.close(code, text);
  }

  #end(peerCode: number | undefined): void {
    this.#leftFor ??= leftOfItsOwn(peerCode, this.#state === 'draining');
    this.#state = 'closed';
    this.#cancelHelloTimeout();
    this.#recovery.stop();
    this.#inspections.close();
    this.#context.leave(this);
  }

  #order(subject: string, frame: BrokerFrame): void {
    if (this.#state === 'welcoming') this.#early.set(subject, frame);
    else this.#connection.send(frame);
  }

  async #take(frame: AgentFrame, bytes: number): Promise<void> {
    const from = this.#attachment;
    if (frame.type === 'hello') {
      if (this.#state === 'waiting-for-hello') return this.#hello(frame);
      return this.refuse('outOfOrder', 'a second hello');
    }
    if (from === undefined) return this.refuse('outOfOrder', `${frame.type} before hello`);
    switch (frame.type) {
      case 'inspected':
        return this.#inspections.answer(frame.requestId, frame.inspection);
      case 'hit':
        if (bytes > LIMITS.hitBytes && Buffer.byteLength(JSON.stringify(frame.hit)) > LIMITS.hitBytes) {
          return this.refuse('badFrame', `a hit above ${LIMITS.hitBytes} bytes`);
        }
        if (frame.epoch === from.epoch) return this.#hit(from, frame);
        this.#context.meter.hit('fenced');
        return this.refuse('outOfOrder', `a hit of epoch ${frame.epoch} on an attachment of epoch ${from.epoch}`);
      default:
        // The last word of a runtime ends what waits for its hits: it comes behind those that are asked for again.
        if (frame.type === 'status' && frame.removed && this.#recovery.owes(frame.actionId)) {
          return this.#recovery.report(frame);
        }
        return this.#report(frame).catch((error: unknown) => {
          this.#tolerate(error);
          this.#recovery.report(frame);
        });
    }
  }

  async #hello({ protocol, runtime, live: known }: Hello): Promise<void> {
    this.#cancelHelloTimeout();
    this.#state = 'welcoming';
    const { caller } = this;
    const { store, clock, replica, policies, heartbeatMs, listener, log } = this.#context;
    const version = negotiate(protocol);
    if (version === undefined) {
      return this.refuse('unsupportedVersion', `this broker speaks protocol ${PROTOCOL.min} to ${PROTOCOL.max}`);
    }
    if (!isBound(caller.services, runtime.service) || !isBound(caller.environments, runtime.environment)) {
      return this.refuse('unauthorized', 'the token is bound to other services or environments');
    }
    const { organization } = caller;
    await this.#context.turn();
    const attached = await store.runtimes.attach(organization, runtime, replica, clock.now());
    if (attached === undefined) {
      return this.refuse('unauthorized', 'this id belongs to a runtime of another service or environment');
    }
    const { id, service, environment } = runtime;
    const attachment: Attachment = {
      organization,
      runtime: id,
      service,
      epoch: attached.epoch,
      ...(environment !== undefined && { environment }),
    };
    this.#attachment = attachment;
    // From here on orders for this runtime come to this session, and what is read next is not older than they are.
    if (!this.#context.enter(this, attachment)) return this.refuse('superseded', 'a newer attachment is here');
    const live = await store.actions.liveOn(organization, runtime.id);
    const policy = (await policies.fresh(organization)).in(environment);
    if (this.#connection.isClosed) return;
    const now = clock.now();
    const { epoch } = attachment;
    const held = new Set(known.map(({ actionId }) => actionId));
    const { frame, left } = buildWelcome({ protocol: version, epoch, live, held, policy, heartbeatMs, now });
    const named = new Set(frame.actions.map(({ action }) => action.actionId));
    this.#policyRevision = policy.revision;
    this.#state = 'attached';
    for (const actionId of named) this.#told.add(actionId);
    this.#connection.send(frame);
    for (const order of this.#early.values()) {
      if (order.type !== 'arm' || !named.has(order.action.actionId)) this.#connection.send(order);
    }
    this.#early.clear();
    log.info({ ...attachment, token: caller.tokenId, live: named.size }, 'agent attached');
    listener.attached(attachment, [...named]);
    // It may have become another while the welcome was made.
    void this.tellPolicy();
    for (const actionId of left) {
      const message = 'the live actions of this runtime are too large to be told to its agent in one frame';
      const problem = { code: 'LIMIT_EXCEEDED', message } as const;
      const replies = await listener.report(attachment, { type: 'failed', actionId, problem });
      if (replies === 'fenced') return this.#fenced(attachment);
    }
  }

  async #hit(from: Attachment, frame: HitFrame): Promise<void> {
    try {
      const replies = await this.#context.listener.hit(from, frame);
      if (replies === 'fenced') return await this.#fenced(from);
      for (const reply of replies) this.#connection.send(reply);
    } catch (error) {
      this.#tolerate(error);
      this.#context.meter.hit('unavailable');
      this.#recovery.hit(frame.actionId);
    }
  }

  async #report(report: AgentReport): Promise<void> {
    if (this.#attachment === undefined) return;
    const replies = await this.#context.listener.report(this.#attachment, report);
    if (replies === 'fenced') return this.#fenced(this.#attachment);
    if (report.type === 'failed' || (report.type === 'status' && report.removed)) this.#told.delete(report.actionId);
    this.#recovery.reported(report);
    for (const reply of replies) this.#connection.send(reply);
  }

  async #askAgain(actionId: string): Promise<void> {
    if (this.#attachment === undefined) return;
    const { organization, runtime } = this.#attachment;
    const record = await this.#context.store.actions.get(organization, actionId);
    const placement = record?.placements.find((one) => one.runtime.id === runtime);
    // A hit for an action that has ended meanwhile is answered with the reason when it comes again.
    if (placement === undefined) this.disarm(actionId, 'unknown');
    else this.#connection.send({ type: 'resend', actionId, lastSequence: placement.lastSequence });
  }

  /** A store that does not work now is made good later; anything else is a fault of ours and ends the session. */
  #tolerate(error: unknown): void {
    if (!(error instanceof StoreUnavailable)) throw error;
    this.#context.meter.storeUnavailable();
    this.#context.log.warn({ err: error, runtime: this.#attachment?.runtime }, 'the store is unavailable');
  }

  /**
   * The attachment holds no longer. Where a newer one has its place this agent should stay away; where the lease has
   * lapsed, or the store has lost it, it should come again at once. May reject with `StoreUnavailable`.
   */
  async #fenced({ organization, runtime, epoch }: Attachment): Promise<void> {
    const { store, log, meter } = this.#context;
    const current = await store.runtimes.get(organization, runtime);
    if (this.#state === 'closed') return;
    if (current !== undefined && current.epoch > epoch) {
      return this.refuse('superseded', 'a newer attachment of this runtime exists');
    }
    this.#leftFor = 'lapsed';
    meter.agentClosed('lapsed');
    log.warn({ organization, runtime, epoch }, 'the attachment of an agent has lapsed: it has to attach again');
    this.#close(TRY_AGAIN_LATER, 'the attachment has lapsed; attach again');
  }

  /** Keeps the lease, and tells of a new policy, be it only of a new day. */
  async #renew(): Promise<void> {
    if (this.#attachment === undefined || this.#policyRevision === undefined) return;
    const { organization, runtime, epoch } = this.#attachment;
    const { store, policies, clock, log } = this.#context;
    try {
      const kept = await store.runtimes.renew(organization, runtime, epoch, clock.now());
      if (!kept) return await this.#fenced(this.#attachment);
      if (this.#context.shared) await this.reconcile();
      await policies.fresh(organization);
      await this.tellPolicy();
    } catch (error) {
      log.warn({ err: error, runtime }, 'the lease of a runtime was not renewed; the next heartbeat tries again');
    }
  }
}

function isBound(names: readonly string[] | undefined, name: string | undefined): boolean {
  return names === undefined || (name !== undefined && names.includes(name));
}

/** 1006 is a connection that broke without a word; else the agent has closed it. */
function leftOfItsOwn(code: number | undefined, draining: boolean): string {
  if (draining) return 'drained';
  return code === undefined || code === 1006 ? 'connection lost' : `closed by the agent (${code})`;
}
