import type { StoreRecord } from './record.ts';

/**
 * A store that nobody else may use while it is held: no broker runs on it, and none starts. Any function may reject with
 * `StoreUnavailable`.
 */
export interface HeldStore {
  /** Where it is, without credentials. */
  readonly named: string;
  /** Everything that it holds, in no certain order and a piece at a time. Rejects with `SchemaTooNew`. */
  records(): AsyncIterable<StoreRecord>;
  /** Rejects with `MoveRefused` where somebody else may have used it since it is held. */
  confirm(): Promise<void>;
  /** Lets go of it. */
  close(): Promise<void>;
}

/** One that was empty, and counts as unfinished until `finish`: a broker refuses to start on it, also after a crash. */
export interface HeldTarget extends HeldStore {
  /** Not in one step; asking again is right. */
  load(records: readonly StoreRecord[]): Promise<void>;
  finish(): Promise<void>;
}

/** A store cannot be moved, or not to there; says why, and what to do about it. Nothing is lost by it. */
export class MoveRefused extends Error {
  override readonly name = 'MoveRefused';
}
