import type { ToApplication } from '../application/messages.ts';
import { PLACE, ROWS, type SharedMemory } from '../application/shared.ts';
import type { ThreadUse } from '../runtime/main-thread.ts';
import type { Binding, Location } from '../sources/bind.ts';
import { PAUSE_US, pausesCostLess } from './big-script.ts';
import { type PassCost, passUs } from './calibration.ts';
import type { Debugger } from './debugger.ts';
import { ended, type LiveAction } from './live-action.ts';
import { observe } from './observe.ts';
import { asksPrivateFields, asksThis } from './private-fields.ts';
import { type BreakTarget, type PlacePorts, ProbePlace } from './probe-place.ts';
import { Rows } from './rows.ts';
import { shares } from './share.ts';
import { SlowdownGuard } from './slowdown-guard.ts';

export interface PlaceTablePorts {
  readonly debugger: PlacePorts['debugger'] & Pick<Debugger, 'skipPauses'>;
  readonly memory: SharedMemory;
  readonly tell: (message: ToApplication) => void;
  readonly hides: PlacePorts['hides'];
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly cost: () => PassCost;
  /** Does a person debug this process? Then it never pauses for us. */
  readonly debugged: () => Promise<boolean>;
  /** Percent of a core that all places together may take. */
  readonly mostPercent: number;
  /** What the application's thread has used; undefined where nothing tells. */
  readonly use: () => ThreadUse | undefined;
  /** Something of ours is at work in the application's thread, beside probes. */
  readonly disturbed: () => boolean;
}

export type PlaceInCode = Pick<
  Binding,
  'names' | 'used' | 'hasThis' | 'thisInPause' | 'functionLength' | 'scriptLength' | 'unseen'
>;

/** Places in which V8 has evaluated, as many as are remembered. */
const MAX_EVALUATED = 1000;

/** The places in the application that have a probe. Actions at one place share it, and all places share the overhead. */
export class PlaceTable {
  readonly #ports: PlaceTablePorts;
  readonly #places = new Map<string, ProbePlace>();
  readonly #rows = new Rows(ROWS);
  /** Keys of places whose script V8 has parsed for an evaluation: the next one there is cheap. */
  readonly #evaluated = new Set<string>();
  readonly #guard: SlowdownGuard;
  #pausesArmed = 0;
  #halted = false;

  constructor(ports: PlaceTablePorts) {
    this.#ports = ports;
    this.#guard = new SlowdownGuard({
      places: () => this.#places.values(),
      read: ports.use,
      charged: () => chargedMs(ports.memory.places),
      disturbed: ports.disturbed,
      now: ports.now,
    });
  }

  /** Called a few times a second: what do the places spend? */
  tick(): void {
    for (const place of this.#places.values()) place.tick();
    this.#guard.tick();
  }

  /** Of all places since the process began, milliseconds: what passes took, and what was lost beside them. */
  get takenMs(): number {
    return chargedMs(this.#ports.memory.places) + this.#guard.chargedMs;
  }

  /** Takes all breakpoints away, also those that are to come, or lets them be set again. */
  halt(halted: boolean): void {
    this.#halted = halted;
    for (const place of this.#places.values()) place.halt(halted);
  }

  ofRow(row: number): ProbePlace | undefined {
    return [...this.#places.values()].find((place) => place.row === row);
  }

  ofBreakpoints(ids: readonly string[]): ProbePlace | undefined {
    return [...this.#places.values()].find((place) => ids.some((id) => place.has(id)));
  }

  /** Resolves when the action's breakpoint stands; rejects where V8 refused it. */
  async add(action: LiveAction, key: string, targets: readonly BreakTarget[], at: PlaceInCode): Promise<void> {
    let place = this.#places.get(key) ?? this.#sharing(targets);
    // The other one was placed before the module was loaded once more.
    if (place && place.key !== key) await this.follow(place, key, locationsOf(targets), at);
    if (!place) {
      const pausing =
        !this.#evaluated.has(key) &&
        isSeenInPause(action, at) &&
        pausesCostLess(at.scriptLength, passesWanted(action)) &&
        !(await this.#ports.debugged());
      if (ended(action)) return;
      place = this.#places.get(key) ?? this.#create(key, targets, at, pausing);
    }
    action.place = place;
    place.actions.set(action.id, action);
    this.#share();
    this.#guard.enter(place);
    await place.add(action);
  }

  /** Sets the breakpoint of a place in every copy of its module: V8 takes one of ours at a location, and no second. */
  async follow(place: ProbePlace, key: string, locations: readonly Location[], at: PlaceInCode): Promise<void> {
    if (this.#places.get(place.key) !== place) return;
    this.#places.delete(place.key);
    place.key = key;
    this.#places.set(key, place);
    await place.follow(locations, at.names, at.unseen);
  }

  #sharing(targets: readonly BreakTarget[]): ProbePlace | undefined {
    const locations = locationsOf(targets);
    return [...this.#places.values()].find((place) => locations.some((at) => place.stands(at)));
  }

  /** Resolves when nothing of the action is left in the process; its last counts have been taken before. */
  async leave(action: LiveAction): Promise<void> {
    const { place } = action;
    if (!place) return;
    action.last = observe(action, this.#ports.memory.probes, this.#ports.now());
    if (!place.pausing && action.last.cost.samples > 0) this.#remember(place.key);
    try {
      await place.remove(action);
    } finally {
      action.place = undefined;
      if (place.actions.size === 0 && this.#places.get(place.key) === place) {
        this.#places.delete(place.key);
        this.#rows.give(place.row);
      }
      this.#share();
    }
  }

  /** V8 has put a breakpoint that was set ahead. */
  resolved(breakpointId: string, location: Location): void {
    for (const place of this.#places.values()) if (place.has(breakpointId)) place.resolved.push(location);
  }

  #create(key: string, targets: readonly BreakTarget[], at: PlaceInCode, pausing: boolean): ProbePlace {
    const row = this.#rows.take();
    // There are as many rows as actions, and a place has at least one.
    if (row === undefined) throw new Error('no room for another place');
    const cost = this.#ports.cost();
    const pass = pausing ? PAUSE_US : passUs(cost, at.functionLength);
    const parseUs = pausing || this.#evaluated.has(key) ? 0 : cost.perCodeUnitUs * at.scriptLength;
    const place = new ProbePlace(
      {
        row,
        key,
        targets,
        names: at.names,
        used: at.used,
        hasThis: at.hasThis,
        thisInPause: at.thisInPause,
        passUs: pass,
        parseUs,
        pausing,
        unseen: at.unseen,
      },
      {
        debugger: this.#ports.debugger,
        spending: this.#ports.memory.places,
        tell: this.#ports.tell,
        hides: this.#ports.hides,
        now: this.#ports.now,
        pausing: (change) => this.#countPausing(change),
        changed: () => this.#guard.changed(),
      },
    );
    place.halt(this.#halted);
    this.#places.set(key, place);
    return place;
  }

  #remember(key: string): void {
    this.#evaluated.delete(key);
    this.#evaluated.add(key);
    for (const oldest of this.#evaluated) {
      if (this.#evaluated.size <= MAX_EVALUATED) return;
      this.#evaluated.delete(oldest);
    }
  }

  /** Pauses are let through only while a place that needs them is armed. */
  async #countPausing(change: 1 | -1): Promise<void> {
    const before = this.#pausesArmed > 0;
    this.#pausesArmed += change;
    const after = this.#pausesArmed > 0;
    if (before !== after) await this.#ports.debugger.skipPauses(!after);
  }

  #share(): void {
    const places = [...this.#places.values()];
    const asked = places.map(({ actions }) => [...actions.values()].map(({ spec }) => spec.overheadPercent));
    for (const [index, percent] of shares(asked, this.#ports.mostPercent).entries()) places[index]?.setShare(percent);
  }
}

function locationsOf(targets: readonly BreakTarget[]): Location[] {
  return targets.flatMap((target) => ('location' in target ? target.location : []));
}

/** What passes have taken at all places since the process began, milliseconds. */
function chargedMs(spending: Float64Array): number {
  let us = 0;
  for (let row = 0; row < ROWS; row++) us += spending[row * PLACE.columns + PLACE.spentUs] ?? 0;
  return us / 1000;
}

/** A pause has the variables of the scopes: not the private fields, and not every `this`. */
function isSeenInPause(action: LiveAction, { hasThis, thisInPause }: PlaceInCode): boolean {
  return !asksPrivateFields(action) && (thisInPause === 'always' || !hasThis || !asksThis(action));
}

/** Passes until the action has its hits: as many as they are, where no condition picks them. */
function passesWanted(action: LiveAction): number {
  return action.condition === null ? action.remaining : Number.POSITIVE_INFINITY;
}
