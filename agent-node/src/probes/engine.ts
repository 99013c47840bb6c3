import type { MessagePort } from 'node:worker_threads';
import type { ArmSpec, Blocked, BoundPlace, Inspection, Place, Policy, Problem } from '@borescope/agent-protocol';
import { Allowance, type OwnLimits } from '../allowance/allowance.ts';
import type { ToApplication } from '../application/messages.ts';
import { CONTROL, GATE, PROBE, REQUEST, ROWS, type SharedMemory } from '../application/shared.ts';
import { readMainThread } from '../runtime/main-thread.ts';
import type { RedactionFloor } from '../settings/redaction-floor.ts';
import { inspectPlace } from '../sources/inspect.ts';
import { blockedByPolicy } from '../sources/origin.ts';
import { ScriptStore } from '../sources/script-store.ts';
import { Attachment } from './attachment.ts';
import { Debugger } from './debugger.ts';
import { Endings } from './endings.ts';
import type { EngineEvents } from './events.ts';
import { HandOver } from './hand-over.ts';
import { Hits } from './hits.ts';
import { ended, isBlocked, type LiveAction, newAction } from './live-action.ts';
import { isDebugged, mayBeDebugged, servePause } from './pauses.ts';
import { PendingModules } from './pending.ts';
import { PlaceTable } from './place-table.ts';
import { Placing } from './placing.ts';
import { CurrentPolicy } from './policy.ts';
import { altered, tooMany, unavailable } from './problems.ts';
import { Rows } from './rows.ts';
import { toldInspection, toldPlace, toldProblem } from './told.ts';
import { Watch } from './watch.ts';

export interface EngineOptions {
  readonly memory: SharedMemory;
  readonly port: MessagePort;
  /** Folders in which a path may be exactly right: the working folder, and the package's. */
  readonly roots: readonly string[];
  readonly ownFile: string;
  readonly keepSparkplug: boolean;
  /** What this runtime never lets be inspected, whatever the policy says. */
  readonly blocked: Blocked;
  /** What is hidden at least, whatever a broker says. */
  readonly redaction: RedactionFloor;
  /** What this runtime lets be taken from it at most. */
  readonly limits: OwnLimits;
  /** Never let go of the debugger once it is on. */
  readonly eager: boolean;
  readonly events: EngineEvents;
  /** Milliseconds for which this thread was busy since it began. */
  readonly busyMs: () => number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** Live ones, and those that have ended and are remembered. */
const MOST_ACTIONS = 5 * ROWS;

/**
 * Everything that is, or is about to be, in place in the application. An action goes through the files beside this one:
 * `placing` (or `pending`) finds its place, `place-table` and `probe-place` keep the breakpoint, `hits` takes what is
 * captured, `endings` removes it.
 */
export class ProbeEngine {
  readonly #options: EngineOptions;
  readonly #actions = new Map<string, LiveAction>();
  readonly #rows = new Rows(ROWS);
  readonly #policy: CurrentPolicy;
  readonly #attachment: Attachment;
  readonly #endings: Endings;
  readonly #placing: Placing;
  readonly #hits: Hits;
  readonly #watch: Watch;
  readonly #handOver: HandOver;
  /** What is left of what the runtime lets be taken from it. */
  readonly allowance: Allowance;
  readonly #takenMs: () => number;

  constructor(options: EngineOptions) {
    this.#options = options;
    const { memory, events, now, roots, eager } = options;
    const actions = this.#actions;
    const policy = new CurrentPolicy(options.blocked, options.redaction);
    this.#policy = policy;
    const session: Debugger = new Debugger(
      {
        onScript: (script) => {
          store.add(script);
          pending.loaded(script);
        },
        onResolved: (id, location) => places.resolved(id, location),
        onPaused: (pause) => void servePause(pause, session, memory.control, places, () => this.#hits.read()),
        isDebugged: () => isDebugged(session, memory.control),
      },
      options.ownFile,
      options.keepSparkplug,
    );
    const allowance = new Allowance({
      limits: options.limits,
      gate: memory.gate,
      workedMs: () => readMainThread()?.cpuMs,
      busyMs: options.busyMs,
      now,
    });
    this.allowance = allowance;
    const store = new ScriptStore((id) => session.source(id));
    const changed = () => events.attached();
    this.#attachment = new Attachment({
      debugger: session,
      control: memory.control,
      eager,
      changed,
      released: () => store.clear(),
    });
    const places = new PlaceTable({
      debugger: session,
      memory,
      now,
      mostPercent: options.limits.overheadPercent,
      tell: (message) => this.#tell(message),
      hides: (path) => policy.hides(path),
      cost: () => this.#attachment.cost,
      debugged: () => mayBeDebugged(session, memory.control),
      use: readMainThread,
      disturbed: () => this.#attachment.warming,
    });
    const counts = memory.probes;
    const upkeepMs = () => (memory.gate[GATE.upkeepUs] ?? 0) / 1000;
    const takenMs = () => places.takenMs + session.takenMs + upkeepMs();
    this.#takenMs = takenMs;
    this.#watch = new Watch({ actions, places, events, allowance, takenMs, counts, now });
    this.#handOver = new HandOver({
      post: (message) => this.#tell(message),
      attached: () => session.enabled,
      ask: () => session.callEntry(REQUEST.look),
    });
    const handedOn = () => this.#hits.drain();
    const endings = new Endings({ actions, places, rows: this.#rows, events, handedOn, rest: () => this.#rest() });
    this.#endings = endings;
    const waits = () => pending.look();
    this.#placing = new Placing({ debugger: session, store, places, endings, policy, events, roots, now, waits });
    const pending = new PendingModules(actions, this.#placing, endings);
    this.#hits = new Hits({
      port: options.port,
      actions,
      places,
      endings,
      policy,
      store,
      events,
      allowance,
      taken: () => this.#watch.look(),
      counts,
      now,
    });
    if (eager) this.#attachment.ready().catch(() => {});
  }

  get attachedToApplication(): boolean {
    return this.#attachment.attached;
  }

  get(actionId: string): LiveAction | undefined {
    return this.#actions.get(actionId);
  }

  actions(): LiveAction[] {
    return [...this.#actions.values()];
  }

  /** Places an action, once. What comes of it is told by the events; this never rejects. */
  async arm(spec: ArmSpec): Promise<void> {
    if (this.#actions.has(spec.actionId)) return;
    this.#forgetOldest();
    const action = newAction(spec, this.#rows.take());
    this.#actions.set(action.id, action);
    this.#endings.expireIn(action, spec.ttlMs);
    this.#attachment.needed();
    this.#watch.start();
    try {
      const problem = action.row === undefined ? tooMany() : (this.#refusal(spec) ?? this.#policy.judge(action));
      if (action.row !== undefined) this.#clearCounts(action.row);
      if (problem) return await this.#endings.fail(action, problem);
      action.armingMs = await this.#attachment.ready();
      this.#handOver.post();
      if (await this.#attachment.isAltered()) return await this.#endings.fail(action, altered());
      await this.#placing.place(action);
    } catch (error) {
      await this.#endings.fail(action, unavailable(error));
    }
  }

  /** Removes an action's probe and forgets it; the last status has been told when it resolves. */
  async disarm(actionId: string): Promise<void> {
    const action = this.#actions.get(actionId);
    if (action) await this.#endings.forget(action);
  }

  /** What the broker still wants, and for how long, after a reconnect. */
  renew(action: LiveAction, spec: ArmSpec, unacknowledged: number): void {
    if (ended(action)) return;
    this.#endings.expireIn(action, spec.ttlMs);
    const remaining = Math.max(0, spec.maxHits - unacknowledged);
    if (remaining >= action.remaining) return;
    action.remaining = remaining;
    if (remaining === 0) void this.#endings.end(action);
    else if (action.row !== undefined) this.#tell({ type: 'remaining', row: action.row, remaining });
  }

  /**
   * Holds at once, for probes in place too: hits are redacted, and expressions judged, by the new policy, and what looks at
   * blocked code is removed.
   */
  async setPolicy(policy: Policy): Promise<void> {
    this.#handOver.policy(this.#policy.set(policy));
    const blocked = [...this.#actions.values()].filter(
      (action) => !isBlocked(action) && action.origin.some((path) => this.#policy.hides(path)),
    );
    // Side by side: none waits until the application's thread has let go of another.
    await Promise.all(blocked.map((action) => this.#endings.block(action, blockedByPolicy(action.spec.place.file))));
    for (const action of this.#actions.values()) {
      if (ended(action)) continue;
      const problem = this.#policy.judge(action);
      if (problem) await this.#endings.fail(action, problem);
      // The names that are handed over may be others.
      else action.place?.sync().catch(() => {});
    }
  }

  /** As it may leave the process, by the policy that holds now. */
  shownPlace(place: BoundPlace): BoundPlace {
    return toldPlace(place, this.#policy.redactor);
  }

  shownProblem(problem: Problem): Problem {
    return toldProblem(problem, this.#policy.written);
  }

  /** Never rejects: what cannot be looked at is a problem in the answer. */
  async inspect(place: Place): Promise<Inspection> {
    const { roots, now } = this.#options;
    const nothing = { source: [], names: [], scripts: [], pending: false };
    const refused = this.#refusal();
    if (refused) return { ...nothing, problem: refused };
    try {
      this.#attachment.needed();
      await this.#attachment.ready();
      const find = (file: string) => this.#placing.locate(file, true);
      const inspection = await inspectPlace(place, this.#placing.bindPorts(), find, roots, now);
      return toldInspection(inspection, this.#policy.redactor, this.#policy.written);
    } catch (error) {
      return { ...nothing, problem: unavailable(error) };
    } finally {
      this.#rest();
    }
  }

  /** Reads what the application's thread has posted and not been read, and finishes every hit. */
  drain(): Promise<void> {
    return this.#hits.drain();
  }

  async removeAll(): Promise<void> {
    await Promise.all([...this.#actions.keys()].map((id) => this.disarm(id)));
  }

  /** Lets go of the application: every breakpoint goes with the session. */
  close(): void {
    this.#watch.stop();
    for (const action of this.#actions.values()) clearTimeout(action.ttl);
    this.#attachment.close();
  }

  /** Nothing is left to watch, and after a while nothing needs the debugger. */
  #rest(): void {
    if ([...this.#actions.values()].some((action) => !ended(action))) return;
    this.#watch.stop();
    this.#attachment.unneeded();
  }

  /** Why nothing may be taken of the application now, or not so much. */
  #refusal(spec?: ArmSpec): Problem | undefined {
    this.allowance.account(this.#takenMs());
    return this.allowance.refusal() ?? (spec && this.allowance.judge(spec.overheadPercent));
  }

  /** Those that have ended are kept for a broker that comes back and asks; one that floods us gets no more than so many. */
  #forgetOldest(): void {
    if (this.#actions.size < MOST_ACTIONS) return;
    const oldest = [...this.#actions.values()].find(ended);
    if (oldest === undefined) return;
    clearTimeout(oldest.ttl);
    this.#actions.delete(oldest.id);
    this.#options.events.forgotten(oldest.id);
  }

  #clearCounts(row: number): void {
    this.#options.memory.probes.fill(0, row * PROBE.columns, (row + 1) * PROBE.columns);
  }

  #tell(message: ToApplication): void {
    this.#options.port.postMessage(message);
    Atomics.add(this.#options.memory.control, CONTROL.messages, 1);
  }
}
