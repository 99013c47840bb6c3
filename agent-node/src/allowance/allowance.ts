import { LIMITS, type OwnLimit, type Problem } from '@borescope/agent-protocol';
import { GATE } from '../application/shared.ts';
import { Minute } from './minute.ts';

/** What a runtime lets be taken from it, by all actions together. */
export interface OwnLimits {
  /** Of one core. */
  readonly overheadPercent: number;
  readonly hitsPerMinute: number;
  readonly bytesPerMinute: number;
}

export interface AllowanceOptions {
  readonly limits: OwnLimits;
  /** See `GATE`. */
  readonly gate: Float64Array;
  /** Milliseconds that the application's thread has worked since it began; undefined where nothing tells. */
  readonly workedMs: () => number | undefined;
  /** Milliseconds for which the agent's own thread was busy since it began. */
  readonly busyMs: () => number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** Seconds of its rate that the overhead may be ahead, and the least of it in milliseconds: to set one breakpoint can take 90. */
const BURST_SECONDS = 10;
const LEAST_BURST_MS = 200;
/**
 * What is taken is measured by the clock, and what is done side by side is measured twice: on a busy machine that is many
 * times too much. No more can have been taken than the thread has worked, which the system tells to a tick.
 */
const SETTLE_MS = 100;
const TICK_MS = 10;
/**
 * Of a core, for the agent's own thread, and how much of it may be ahead: to read the source map of a large bundle takes
 * seconds, to look for a file on disk two. Only orders that come behind it are refused.
 */
const WORK_SHARE = 0.25;
const WORK_BURST_MS = 60_000;

/**
 * What the agent gives at most, whatever its broker orders: time of the application's thread, hits, and bytes. Each action
 * has a share of its own beside it (`budget.ts`); this is for a broker that is broken, or not ours any more. No honest use
 * comes near to the limits that hold where none is set.
 */
export class Allowance {
  readonly #limits: OwnLimits;
  readonly #gate: Float64Array;
  readonly #workedMs: () => number | undefined;
  readonly #busyMs: () => number;
  readonly #now: () => number;
  readonly #hits: Minute;
  readonly #bytes: Minute;
  /** Of what is sent beside new hits: answers to `inspect`, and hits that are asked for again. */
  readonly #answers: Minute;
  readonly #burstMs: number;
  /** As of the last settlement. */
  #settled: Settled;
  /** Milliseconds of the application's thread that may be taken now. */
  #spareMs: number;
  /** Milliseconds that the agent's own thread may work now. */
  #spareWorkMs = WORK_BURST_MS;
  #counted = 0;

  constructor({ limits, gate, workedMs, busyMs, now }: AllowanceOptions) {
    this.#limits = limits;
    this.#gate = gate;
    this.#workedMs = workedMs;
    this.#busyMs = busyMs;
    this.#now = now;
    this.#hits = new Minute(limits.hitsPerMinute);
    this.#bytes = new Minute(limits.bytesPerMinute);
    this.#answers = new Minute(limits.bytesPerMinute);
    this.#burstMs = Math.max(LEAST_BURST_MS, BURST_SECONDS * 1000 * this.#rate);
    this.#spareMs = this.#burstMs;
    const work = { spareMs: this.#burstMs, spareWorkMs: WORK_BURST_MS };
    this.#settled = { at: now(), takenMs: 0, workedMs: workedMs(), busyMs: busyMs(), ...work };
    this.#openGate();
  }

  /** `takenMs`: what was taken of the application's thread since the process began. Called while anything may take of it. */
  account(takenMs: number): void {
    const last = this.#settled;
    const at = this.#now();
    const passedMs = at - last.at;
    const busyMs = this.#busyMs();
    let newMs = takenMs - last.takenMs;
    let workedMs = last.workedMs;
    const settles = passedMs >= SETTLE_MS;
    if (settles) {
      workedMs = this.#workedMs();
      const mostMs = workedMs === undefined || last.workedMs === undefined ? passedMs : workedMs - last.workedMs;
      newMs = Math.min(newMs, mostMs + TICK_MS);
    }
    this.#spareMs = Math.min(this.#burstMs, last.spareMs + passedMs * this.#rate - newMs);
    const newWorkMs = busyMs - last.busyMs;
    this.#spareWorkMs = Math.min(WORK_BURST_MS, last.spareWorkMs + passedMs * WORK_SHARE - newWorkMs);
    if (settles) {
      this.#settled = { at, takenMs, workedMs, busyMs, spareMs: this.#spareMs, spareWorkMs: this.#spareWorkMs };
    }
    this.#openGate();
  }

  /** A hit has come from the application's thread; `bytes` of it are to be sent. */
  captured(bytes: number): void {
    const at = this.#now();
    this.#counted += 1;
    this.#hits.take(1, at);
    this.#bytes.take(bytes, at);
    this.#openGate();
  }

  /** Takes the bytes of an answer, or says that there are not so many left. */
  mayAnswer(bytes: number): boolean {
    const at = this.#now();
    if (this.#answers.left(at) < bytes) return false;
    this.#answers.take(bytes, at);
    return true;
  }

  /** The limit that is used up now. */
  get reached(): OwnLimit | undefined {
    const at = this.#now();
    const { overheadPercent, hitsPerMinute, bytesPerMinute } = this.#limits;
    if (this.#spareMs <= 0) return { of: 'overhead', most: overheadPercent };
    if (this.#hits.left(at) < 1) return { of: 'hits', most: hitsPerMinute };
    if (this.#bytes.left(at) < LIMITS.hitBytes) return { of: 'bytes', most: bytesPerMinute };
    return undefined;
  }

  /** Why nothing further may be placed or looked at now. */
  refusal(): Problem | undefined {
    const { reached } = this;
    if (reached) return quotaExceeded(`${reached.most} ${IN_WORDS[reached.of]}`, this.#backInMs(reached));
    if (this.#spareWorkMs > 0) return undefined;
    return quotaExceeded(`${WORK_SHARE * 100} % of a core for its own work`, -this.#spareWorkMs / WORK_SHARE);
  }

  /** The same of an answer that has become too large. */
  answerRefusal(): Problem {
    const most = `${this.#limits.bytesPerMinute} ${IN_WORDS.bytes}`;
    return quotaExceeded(most, this.#answers.backInMs(this.#now()));
  }

  /** An action may not ask for more of a core than all of them may have. */
  judge(overheadPercent: number): Problem | undefined {
    const most = this.#limits.overheadPercent;
    if (overheadPercent <= most) return undefined;
    return {
      code: 'LIMIT_EXCEEDED',
      message: `overhead_percent is at most ${most} in this runtime, by its own setting BORESCOPE_MAX_OVERHEAD_PERCENT`,
      hint: `Ask for ${most} or less.`,
    };
  }

  get #rate(): number {
    return this.#limits.overheadPercent / 100;
  }

  #backInMs({ of }: OwnLimit): number {
    const at = this.#now();
    if (of === 'overhead') return -this.#spareMs / this.#rate;
    return (of === 'hits' ? this.#hits : this.#bytes).backInMs(at);
  }

  /** So many hits may be captured that each could be as large as one may be. What is on its way is counted when it comes. */
  #openGate(): void {
    const at = this.#now();
    const more = Math.min(this.#hits.left(at), Math.floor(this.#bytes.left(at) / LIMITS.hitBytes));
    this.#gate[GATE.limit] = this.#counted + (this.#spareMs > 0 ? more : 0);
  }
}

interface Settled {
  readonly at: number;
  readonly takenMs: number;
  readonly workedMs: number | undefined;
  readonly busyMs: number;
  readonly spareMs: number;
  readonly spareWorkMs: number;
}

const IN_WORDS = { overhead: '% of a core', hits: 'hits a minute', bytes: 'bytes a minute' } as const;

function quotaExceeded(limit: string, backInMs: number): Problem {
  return {
    code: 'QUOTA_EXCEEDED',
    message: `the agent's own limit of ${limit} is used up, whatever the broker allows`,
    hint: `Try again in ${Math.max(1, Math.ceil(backInMs / 1000))} s, or ask whoever runs this service.`,
  };
}
