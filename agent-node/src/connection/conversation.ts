import {
  type AgentFrame,
  type BrokerFrame,
  CLOSE,
  type Hit,
  LIMITS,
  negotiate,
  type Place,
  type Policy,
  PROTOCOL,
  type RuntimeDescription,
  type Welcome,
} from '@borescope/agent-protocol';
import type { ProbeEngine } from '../probes/engine.ts';
import { ended, isBlocked, type LiveAction } from '../probes/live-action.ts';
import type { Link } from './link.ts';
import type { Outbox } from './outbox.ts';

/** Milliseconds between two policies: each is worked out in the application's thread, and a broker may be at fault. */
const POLICY_PACE_MS = 1000;
/** And until hits that are asked for again are tried again. */
const RESEND_PACE_MS = 1000;

/** What the agent and the broker say to each other, over however many connections it takes. */
export class Conversation {
  readonly #runtime: RuntimeDescription;
  readonly #engine: ProbeEngine;
  readonly #outbox: Outbox;
  readonly #link: Link;
  readonly #changed: () => void;
  /** Undefined until the broker has welcomed this connection. */
  #epoch: number | undefined;
  #newestPolicy: Policy | undefined;
  #policyPause: NodeJS.Timeout | undefined;
  /** Last sequences behind which hits are still to be sent again, by action. */
  readonly #postponed = new Map<string, number>();
  #resending: NodeJS.Timeout | undefined;

  constructor(runtime: RuntimeDescription, engine: ProbeEngine, outbox: Outbox, link: Link, changed: () => void) {
    this.#runtime = runtime;
    this.#engine = engine;
    this.#outbox = outbox;
    this.#link = link;
    this.#changed = changed;
  }

  opened(): void {
    // Those that have ended are told where there is room: the broker may not have heard of it.
    const actions = this.#engine.actions().sort((a, b) => Number(ended(a)) - Number(ended(b)));
    const live = actions.map(({ id }) => ({ actionId: id, sequence: this.#outbox.lastSequence(id) }));
    this.#link.send({
      type: 'hello',
      protocol: PROTOCOL,
      runtime: this.#runtime,
      live: live.slice(0, LIMITS.liveActionsPerRuntime),
    });
  }

  closed(): void {
    this.#epoch = undefined;
    this.#postponed.clear();
  }

  received(frame: BrokerFrame) {
    if ((frame.type === 'welcome') === (this.#epoch !== undefined)) {
      this.#link.reject(CLOSE.outOfOrder, `${frame.type} may not come here`);
      return;
    }
    switch (frame.type) {
      case 'welcome':
        return this.#welcomed(frame);
      case 'arm':
        this.#outbox.open(frame.action.actionId, 0);
        if (this.#engine.get(frame.action.actionId)) return this.#tellPlacement(frame.action.actionId);
        return void this.#engine.arm(frame.action);
      case 'disarm':
        return this.#forget(frame.actionId);
      case 'ack':
        this.#outbox.acknowledge(frame.actionId, frame.sequence);
        return this.#changed();
      case 'resend':
        return this.#resend(frame.actionId, frame.lastSequence);
      case 'policy':
        return this.#paced(frame.policy);
      case 'drain':
        return this.#link.drain(frame.reconnectAfterMs);
      case 'inspect':
        return void this.#inspect(frame.requestId, frame.place);
    }
  }

  async #inspect(requestId: string, place: Place): Promise<void> {
    const inspection = await this.#engine.inspect(place);
    const { allowance } = this.#engine;
    const told = allowance.mayAnswer(Buffer.byteLength(JSON.stringify(inspection)))
      ? inspection
      : { problem: allowance.answerRefusal(), source: [], names: [], scripts: [], pending: false };
    this.#send({ type: 'inspected', requestId, inspection: told });
  }

  /** Keeps the hit until it is acknowledged, and sends it where there is a connection. False: no room. */
  hit(actionId: string, hit: Hit, bytes: number): boolean {
    const sequence = this.#outbox.add(actionId, hit, bytes);
    if (sequence === undefined) return false;
    this.#changed();
    this.#sendHit(actionId, sequence, hit);
    return true;
  }

  armed(action: LiveAction): void {
    const { id, bound } = action;
    if (bound) this.#send({ type: 'armed', actionId: id, place: this.#engine.shownPlace(bound) });
  }

  pending(action: LiveAction): void {
    this.#send({ type: 'pending', actionId: action.id });
  }

  failed(action: LiveAction): void {
    // What was captured before the policy came stays here.
    if (isBlocked(action)) this.#outbox.forget(action.id);
    const { id, problem } = action;
    if (problem) this.#send({ type: 'failed', actionId: id, problem: this.#engine.shownProblem(problem) });
  }

  status(action: LiveAction, removed: boolean): void {
    const { observation, cost } = action.last;
    this.#send({ type: 'status', actionId: action.id, removed, observation, cost });
  }

  /** The engine knows nothing of it any more; hits that wait may still be asked for. */
  forgotten(actionId: string): void {
    if (this.#outbox.waiting(actionId) === 0) this.#outbox.forget(actionId);
  }

  #welcomed(welcome: Welcome): void {
    if (negotiate({ min: welcome.protocol, max: welcome.protocol }) === undefined) {
      this.#link.reject(CLOSE.unsupportedVersion, 'no common protocol version');
      return;
    }
    this.#epoch = welcome.epoch;
    this.#link.welcomed(welcome.heartbeatMs);
    const wanted = new Set(welcome.actions.map(({ action }) => action.actionId));
    for (const { id } of this.#engine.actions()) if (!wanted.has(id)) this.#forget(id);
    // Also what the engine has forgotten before the broker came back.
    this.#outbox.keepOnly(wanted);
    this.#newestPolicy = undefined;
    void this.#engine.setPolicy(welcome.policy);
    for (const { action: spec, lastSequence } of welcome.actions) {
      this.#outbox.open(spec.actionId, lastSequence);
      const known = this.#engine.get(spec.actionId);
      if (!known) {
        void this.#engine.arm(spec);
        continue;
      }
      this.#engine.renew(known, spec, this.#outbox.waiting(spec.actionId));
      this.#resend(spec.actionId, lastSequence);
      this.#tellPlacement(spec.actionId);
    }
    this.#changed();
  }

  /** The first of a flood at once, then the newest every second. */
  #paced(policy: Policy): void {
    if (this.#policyPause !== undefined) {
      this.#newestPolicy = policy;
      return;
    }
    void this.#engine.setPolicy(policy);
    this.#policyPause = setTimeout(() => {
      this.#policyPause = undefined;
      const newest = this.#newestPolicy;
      this.#newestPolicy = undefined;
      if (newest !== undefined) this.#paced(newest);
    }, POLICY_PACE_MS);
  }

  /** How an action stands that the broker asks for and that is here already. */
  #tellPlacement(actionId: string) {
    const action = this.#engine.get(actionId);
    if (!action) return;
    if (action.status === 'failed') return this.failed(action);
    if (action.status === 'armed') this.armed(action);
    if (action.status === 'pending') this.pending(action);
    if (action.status !== 'placing') this.status(action, action.status === 'removed');
  }

  #forget(actionId: string): void {
    void this.#engine.disarm(actionId).then(() => {
      this.#outbox.forget(actionId);
      this.#changed();
    });
  }

  #resend(actionId: string, lastSequence: number): void {
    const action = this.#engine.get(actionId);
    if (action && isBlocked(action)) this.#outbox.forget(actionId);
    this.#postponed.delete(actionId);
    for (const { sequence, hit, bytes } of this.#outbox.after(actionId, lastSequence)) {
      if (!this.#engine.allowance.mayAnswer(bytes)) {
        this.#postpone(actionId, sequence - 1);
        return;
      }
      this.#sendHit(actionId, sequence, hit);
    }
  }

  /** There were as many bytes in this minute as may be: the rest of these hits a little later. */
  #postpone(actionId: string, lastSequence: number): void {
    this.#postponed.set(actionId, lastSequence);
    this.#resending ??= setTimeout(() => {
      this.#resending = undefined;
      for (const [postponed, last] of [...this.#postponed]) this.#resend(postponed, last);
    }, RESEND_PACE_MS);
  }

  #sendHit(actionId: string, sequence: number, hit: Hit): void {
    if (this.#epoch === undefined) return;
    // Both times by one clock: the broker's may be another.
    const ageMs = Math.max(0, Math.round(Date.now() - hit.time));
    this.#send({ type: 'hit', actionId, epoch: this.#epoch, sequence, hit, ageMs });
  }

  #send(frame: AgentFrame): void {
    if (this.#epoch !== undefined) this.#link.send(frame);
  }
}
