import type { BoundPlace, Cost, Observation, Place, Problem, RuntimeDescription } from '@borescope/agent-protocol';

export type ActionState = 'queued' | 'armed' | 'completed' | 'expired' | 'cancelled' | 'failed';

export type PlacementStatus = 'queued' | 'armed' | 'pending' | 'removed' | 'failed';

/** What was asked for: kept as it was asked, in the words of the protocol. */
export interface ActionSpec {
  readonly kind: 'snapshot';
  readonly place: Place;
  readonly condition?: string;
  readonly expressions: readonly string[];
  readonly maxHits: number;
  readonly timeoutSeconds: number;
  readonly overheadPercent: number;
}

/** One request to look inside. Times are milliseconds since the epoch, by the broker's clock. */
export interface Action {
  readonly id: string;
  readonly organization: string;
  /** Id of the token that asked. */
  readonly createdBy: string;
  readonly spec: ActionSpec;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly state: ActionState;
  /** Why it ended, in one sentence of ours; never captured text. */
  readonly reason?: string;
  /** When it reached a terminal state. */
  readonly endedAt?: number;
  /** Hits accepted so far; never above `spec.maxHits`. */
  readonly hits: number;
}

/** One action on one runtime. */
export interface Placement {
  readonly actionId: string;
  /** As it was when the action was made, so that a result can be read after the runtime left. */
  readonly runtime: RuntimeDescription;
  readonly status: PlacementStatus;
  readonly bound?: BoundPlace;
  readonly problem?: Problem;
  readonly observation?: Observation;
  readonly cost?: Cost;
  /** Sequence of the last accepted hit; 0 before the first. */
  readonly lastSequence: number;
  /** When the runtime's connection was lost, where it is lost now. */
  readonly goneSince?: number;
}
