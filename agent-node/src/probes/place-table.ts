import { LIMITS } from '@borescope/agent-protocol';
import type { ToApplication } from '../application/messages.ts';
import { ROWS, type SharedMemory } from '../application/shared.ts';
import type { Binding, Location } from '../sources/bind.ts';
import { type PassCost, passUs } from './calibration.ts';
import type { Debugger } from './debugger.ts';
import { ended, type LiveAction } from './live-action.ts';
import { observe } from './observe.ts';
import { type BreakTarget, ProbePlace } from './probe-place.ts';
import { Rows } from './rows.ts';

export interface PlaceTablePorts {
  readonly debugger: Debugger;
  readonly memory: SharedMemory;
  readonly tell: (message: ToApplication) => void;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly cost: () => PassCost;
  /** Does a person debug this process? Then it never pauses for us. */
  readonly debugged: () => Promise<boolean>;
}

export type PlaceInCode = Pick<Binding, 'names' | 'used' | 'hasThis' | 'functionLength' | 'scriptLength'>;

/**
 * Length of a script above which the first evaluation in each of its functions stalls: V8 parses all of the script, 5 to
 * 7 ms for 141 KB, 33 ms for 940 KB, on Node 20 to 26. A pause before does not spare it; later ones in that function do not pay.
 */
const BIG_SCRIPT = 100 * 1024;
/** What a real pause with one call takes, in microseconds. */
const PAUSE_US = 1000;

/** The places in the application that have a probe. Actions at one place share it, and all places share the overhead. */
export class PlaceTable {
  readonly #ports: PlaceTablePorts;
  readonly #places = new Map<string, ProbePlace>();
  readonly #rows = new Rows(ROWS);
  #pausesArmed = 0;

  constructor(ports: PlaceTablePorts) {
    this.#ports = ports;
  }

  all(): IterableIterator<ProbePlace> {
    return this.#places.values();
  }

  ofRow(row: number): ProbePlace | undefined {
    return [...this.#places.values()].find((place) => place.row === row);
  }

  ofBreakpoints(ids: readonly string[]): ProbePlace | undefined {
    return [...this.#places.values()].find((place) => ids.some((id) => place.has(id)));
  }

  /** Resolves when the action's breakpoint stands; rejects where V8 refused it. */
  async add(action: LiveAction, key: string, targets: readonly BreakTarget[], at: PlaceInCode): Promise<void> {
    let place = this.#places.get(key);
    if (!place) {
      const pausing = at.scriptLength > BIG_SCRIPT && !(await this.#ports.debugged());
      if (ended(action)) return;
      place = this.#places.get(key) ?? this.#create(key, targets, at, pausing);
    }
    action.place = place;
    place.actions.set(action.id, action);
    this.#share();
    await place.add(action);
  }

  /** Resolves when nothing of the action is left in the process; its last counts have been taken before. */
  async leave(action: LiveAction): Promise<void> {
    const { place } = action;
    if (!place) return;
    action.last = observe(action, this.#ports.memory.probes, this.#ports.now());
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
    const pass = pausing ? PAUSE_US : passUs(this.#ports.cost(), at.functionLength);
    const place = new ProbePlace(
      { row, key, targets, names: at.names, used: at.used, hasThis: at.hasThis, passUs: pass, pausing },
      {
        debugger: this.#ports.debugger,
        spending: this.#ports.memory.places,
        tell: this.#ports.tell,
        now: this.#ports.now,
        pausing: (change) => this.#countPausing(change),
      },
    );
    this.#places.set(key, place);
    return place;
  }

  /** Pauses are let through only while a place that needs them is armed. */
  async #countPausing(change: 1 | -1): Promise<void> {
    const before = this.#pausesArmed > 0;
    this.#pausesArmed += change;
    const after = this.#pausesArmed > 0;
    if (before !== after) await this.#ports.debugger.skipPauses(!after);
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
}
