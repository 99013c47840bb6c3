import { LIMITS } from '@borescope/agent-protocol';

/** Words of the memory that both threads see. */
export const CONTROL = {
  /** 1: the application is exiting; the worker lets go of it. */
  exitRequested: 0,
  exitDone: 1,
  /** 1: the worker holds a debugger session or an unsent hit, so that an exit has something to wait for. */
  busy: 2,
  /** Grows with each message to the application's thread, which reads its port when it sees a change. */
  messages: 3,
  /** The port of Node's own inspector, as of the last time that the worker asked; 0: it is closed. */
  debugged: 4,
  /** How far the code of a hit has been run on samples; see `WARM`. */
  warm: 5,
  /** 1: the application has been loaded, as far as can be told. */
  loaded: 6,
  /** 1: the application has changed what arrays inherit, so that the agent's own would run its code; nothing is captured. */
  altered: 7,
  words: 8,
} as const;

/** Values of `CONTROL.warm`. */
export const WARM = {
  /** What a hit runs is compiled, and the usual names are read. */
  ready: 1,
  /** Nothing is left to do. */
  practised: 2,
} as const;

/** Columns of one probe's row in `probes`: counts, and microseconds of the application's thread. */
export const PROBE = {
  /** Without those that were let go: each of these was judged by the condition, or is a hit. */
  passes: 0,
  conditionFalse: 1,
  conditionErrors: 2,
  /** Let go unjudged. */
  dropped: 3,
  totalUs: 4,
  maxUs: 5,
  columns: 8,
} as const;

/** Columns of one place's row in `places`, microseconds: spent since it was made, and the mark at which it must stop. */
export const PLACE = { spentUs: 0, limitUs: 1, columns: 2 } as const;

/**
 * What the agent lets be taken at most, over all its probes: hits captured since the process began, how many there may be,
 * and microseconds of the application's thread that were taken to follow the worker, beside passes.
 */
export const GATE = { captured: 0, limit: 1, upkeepUs: 2, columns: 3 } as const;

/** In the place of a row, what the worker asks of the application's thread. */
export const REQUEST = {
  /** Does Node's own inspector listen, so that a person may debug? */
  debugged: -1,
  /** One step of the warm-up. */
  warmUp: -2,
  /** Nothing but what every call looks at: `CONTROL.altered`. */
  look: -3,
} as const;

/** One row for each live action: there are never more places than probes. */
export const ROWS = LIMITS.liveActionsPerRuntime;

export interface SharedMemory {
  readonly control: Int32Array;
  /** Written by the application's thread only. */
  readonly probes: Float64Array;
  /** `spentUs` is written by the application's thread, `limitUs` by the worker. */
  readonly places: Float64Array;
  /** `limit` is written by the worker, the others by the application's thread. */
  readonly gate: Float64Array;
}

export function allocate(): SharedMemory {
  return {
    control: new Int32Array(new SharedArrayBuffer(CONTROL.words * 4)),
    probes: new Float64Array(new SharedArrayBuffer(ROWS * PROBE.columns * 8)),
    places: new Float64Array(new SharedArrayBuffer(ROWS * PLACE.columns * 8)),
    gate: new Float64Array(new SharedArrayBuffer(GATE.columns * 8)),
  };
}
