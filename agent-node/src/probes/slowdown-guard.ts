import type { ThreadUse } from '../runtime/main-thread.ts';
import type { ProbePlace } from './probe-place.ts';
import { addStretch, excessOf, LEAST_EXCESS, NO_STRETCH, type Stretch, shareOf } from './slowdown.ts';

/** Milliseconds of evidence for a suspicion, and for what the application does without breakpoints. */
const WINDOW_MS = 300;
const CONTROL_MS = 300;
/** Of the evidence so much is kept: what is older counts less. */
const KEEP_ARMED_MS = 1000;
const KEEP_CONTROL_MS = 3000;
/** After a removal a call that runs and the next ones are optimized again; measured on Node 20 to 26: within 30 ms. */
const SETTLE_MS = 100;
/** The breakpoints come back after this time whatever was learned. */
const MOST_HELD_MS = 1500;
/** What was learned from a control holds so long where it speaks for the code. */
const CONTROL_AGE_MS = 30_000;
/** Nothing is suspected so soon after it was found innocent: quiet code is watched nearly all of the time. */
const INNOCENT_MS = 5000;
/** Evidence is kept so long where nothing is armed: a broker may place one action after the other in the same code. */
const PAUSE_MS = 2000;
/** A look is given up for an action that comes, but not for the next so soon after: nothing would ever be learned. */
const GIVE_UP_MS = 5000;
/** A first finding may be chance: the second within this time is not. */
const DOUBT_MS = 10_000;

/** A place as far as the guard knows it. */
export type GuardedPlace = Pick<ProbePlace, 'unseen' | 'interpreted' | 'hold' | 'charge'>;

export interface SlowdownPorts {
  readonly places: () => Iterable<GuardedPlace>;
  /** Undefined where nothing tells: then there is no guard. */
  readonly read: () => ThreadUse | undefined;
  /** Milliseconds that are charged by other ways, of all places since the process began. */
  readonly charged: () => number;
  /** Something of ours is at work in the application's thread, beside probes. */
  readonly disturbed: () => boolean;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

interface Sample extends ThreadUse {
  readonly at: number;
  readonly chargedMs: number;
}

/**
 * V8 interprets a function that holds a breakpoint: the passes of a place do not tell what a long loop beside it takes
 * then. So the processor time of the application's thread is compared, with breakpoints and without; where it is much
 * more with them, they are taken away for a moment, and where that helps, twice, the place pays for it.
 */
export class SlowdownGuard {
  readonly #ports: SlowdownPorts;
  #last: Sample | undefined;
  /** As of the last sample: some code is interpreted. */
  #interpreted = false;
  #armed = NO_STRETCH;
  #control = NO_STRETCH;
  #controlAt = Number.NEGATIVE_INFINITY;
  #settledAt = Number.NEGATIVE_INFINITY;
  /** Since when the breakpoints are taken away to see what changes, and those who had one. */
  #held: { readonly at: number; readonly suspects: readonly GuardedPlace[] } | undefined;
  /** What a first finding would have charged. */
  #doubt: { readonly at: number; readonly ms: number } | undefined;
  /** The last word was that code is slow: each window is judged at once. */
  #slow = false;
  #innocentAt = Number.NEGATIVE_INFINITY;
  #chargedMs = 0;
  /** Since when nothing is armed. */
  #pausedAt: number | undefined;
  #givenUpAt = Number.NEGATIVE_INFINITY;

  constructor(ports: SlowdownPorts) {
    this.#ports = ports;
  }

  /** What places were charged for since the process began, milliseconds. */
  get chargedMs(): number {
    return this.#chargedMs;
  }

  /** A breakpoint was set or removed: what was until now belongs to before. */
  changed(): void {
    const guarded = this.#guarded();
    if (guarded.length > 0) this.#look(guarded);
  }

  /** Called a few times a second. */
  tick(): void {
    const guarded = this.#guarded();
    if (guarded.length === 0) {
      this.#rest();
      return;
    }
    this.#pausedAt = undefined;
    const at = this.#look(guarded);
    if (at === undefined) return;
    if (this.#held) this.#endHold(this.#held, at);
    else this.#suspect(guarded, at);
  }

  /** Somebody comes, who should not have to wait for a look that was begun. */
  enter(place: GuardedPlace): void {
    if (this.#held === undefined) return;
    const at = this.#ports.now();
    if (at - this.#givenUpAt < GIVE_UP_MS) {
      if (place.unseen !== 'none') place.hold(true);
      return;
    }
    this.#givenUpAt = at;
    this.#held = undefined;
    this.#armed = NO_STRETCH;
    for (const one of this.#ports.places()) one.hold(false);
  }

  #guarded(): GuardedPlace[] {
    return [...this.#ports.places()].filter(({ unseen }) => unseen !== 'none');
  }

  #rest(): void {
    const at = this.#ports.now();
    this.#pausedAt ??= at;
    this.#last = undefined;
    this.#held = undefined;
    if (at - this.#pausedAt >= PAUSE_MS) this.#armed = NO_STRETCH;
  }

  #look(guarded: readonly GuardedPlace[]): number | undefined {
    const use = this.#ports.read();
    if (use === undefined) return undefined;
    const at = this.#ports.now();
    const sample = { ...use, at, chargedMs: this.#ports.charged() };
    const last = this.#last;
    this.#last = sample;
    if (last !== undefined && !this.#ports.disturbed()) {
      const piece = between(last, sample);
      if (this.#interpreted) this.#armed = addStretch(this.#armed, piece, KEEP_ARMED_MS);
      else if (last.at >= this.#settledAt) {
        this.#control = addStretch(this.#control, piece, KEEP_CONTROL_MS);
        this.#controlAt = at;
      }
    }
    const interpreted = guarded.some((place) => place.interpreted);
    if (this.#interpreted && !interpreted) this.#settledAt = at + SETTLE_MS;
    this.#interpreted = interpreted;
    return at;
  }

  #suspect(guarded: readonly GuardedPlace[], at: number): void {
    if (this.#armed.ownMs < WINDOW_MS || shareOf(this.#armed) < LEAST_EXCESS) return;
    const suspects = guarded.filter(({ interpreted }) => interpreted);
    if (suspects.length === 0 || at - this.#innocentAt < INNOCENT_MS) return;
    const known = this.#control.ownMs >= CONTROL_MS && at - this.#controlAt < CONTROL_AGE_MS;
    if (known && excessOf(this.#armed, this.#control, anyLoops(suspects)) === 0) {
      this.#slow = false;
      return;
    }
    if (known && this.#slow) {
      this.#judge(suspects, at);
      return;
    }
    this.#held = { at, suspects };
    this.#control = NO_STRETCH;
    for (const place of guarded) place.hold(true);
  }

  #endHold({ at: since, suspects }: { at: number; suspects: readonly GuardedPlace[] }, at: number): void {
    const learned = this.#control.ownMs >= CONTROL_MS;
    if (!learned && at - since < MOST_HELD_MS) return;
    this.#held = undefined;
    if (learned) this.#judge(suspects, at);
    this.#armed = NO_STRETCH;
    for (const place of this.#guarded()) place.hold(false);
  }

  #judge(suspects: readonly GuardedPlace[], at: number): void {
    const excess = excessOf(this.#armed, this.#control, anyLoops(suspects));
    const doubt = this.#doubt;
    this.#armed = NO_STRETCH;
    this.#doubt = undefined;
    if (excess === 0) {
      this.#slow = false;
      this.#innocentAt = at;
    } else if (this.#slow || (doubt !== undefined && at - doubt.at < DOUBT_MS)) {
      this.#slow = true;
      const all = excess + (doubt?.ms ?? 0);
      this.#chargedMs += all;
      // One that is gone by now owes nothing; what was taken was taken.
      const there = new Set(this.#ports.places());
      for (const place of suspects) if (there.has(place)) place.charge(all / suspects.length);
    } else {
      this.#doubt = { at, ms: excess };
    }
  }
}

function between(last: Sample, sample: Sample): Stretch {
  const cpuMs = Math.max(0, sample.cpuMs - last.cpuMs);
  const waited = Math.max(0, sample.waitMs - last.waitMs);
  return {
    ownMs: Math.max(cpuMs, sample.at - last.at - waited),
    cpuMs: cpuMs - (sample.chargedMs - last.chargedMs),
    operations:
      sample.operations === undefined || last.operations === undefined
        ? undefined
        : sample.operations - last.operations,
  };
}

function anyLoops(places: readonly GuardedPlace[]): boolean {
  return places.some(({ unseen }) => unseen === 'loop');
}
