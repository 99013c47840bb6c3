import type { Problem } from '@borescope/agent-protocol';
import { type Ahead, lookAhead } from '../sources/ahead.ts';
import { type Binding, type BindPorts, bind, type Location } from '../sources/bind.ts';
import { findOnDisk } from '../sources/disk.ts';
import { ambiguous, type Located, locate, notFound } from '../sources/locate.ts';
import { blockedByPolicy } from '../sources/origin.ts';
import type { ScriptStore } from '../sources/script-store.ts';
import type { Debugger } from './debugger.ts';
import type { Endings } from './endings.ts';
import type { EngineEvents } from './events.ts';
import { ended, type LiveAction } from './live-action.ts';
import type { PlaceTable } from './place-table.ts';
import type { CurrentPolicy } from './policy.ts';
import { asksPrivateFields, namesAsked, namesOfAll, withoutPrivateFields } from './private-fields.ts';
import type { BreakTarget } from './probe-place.ts';
import { unavailable } from './problems.ts';

export interface PlacingPorts {
  readonly debugger: Debugger;
  readonly store: ScriptStore;
  readonly places: PlaceTable;
  readonly endings: Endings;
  readonly policy: CurrentPolicy;
  readonly events: EngineEvents;
  /** Folders in which a path may be exactly right: the working folder, and the package's. */
  readonly roots: readonly string[];
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** The action waits for a module: it may have been loaded while we looked. */
  readonly waits: () => void;
}

/** Of a module that is loaded again and again, the newest: nothing runs in the others for long. */
const MOST_COPIES = 50;
/** A search on disk for a file that is not loaded, milliseconds. */
const SEARCH_MS = 2000;

/** From a file and a line to a breakpoint: in the scripts that are loaded, else ahead of the one that will be. */
export class Placing {
  readonly #ports: PlacingPorts;

  constructor(ports: PlacingPorts) {
    this.#ports = ports;
  }

  async place(action: LiveAction): Promise<void> {
    const { file } = action.spec.place;
    const located = await this.locate(file, true);
    if (located.kind === 'ambiguous') await this.#ports.endings.fail(action, ambiguous(file, located.paths));
    else if (located.kind === 'found') await this.#bind(action, located);
    else await this.#placeAhead(action, located.nearest);
  }

  /** Again for an action that waits, or whose module was loaded once more: is it one of those that were loaded meanwhile? */
  async placePending(action: LiveAction): Promise<void> {
    const { file } = action.spec.place;
    const located = await this.locate(file, false);
    if (located.kind === 'found') await this.#bind(action, located);
    else if (located.kind === 'ambiguous' && action.status === 'pending')
      await this.#ports.endings.fail(action, ambiguous(file, located.paths));
  }

  /** `packages`: also by the source maps of packages, of which there can be thousands. */
  locate(file: string, packages: boolean): Promise<Located> {
    return locate(this.#ports.store, file, this.#ports.roots, packages);
  }

  bindPorts(): BindPorts {
    const { store, policy } = this.#ports;
    return {
      store,
      redactor: policy.redactor,
      possible: this.#ports.debugger.possible.bind(this.#ports.debugger),
      areBlocked: (paths) => policy.areBlocked(paths),
      hides: (path) => policy.hides(path),
    };
  }

  async #placeAhead(action: LiveAction, nearest: readonly string[]): Promise<void> {
    const { roots, now, endings, policy, events } = this.#ports;
    const { place } = action.spec;
    const onDisk = await findOnDisk(place.file, roots, now() + SEARCH_MS, now);
    if (onDisk.kind === 'ambiguous') return endings.fail(action, ambiguous(place.file, onDisk.paths));
    if (onDisk.kind === 'none')
      return endings.fail(action, notFound(place.file, [...new Set([...nearest, ...onDisk.nearest])]));
    const targets: BreakTarget[] = [];
    const aheads: Ahead[] = [];
    const origin: string[] = [];
    for (const file of onDisk.files) {
      const looked = await lookAhead(file, place, this.bindPorts());
      if (!looked.ok) return endings.fail(action, looked.problem);
      const { ahead } = looked;
      origin.push(...looked.origin);
      if (!ahead) continue;
      aheads.push(ahead);
      for (const url of ahead.urls) targets.push({ url, position: ahead.position });
    }
    if (!(await this.#mayInspect(action, origin, aheads))) return;
    const [first] = aheads;
    // Several builds may carry the file, each with names of its own: which one is loaded is not known.
    const judged = aheads.map((ahead) => policy.judgeAhead(action, ahead));
    const [misnamed] = judged;
    if (misnamed && !judged.includes(undefined)) return endings.fail(action, misnamed);
    action.status = 'pending';
    action.placedAt ??= now();
    if (first) action.bound = { file: first.file.path, line: place.line, sourceLine: '' };
    // One that asks for private fields waits for the code.
    if (first && !asksPrivateFields(action)) {
      const { names, used, hasThis, thisInPause, functionLength, position } = first;
      // Nothing runs there yet: what a module does at its start is seen in full.
      const unseen = 'none';
      const key = `ahead:${first.urls[0]}:${position.line}:${position.column}`;
      const at = {
        names: withoutPrivateFields(names),
        used,
        hasThis,
        thisInPause,
        functionLength,
        scriptLength: 0,
        unseen,
      } as const;
      await this.#ports.places.add(action, key, targets, at);
    }
    if (ended(action)) return;
    events.pending(action);
    this.#ports.waits();
  }

  async #bind(action: LiveAction, located: Located & { kind: 'found' }): Promise<void> {
    const { places, endings } = this.#ports;
    const bindings: Binding[] = [];
    let problem: Problem | undefined;
    for (const target of located.targets.slice(-MOST_COPIES)) {
      // V8 may have let go of an older copy of a module that was loaded again.
      const bound = await bind(target, action.spec.place, this.bindPorts()).catch(
        (error: unknown) => ({ ok: false, problem: unavailable(error) }) as const,
      );
      if (bound.ok) bindings.push(bound.binding);
      else if (bound.problem.code === 'BLOCKED_BY_POLICY') return endings.fail(action, bound.problem);
      else problem ??= bound.problem;
    }
    action.armingMs = Math.max(action.armingMs, this.#ports.debugger.takeStall());
    const names = namesOfAll(bindings);
    const first = bindings[0] && { ...bindings[0], names };
    if (!first) return endings.fail(action, problem ?? notFound(action.spec.place.file, []));
    const origin = bindings.flatMap((binding) => binding.origin);
    if (!(await this.#mayInspect(action, origin, bindings))) return;
    const misnamed = this.#ports.policy.judgeAt(action, first);
    if (misnamed) return endings.fail(action, misnamed);
    const locations = bindings.map(({ location }) => location);
    action.scripts = new Set(located.targets.map(({ script }) => script.path));
    const key = locations.map((at) => `${at.scriptId}:${at.line}:${at.column}`).join(',');
    const { place } = action;
    if (place && action.status === 'armed') {
      await places.follow(place, key, locations, first);
      return;
    }
    if (place) {
      // Set ahead: where V8 has put the breakpoint at the right place it stays, and not one pass is missed.
      const stands = locations.every((at) => place.resolved.some((other) => sameLocation(at, other)));
      if (stands) place.adopt(locations, withoutPrivateFields(names), first.unseen);
      else await places.leave(action);
    }
    action.bound = first.place;
    action.loaded = true;
    action.placedAt ??= this.#ports.now();
    if (!action.place) {
      const targets = locations.map((location) => ({ location }));
      await places.add(action, key, targets, first);
    }
    if (ended(action)) return;
    action.status = 'armed';
    this.#ports.events.armed(action);
  }

  /**
   * Notes what the action looks at, so that a policy that comes later finds it, and asks the one that holds now: another may
   * have come while we looked.
   */
  async #mayInspect(
    action: LiveAction,
    origin: readonly string[],
    found: readonly Pick<Binding, 'names'>[],
  ): Promise<boolean> {
    const { policy, endings } = this.#ports;
    const asked = namesAsked(action);
    const declaring = found.flatMap(({ names }) =>
      names.map((one) => (asked.has(one.name) ? one.declaredIn : undefined)),
    );
    // Also those that are only in scope: their packages have to be known before any of them is told.
    await policy.learn(found.flatMap(({ names }) => names.map(({ declaredIn }) => declaredIn)));
    action.origin = [...new Set([...origin, ...declaring.filter((path) => path !== undefined)])];
    if (ended(action)) return false;
    if (!origin.some((path) => policy.hides(path))) return true;
    await endings.fail(action, blockedByPolicy(action.spec.place.file));
    return false;
  }
}

function sameLocation(a: Location, b: Location): boolean {
  return a.scriptId === b.scriptId && a.line === b.line && a.column === b.column;
}
