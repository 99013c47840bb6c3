import type { PlaceMessage, ToApplication } from '../application/messages.ts';
import { PLACE } from '../application/shared.ts';
import type { Location, ThisInPause } from '../sources/bind.ts';
import type { NameInScope, UnseenWork } from '../sources/scopes.ts';
import type { GeneratedPosition } from '../sources/source-map.ts';
import { type Budget, createBudget, fill, mayResume, owe, refill, setPercent, spend } from './budget.ts';
import { conditionText } from './condition.ts';
import { type Debugger, DebuggerTimeout } from './debugger.ts';
import type { LiveAction } from './live-action.ts';

/** A breakpoint in a script that is loaded, or one for a script that will be. */
export type BreakTarget =
  | { readonly location: Location }
  | { readonly url: string; readonly position: GeneratedPosition };

export interface PlaceOptions {
  readonly row: number;
  readonly key: string;
  readonly targets: readonly BreakTarget[];
  readonly names: readonly NameInScope[];
  readonly used: ReadonlySet<string>;
  readonly hasThis: boolean;
  readonly thisInPause: ThisInPause;
  readonly passUs: number;
  /** What V8 takes, once, to parse the script at the first pass; 0 where it has done so. Microseconds. */
  readonly parseUs: number;
  /** The pausing path: see `big-script.ts`. */
  readonly pausing: boolean;
  /** Of the function around the place; `none` for a script that is not loaded: nothing runs there yet. */
  readonly unseen: UnseenWork;
}

export interface PlacePorts {
  readonly debugger: Pick<Debugger, 'setBreakpoint' | 'setBreakpointAhead' | 'removeBreakpoint'>;
  readonly spending: Float64Array;
  readonly tell: (message: ToApplication) => void;
  /** Whether a variable that this file declares may not be told. */
  readonly hides: (declaredIn: string | undefined) => boolean;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Of all places that pause, how many are armed now: pauses are skipped again when there is none. */
  readonly pausing: (change: 1 | -1) => Promise<void>;
  /** A breakpoint was set, or the last one removed. */
  readonly changed: () => void;
}

/** Names handed over at one place. More would make every pass dearer than what they tell. */
const MAX_NAMES = 200;

/**
 * One place in the application and the probes that share its breakpoint. What should be (armed or not, with which
 * condition) follows from its state; `sync` makes it so. Between samples the breakpoint is really gone: V8 takes its
 * time for each pass of one, whatever the condition says.
 */
export class ProbePlace {
  /** Where its breakpoint stands: of the table that it is in. */
  key: string;
  readonly row: number;
  readonly actions = new Map<string, LiveAction>();
  readonly pausing: boolean;
  /** Where V8 put breakpoints that were set ahead. */
  readonly resolved: Location[] = [];
  unseen: UnseenWork;
  readonly #options: PlaceOptions;
  readonly #ports: PlacePorts;
  #targets: readonly BreakTarget[];
  #scope: readonly NameInScope[];
  #budget: Budget;
  #spent: number;
  #resting = false;
  #held = false;
  #halted = false;
  /** There are targets in which the breakpoint is not set yet. */
  #stale = false;
  #interpreted = false;
  #ids: string[] = [];
  #set: string | undefined;
  #running: Promise<void> | undefined;
  #armedSince: number | undefined;
  #armedMs = 0;
  #version = 0;
  #list: string | undefined;

  constructor(options: PlaceOptions, ports: PlacePorts) {
    this.#options = options;
    this.#ports = ports;
    this.#targets = options.targets;
    this.#scope = options.names;
    this.key = options.key;
    this.row = options.row;
    this.pausing = options.pausing;
    this.unseen = options.unseen;
    this.#spent = this.#spentUs();
    this.#budget = createBudget(0, options.passUs, ports.now());
  }

  has(breakpointId: string): boolean {
    return this.#ids.includes(breakpointId);
  }

  /** A breakpoint stands, and V8 interprets the function around it. */
  get interpreted(): boolean {
    return this.#interpreted;
  }

  /** Milliseconds for which the breakpoint was really set. */
  armedMs(): number {
    return this.#armedMs + (this.#armedSince === undefined ? 0 : this.#ports.now() - this.#armedSince);
  }

  /** Resolves when the breakpoint stands; rejects where V8 refused it. */
  async add(action: LiveAction): Promise<void> {
    this.actions.set(action.id, action);
    action.place = this;
    action.armedBefore = this.armedMs();
    this.#account();
    fill(this.#budget, this.#options.passUs);
    this.#resting = false;
    await this.sync();
  }

  /** Resolves when nothing of the action is left in the process. */
  async remove(action: LiveAction): Promise<void> {
    if (!this.actions.delete(action.id)) return;
    await this.sync();
    if (this.actions.size === 0) this.#ports.tell({ type: 'forget-place', row: this.row });
  }

  /** The file that was waited for is loaded, and the breakpoint set ahead stands where it should. */
  adopt(locations: readonly Location[], names: readonly NameInScope[], unseen: UnseenWork): void {
    this.#targets = locations.map((location) => ({ location }));
    this.#scope = names;
    this.unseen = unseen;
    this.describe();
  }

  /** The module was loaded once more: the breakpoint is set in its copies, too. Resolves when it stands. */
  async follow(locations: readonly Location[], names: readonly NameInScope[], unseen: UnseenWork): Promise<void> {
    if (locations.every((at) => this.stands(at))) return;
    this.#stale = true;
    this.adopt(locations, names, unseen);
    await this.sync();
  }

  /** Whether the breakpoint is set there, when it is. */
  stands({ scriptId, line, column }: Location): boolean {
    return this.#targets.some(
      (target) =>
        'location' in target &&
        target.location.scriptId === scriptId &&
        target.location.line === line &&
        target.location.column === column,
    );
  }

  /** The percentage of a core that this place may take now. */
  setShare(percent: number): void {
    if (this.#budget.percent === percent) return;
    this.#account();
    setPercent(this.#budget, percent, this.#options.passUs);
    this.#raiseLimit();
  }

  /** Called a few times a second, and at once when the application's thread says that the place has spent its share. */
  tick(): void {
    this.#account();
    const resting = this.#resting ? !mayResume(this.#budget, this.#options.passUs) : this.#budget.tokens <= 0;
    if (resting === this.#resting) {
      if (!resting) this.#raiseLimit();
      return;
    }
    this.#resting = resting;
    this.sync().catch(() => this.#giveUp());
  }

  /** The application's thread does not answer: rest, and try again with the next full bucket. */
  #giveUp(): void {
    this.#resting = true;
    this.#budget.tokens = 0;
  }

  /** Without its breakpoint for a moment, whatever the budget has, to see what the application does then. */
  hold(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    this.sync().catch(() => this.#giveUp());
  }

  /** Without its breakpoint for as long as the agent has nothing left to give. */
  halt(halted: boolean): void {
    if (this.#halted === halted) return;
    this.#halted = halted;
    this.sync().catch(() => this.#giveUp());
  }

  /** Milliseconds that the application lost beside the passes: the place pays, and its actions tell them. */
  charge(ms: number): void {
    spend(this.#budget, ms * 1000);
    for (const action of this.actions.values()) action.slowdownMs += ms / this.actions.size;
    this.tick();
  }

  /** What the application's thread must know of the place; posted before every change of the breakpoint. */
  describe(): void {
    const names = this.#names();
    const list = names.map(({ name }) => name).join();
    if (list !== this.#list) this.#version += 1;
    this.#list = list;
    const message: PlaceMessage = {
      type: 'place',
      row: this.row,
      version: this.#version,
      names: names.map(({ name, scope }) => ({ name, scope })),
      uninitialized: names.flatMap((name, index) => (name.uninitialized ? [index] : [])),
      hidden: names.flatMap((name, index) => (name.hidden || name.shadowed ? [index] : [])),
      hasThis: this.#options.hasThis,
      thisInPause: this.#options.thisInPause,
      passUs: this.#options.passUs,
      parseUs: this.#options.parseUs,
      probes: [...this.actions.values()].flatMap((action) =>
        action.row === undefined
          ? []
          : [
              {
                row: action.row,
                actionId: action.id,
                condition: action.condition,
                expressions: action.expressions,
                remaining: action.remaining,
              },
            ],
      ),
    };
    this.#ports.tell(message);
  }

  sync(): Promise<void> {
    this.describe();
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<void> {
    // So that the caller has noted this run before it can end.
    await undefined;
    try {
      for (;;) {
        const idle = this.actions.size === 0 || this.#resting || this.#held || this.#halted;
        const wanted = idle ? undefined : this.#condition();
        if (wanted === this.#set && !this.#stale) return;
        this.#stale = false;
        if (this.#set !== undefined) await this.#clear();
        else if (wanted !== undefined) await this.#arm(wanted);
      }
    } finally {
      this.#running = undefined;
    }
  }

  async #arm(condition: string): Promise<void> {
    this.#raiseLimit();
    this.#set = condition;
    if (this.pausing) await this.#ports.pausing(1);
    let stallMs = 0;
    try {
      const gone = new Set<BreakTarget>();
      const targets = this.#targets;
      for (const target of targets) {
        try {
          const set =
            'location' in target
              ? await this.#ports.debugger.setBreakpoint(target.location, condition)
              : await this.#ports.debugger.setBreakpointAhead(target.url, target.position, condition);
          this.#ids.push(set.id);
          stallMs += set.stallMs;
        } catch (error) {
          // V8 has let go of an older copy of a module that was loaded again.
          if (error instanceof DebuggerTimeout || gone.size + 1 === targets.length) throw error;
          gone.add(target);
        }
      }
      if (gone.size > 0) this.#targets = this.#targets.filter((target) => !gone.has(target));
    } catch (error) {
      await this.#clear().catch(() => {});
      throw error;
    }
    this.#armedSince ??= this.#ports.now();
    this.#interpreted = true;
    this.#ports.changed();
    owe(this.#budget, stallMs * 1000);
    for (const action of this.actions.values()) action.armingMs = Math.max(action.armingMs, stallMs);
  }

  async #clear(): Promise<void> {
    const ids = this.#ids;
    this.#ids = [];
    this.#set = undefined;
    if (this.#armedSince !== undefined) this.#armedMs += this.#ports.now() - this.#armedSince;
    this.#armedSince = undefined;
    for (const id of ids) owe(this.#budget, 1000 * (await this.#ports.debugger.removeBreakpoint(id)));
    if (this.#interpreted) {
      this.#interpreted = false;
      this.#ports.changed();
    }
    if (this.pausing) await this.#ports.pausing(-1);
  }

  #condition(): string {
    if (this.pausing) return '';
    return conditionText(
      this.row,
      this.#version,
      this.#names().map(({ name }) => name),
      this.#options.hasThis,
    );
  }

  /** Everything of the function and of those around it; of the module only what is used here or asked for. */
  #names(): NameInScope[] {
    const asked = new Set<string>();
    for (const action of this.actions.values()) {
      for (const name of action.condition?.names ?? []) asked.add(name);
      for (const { tree } of action.expressions) for (const name of tree.names) asked.add(name);
    }
    const { used } = this.#options;
    const wanted = this.#scope.filter(({ name, scope, binding, declaredIn }) => {
      if (this.#ports.hides(declaredIn)) return false;
      if (scope === 'local' || scope === 'block' || scope === 'private' || asked.has(name)) return true;
      return binding.kind === 'variable' && (scope === 'closure' || used.has(name));
    });
    if (wanted.length <= MAX_NAMES) return wanted;
    return wanted.filter(({ name, shadowed }, index) => index < MAX_NAMES || (asked.has(name) && !shadowed));
  }

  /** Time has brought tokens, and passes have taken some. */
  #account(): void {
    const spent = this.#spentUs();
    refill(this.#budget, this.#options.passUs, this.#ports.now());
    spend(this.#budget, spent - this.#spent);
    this.#spent = spent;
  }

  #raiseLimit(): void {
    const at = this.row * PLACE.columns + PLACE.limitUs;
    this.#ports.spending[at] = this.#spentUs() + this.#budget.tokens;
  }

  #spentUs(): number {
    return this.#ports.spending[this.row * PLACE.columns + PLACE.spentUs] ?? 0;
  }
}
