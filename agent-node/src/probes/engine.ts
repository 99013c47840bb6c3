import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import {
  type ArmSpec,
  type BoundPlace,
  type Hit,
  type Inspection,
  LIMITS,
  type Place,
  type Policy,
  type Problem,
} from '@borescope/agent-protocol';
import type { Redactor } from '@borescope/redaction';
import type { FromApplication, HitMessage, ToApplication } from '../application/messages.ts';
import { redactorOf } from '../application/redaction.ts';
import { CONTROL, PROBE, ROWS, type SharedMemory } from '../application/shared.ts';
import { parseExpression } from '../expressions/parse.ts';
import type { ExpressionTree } from '../expressions/tree.ts';
import { lookAhead } from '../sources/ahead.ts';
import { type Binding, bind, type Location } from '../sources/bind.ts';
import { findOnDisk } from '../sources/disk.ts';
import { inspectPlace } from '../sources/inspect.ts';
import { ambiguous, type Located, locate, notFound } from '../sources/locate.ts';
import { ScriptStore } from '../sources/script-store.ts';
import { mapStack } from '../sources/stack.ts';
import { calibrate, type PassCost, passUs } from './calibration.ts';
import { PAUSED_CALL } from './condition.ts';
import { Debugger, DebuggerTimeout, type Pause } from './debugger.ts';
import { type LiveAction, NOTHING_SEEN } from './live-action.ts';
import { observe } from './observe.ts';
import { type BreakTarget, ProbePlace } from './probe-place.ts';
import { Rows } from './rows.ts';

export interface EngineEvents {
  /** The debugger was switched on or off in the application's thread. */
  attached(): void;
  armed(action: LiveAction): void;
  pending(action: LiveAction): void;
  failed(action: LiveAction): void;
  /** False where the hit has no room and is lost. */
  hit(actionId: string, hit: Hit): boolean;
  status(action: LiveAction, removed: boolean): void;
}

export interface EngineOptions {
  readonly memory: SharedMemory;
  readonly port: MessagePort;
  /** Folders in which a path may be exactly right: the working folder, and the package's. */
  readonly roots: readonly string[];
  readonly ownFile: string;
  readonly keepSparkplug: boolean;
  /** Never let go of the debugger once it is on. */
  readonly eager: boolean;
  readonly events: EngineEvents;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** Milliseconds. */
const TICK_MS = 100;
const STATUS_MS = 1000;
/** `Debugger.enable` is the dear part of a first action: stay on for as long as a person may look again. */
const IDLE_MS = 10 * 60_000;
/** A search on disk for a file that is not loaded. */
const SEARCH_MS = 2000;
/** Length of a script above which the first evaluation in it stalls: V8 parses all of it, 4 to 11 ms for 117 KB. */
const BIG_SCRIPT = 100 * 1024;
/** What a real pause with one call takes, in microseconds. */
const PAUSE_US = 1000;
/** An action that ended here is kept a while for a broker that comes back and asks. */
const REMEMBER_MS = 120_000;

/** Everything that is, or is about to be, in place in the application. */
export class ProbeEngine {
  readonly #options: EngineOptions;
  readonly #debugger: Debugger;
  readonly #store: ScriptStore;
  readonly #actions = new Map<string, LiveAction>();
  readonly #places = new Map<string, ProbePlace>();
  readonly #probeRows = new Rows(ROWS);
  readonly #placeRows = new Rows(ROWS);
  #redactor: Redactor = redactorOf({ keyNames: [], pseudonymKey: null });
  #cost: PassCost | undefined;
  #pausesArmed = 0;
  #tick: NodeJS.Timeout | undefined;
  #nextStatus = 0;
  #idle: NodeJS.Timeout | undefined;
  #retrying: Promise<void> | undefined;
  #retryAgain = false;
  /** Hits are finished (stacks mapped) one after the other, so that they keep their order. */
  #hits: Promise<void> = Promise.resolve();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#debugger = new Debugger(
      {
        onScript: (script) => {
          this.#store.add(script);
          this.#retryPending();
        },
        onResolved: (id, location) => this.#resolved(id, location),
        onPaused: (pause) => void this.#paused(pause),
      },
      options.ownFile,
      options.keepSparkplug,
    );
    this.#store = new ScriptStore((id) => this.#debugger.source(id));
    options.port.on('message', (message: FromApplication) => this.#receive(message));
    if (options.eager) this.#ready().catch(() => {});
  }

  get attachedToApplication(): boolean {
    return this.#debugger.enabled;
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
    const action: LiveAction = {
      id: spec.actionId,
      spec,
      row: this.#probeRows.take(),
      status: 'placing',
      condition: null,
      expressions: [],
      remaining: spec.maxHits,
      place: undefined,
      bound: undefined,
      problem: undefined,
      placedAt: undefined,
      armedBefore: 0,
      conditionError: undefined,
      unsent: 0,
      armingMs: 0,
      ttl: undefined,
      last: NOTHING_SEEN,
      told: '',
    };
    this.#actions.set(action.id, action);
    action.ttl = setTimeout(() => void this.#expire(action), spec.ttlMs);
    clearTimeout(this.#idle);
    try {
      const problem = action.row === undefined ? tooMany() : this.#parse(action);
      if (action.row !== undefined)
        this.#options.memory.probes.fill(0, action.row * PROBE.columns, (action.row + 1) * PROBE.columns);
      if (problem) return await this.#fail(action, problem);
      action.armingMs = await this.#ready();
      await this.#place(action);
    } catch (error) {
      await this.#fail(action, unavailable(error));
    }
  }

  /** Removes an action's probe and forgets it; the last status has been told when it resolves. */
  async disarm(actionId: string): Promise<void> {
    const action = this.#actions.get(actionId);
    if (!action) return;
    await this.#end(action);
    clearTimeout(action.ttl);
    this.#actions.delete(actionId);
    this.#rest();
  }

  /** What the broker still wants, and for how long, after a reconnect. */
  renew(action: LiveAction, spec: ArmSpec, unacknowledged: number): void {
    if (action.status === 'removed' || action.status === 'failed') return;
    clearTimeout(action.ttl);
    action.ttl = setTimeout(() => void this.#expire(action), spec.ttlMs);
    const remaining = Math.max(0, spec.maxHits - unacknowledged);
    if (remaining >= action.remaining) return;
    action.remaining = remaining;
    if (remaining === 0) void this.#end(action);
    else if (action.row !== undefined) this.#tell({ type: 'remaining', row: action.row, remaining });
  }

  /** Holds at once, for probes in place too: hits are redacted, and expressions judged, by the new policy. */
  async setPolicy(policy: Policy): Promise<void> {
    const plain = { keyNames: policy.keyNames, pseudonymKey: policy.pseudonymKey ?? null };
    this.#redactor = redactorOf(plain);
    this.#tell({ type: 'policy', ...plain });
    for (const action of this.#actions.values()) {
      if (action.status === 'failed' || action.status === 'removed') continue;
      const problem = this.#parse(action);
      if (problem) await this.#fail(action, problem);
      else action.place?.describe();
    }
  }

  /** Never rejects: what cannot be looked at is a problem in the answer. */
  async inspect(place: Place): Promise<Inspection> {
    try {
      clearTimeout(this.#idle);
      await this.#ready();
      return await inspectPlace(
        place,
        this.#ports(),
        (file) => this.#locate(file, true),
        this.#options.roots,
        this.#options.now,
      );
    } catch (error) {
      return { problem: unavailable(error), source: [], names: [], scripts: [], pending: false };
    } finally {
      this.#rest();
    }
  }

  /** Reads what the application's thread has posted and not been read, and finishes every hit. */
  async drain(): Promise<void> {
    this.#readPort();
    await this.#hits;
  }

  async removeAll(): Promise<void> {
    await Promise.all([...this.#actions.keys()].map((id) => this.disarm(id)));
  }

  /** Lets go of the application: every breakpoint goes with the session. */
  close(): void {
    clearInterval(this.#tick);
    clearTimeout(this.#idle);
    for (const action of this.#actions.values()) clearTimeout(action.ttl);
    this.#debugger.disable();
  }

  /** Milliseconds for which the application stood still, where this call switched the debugger on. */
  async #ready(): Promise<number> {
    const fresh = !this.#debugger.enabled;
    const enabling = this.#debugger.enable();
    this.#options.events.attached();
    const stallMs = await enabling;
    this.#cost ??= calibrate();
    return fresh ? stallMs : 0;
  }

  #parse(action: LiveAction): Problem | undefined {
    const { condition, expressions } = action.spec;
    const redactor = this.#redactor;
    if (condition !== undefined) {
      const parsed = parseExpression(condition, { redactor, condition: true });
      if (!parsed.ok) return parsed.problem;
      action.condition = parsed.tree;
    }
    const trees: { text: string; tree: ExpressionTree }[] = [];
    for (const text of expressions) {
      const parsed = parseExpression(text, { redactor });
      if (!parsed.ok) return parsed.problem;
      trees.push({ text, tree: parsed.tree });
    }
    action.expressions = trees;
    return undefined;
  }

  async #place(action: LiveAction): Promise<void> {
    const { place } = action.spec;
    const located = await this.#locate(place.file, true);
    if (located.kind === 'ambiguous') return this.#fail(action, ambiguous(place.file, located.paths));
    if (located.kind === 'found') return this.#bind(action, located);
    const { roots, now } = this.#options;
    const onDisk = await findOnDisk(place.file, roots, now() + SEARCH_MS, now);
    if (onDisk.kind === 'ambiguous') return this.#fail(action, ambiguous(place.file, onDisk.paths));
    if (onDisk.kind === 'none')
      return this.#fail(action, notFound(place.file, [...new Set([...located.nearest, ...onDisk.nearest])]));
    const targets: BreakTarget[] = [];
    let first: Extract<Awaited<ReturnType<typeof lookAhead>>, { ok: true }>['ahead'];
    for (const file of onDisk.files) {
      const looked = await lookAhead(file, place, this.#redactor);
      if (!looked.ok) return this.#fail(action, looked.problem);
      const { ahead } = looked;
      if (!ahead) continue;
      first ??= ahead;
      for (const url of ahead.urls) targets.push({ url, position: ahead.position });
    }
    if (ended(action)) return;
    action.status = 'pending';
    action.placedAt ??= this.#options.now();
    if (first) {
      const { names, used, hasThis, functionLength, position } = first;
      const key = `ahead:${first.urls[0]}:${position.line}:${position.column}`;
      action.bound = { file: first.file.path, line: place.line, sourceLine: '' };
      await this.#addTo(action, key, targets, { names, used, hasThis, functionLength, scriptLength: 0 });
    }
    if (ended(action)) return;
    this.#options.events.pending(action);
    // It may have been loaded while we looked.
    this.#retryPending();
  }

  async #bind(action: LiveAction, located: Located & { kind: 'found' }): Promise<void> {
    const bindings: Binding[] = [];
    let problem: Problem | undefined;
    for (const target of located.targets) {
      const bound = await bind(target, action.spec.place, this.#ports());
      if (bound.ok) bindings.push(bound.binding);
      else problem ??= bound.problem;
    }
    action.armingMs = Math.max(action.armingMs, this.#debugger.takeStall());
    const first = bindings[0];
    if (!first) return this.#fail(action, problem ?? notFound(action.spec.place.file, []));
    if (ended(action)) return;
    const locations = bindings.map(({ location }) => location);
    const { place } = action;
    if (place) {
      const stands = locations.every((at) => place.resolved.some((other) => sameLocation(at, other)));
      if (stands) place.adopt(locations);
      else await this.#leave(action);
    }
    action.bound = first.place;
    action.placedAt ??= this.#options.now();
    const key = locations.map((at) => `${at.scriptId}:${at.line}:${at.column}`).join(',');
    if (!action.place)
      await this.#addTo(
        action,
        key,
        locations.map((location) => ({ location })),
        first,
      );
    if (ended(action)) return;
    action.status = 'armed';
    this.#options.events.armed(action);
  }

  async #addTo(
    action: LiveAction,
    key: string,
    targets: readonly BreakTarget[],
    at: Pick<Binding, 'names' | 'used' | 'hasThis' | 'functionLength' | 'scriptLength'>,
  ): Promise<void> {
    let place = this.#places.get(key);
    if (!place) {
      const pausing = at.scriptLength > BIG_SCRIPT && !(await this.#debugged());
      if (ended(action)) return;
      place = this.#places.get(key) ?? this.#newPlace(key, targets, at, pausing);
    }
    action.place = place;
    place.actions.set(action.id, action);
    this.#share();
    this.#startTicking();
    await place.add(action);
  }

  #newPlace(
    key: string,
    targets: readonly BreakTarget[],
    at: Pick<Binding, 'names' | 'used' | 'hasThis' | 'functionLength'>,
    pausing: boolean,
  ): ProbePlace {
    const row = this.#placeRows.take();
    // There are as many rows as actions, and a place has at least one.
    if (row === undefined) throw new Error('no room for another place');
    const pass = pausing ? PAUSE_US : passUs(this.#cost ?? calibrate(), at.functionLength);
    const place = new ProbePlace(
      { row, key, targets, names: at.names, used: at.used, hasThis: at.hasThis, passUs: pass, pausing },
      {
        debugger: this.#debugger,
        spending: this.#options.memory.places,
        tell: (message) => this.#tell(message),
        now: this.#options.now,
        pausing: async (change) => {
          const before = this.#pausesArmed > 0;
          this.#pausesArmed += change;
          const after = this.#pausesArmed > 0;
          if (before !== after) await this.#debugger.skipPauses(!after);
        },
      },
    );
    this.#places.set(key, place);
    return place;
  }

  /** All places together never get more than the highest share that one action may have. */
  #share(): void {
    const asked = (place: ProbePlace) =>
      Math.min(
        LIMITS.maxOverheadPercent,
        [...place.actions.values()].reduce((sum, { spec }) => sum + spec.overheadPercent, 0),
      );
    const total = [...this.#places.values()].reduce((sum, place) => sum + asked(place), 0);
    const scale = Math.min(1, LIMITS.maxOverheadPercent / Math.max(total, 1e-9));
    for (const place of this.#places.values()) place.setShare(asked(place) * scale);
  }

  async #leave(action: LiveAction): Promise<void> {
    const { place } = action;
    if (!place) return;
    action.last = observe(action, this.#options.memory.probes, this.#options.now());
    try {
      await place.remove(action);
    } finally {
      action.place = undefined;
      if (place.actions.size === 0 && this.#places.get(place.key) === place) {
        this.#places.delete(place.key);
        this.#placeRows.give(place.row);
      }
      this.#share();
    }
  }

  async #fail(action: LiveAction, problem: Problem): Promise<void> {
    if (ended(action)) return;
    action.status = 'failed';
    action.problem = problem;
    await this.#release(action);
    this.#options.events.failed(action);
  }

  /** The probe goes; the action stays known until the broker lets it go. */
  async #end(action: LiveAction): Promise<void> {
    if (ended(action)) return;
    action.status = 'removed';
    await this.#release(action);
    this.#options.events.status(action, true);
  }

  async #release(action: LiveAction): Promise<void> {
    await this.#leave(action).catch(() => {
      // The thread does not answer; the breakpoint goes with the session, and its row is silent from now on.
    });
    if (action.row !== undefined) this.#probeRows.give(action.row);
    action.row = undefined;
    this.#rest();
  }

  async #expire(action: LiveAction): Promise<void> {
    await this.#end(action);
    action.ttl = setTimeout(() => {
      this.#actions.delete(action.id);
      this.#rest();
    }, REMEMBER_MS);
  }

  #rest(): void {
    const live = [...this.#actions.values()].some((action) => !ended(action));
    if (live) return;
    clearInterval(this.#tick);
    this.#tick = undefined;
    clearTimeout(this.#idle);
    if (this.#options.eager || !this.#debugger.enabled) return;
    this.#idle = setTimeout(() => {
      this.#debugger.disable();
      this.#store.clear();
      this.#options.events.attached();
    }, IDLE_MS);
  }

  #startTicking(): void {
    this.#tick ??= setInterval(() => {
      for (const place of this.#places.values()) place.tick();
      const now = this.#options.now();
      if (now < this.#nextStatus) return;
      this.#nextStatus = now + STATUS_MS;
      for (const action of this.#actions.values()) this.#tellStatus(action);
    }, TICK_MS);
  }

  /** Only what has changed; the times go on by themselves. */
  #tellStatus(action: LiveAction): void {
    if (!action.place) return;
    action.last = observe(action, this.#options.memory.probes, this.#options.now());
    const { passes, conditionFalse, conditionErrors, dropped } = action.last.observation;
    const told = [passes, conditionFalse, conditionErrors, dropped, action.armingMs > 0].join();
    if (told === action.told) return;
    action.told = told;
    this.#options.events.status(action, false);
  }

  #locate(file: string, packages: boolean): Promise<Located> {
    return locate(this.#store, file, this.#options.roots, packages);
  }

  #ports() {
    return {
      store: this.#store,
      redactor: this.#redactor,
      possible: this.#debugger.possible.bind(this.#debugger),
    };
  }

  /** A module was loaded: is it one that an action waits for? Runs of this never overlap. */
  #retryPending(): void {
    this.#retryAgain = true;
    this.#retrying ??= this.#retry().finally(() => {
      this.#retrying = undefined;
      if (this.#retryAgain && this.#anyPending()) this.#retryPending();
    });
  }

  #anyPending(): boolean {
    return [...this.#actions.values()].some((action) => action.status === 'pending');
  }

  async #retry(): Promise<void> {
    this.#retryAgain = false;
    // Scripts come in bursts: one look for all that are already in the queue.
    await new Promise((resolve) => setImmediate(resolve));
    this.#retryAgain = false;
    for (const action of [...this.#actions.values()]) {
      if (action.status !== 'pending') continue;
      try {
        const located = await this.#locate(action.spec.place.file, false);
        if (located.kind === 'found') await this.#bind(action, located);
        else if (located.kind === 'ambiguous')
          await this.#fail(action, ambiguous(action.spec.place.file, located.paths));
      } catch (error) {
        await this.#fail(action, unavailable(error));
      }
    }
  }

  #resolved(breakpointId: string, location: Location): void {
    for (const place of this.#places.values()) if (place.has(breakpointId)) place.resolved.push(location);
  }

  /** Does a person debug this process? Then it never pauses for us. The entry looks, and leaves the answer in memory. */
  async #debugged(): Promise<boolean> {
    await this.#debugger.callEntry(-1);
    return Atomics.load(this.#options.memory.control, CONTROL.debugged) === 1;
  }

  /** The application stands still until `resume`: one call, then go on. A pause that is not ours (`debugger;`) goes on at once. */
  async #paused(pause: Pause): Promise<void> {
    const place = [...this.#places.values()].find((other) => pause.breakpointIds.some((id) => other.has(id)));
    try {
      if (place) {
        await this.#debugger.callInPause(PAUSED_CALL, place.row, pause);
        this.#readPort();
      }
    } catch {
      // The pass is lost; the application must go on.
    } finally {
      await this.#debugger.resume().catch(() => {});
    }
  }

  #readPort(): void {
    for (
      let packed = receiveMessageOnPort(this.#options.port);
      packed;
      packed = receiveMessageOnPort(this.#options.port)
    ) {
      this.#receive(packed.message as FromApplication);
    }
  }

  #receive(message: FromApplication): void {
    if (message.type === 'exhausted') {
      for (const place of this.#places.values()) if (place.row === message.placeRow) place.tick();
      return;
    }
    const action = this.#actions.get(message.actionId);
    if (!action) return;
    if (message.type === 'condition-error') action.conditionError ??= this.#redacted(message.text);
    else if (action.remaining > 0) {
      action.remaining -= 1;
      const { bound } = action;
      this.#hits = this.#hits.then(() => this.#finish(action, message, bound)).catch(() => {});
      if (action.remaining === 0) {
        // The hit first, then the status that says that the probe is gone.
        const told = this.#hits;
        const removed = this.#leave(action).catch(() => {});
        void Promise.all([told, removed]).then(() => this.#end(action));
      }
    }
  }

  async #finish(action: LiveAction, message: HitMessage, bound: BoundPlace | undefined): Promise<void> {
    const stack = await mapStack(message.stack, this.#store);
    const hit: Hit = {
      time: message.time,
      file: bound?.file ?? action.spec.place.file,
      line: bound?.line ?? action.spec.place.line,
      function: bound?.function ?? stack[0]?.function ?? '',
      variables: message.variables,
      values: message.values,
      stack,
      redactions: message.redactions,
      captureUs: message.captureUs,
    };
    while (hit.stack.length > 0 && Buffer.byteLength(JSON.stringify(hit)) > LIMITS.hitBytes) hit.stack.pop();
    if (!this.#options.events.hit(action.id, hit)) action.unsent += 1;
    if (action.place) {
      action.last = observe(action, this.#options.memory.probes, this.#options.now());
      this.#options.events.status(action, false);
    }
  }

  #redacted(text: string): string {
    try {
      return (this.#redactor.text(text)?.text ?? text).slice(0, 1024);
    } catch {
      return '[redacted]';
    }
  }

  #tell(message: ToApplication): void {
    this.#options.port.postMessage(message);
    Atomics.add(this.#options.memory.control, CONTROL.messages, 1);
  }
}

function ended(action: LiveAction): boolean {
  return action.status === 'failed' || action.status === 'removed';
}

function sameLocation(a: Location, b: Location): boolean {
  return a.scriptId === b.scriptId && a.line === b.line && a.column === b.column;
}

function tooMany(): Problem {
  return {
    code: 'LIMIT_EXCEEDED',
    message: `this runtime already has ${LIMITS.liveActionsPerRuntime} live actions`,
    hint: 'Cancel some of them, or wait until they end.',
  };
}

function unavailable(error: unknown): Problem {
  const message =
    error instanceof DebuggerTimeout
      ? error.message
      : `the probe could not be placed: ${error instanceof Error ? error.message : 'unknown error'}`;
  return { code: 'UNAVAILABLE', message: message.slice(0, 4096), hint: 'Try again in a moment.' };
}
