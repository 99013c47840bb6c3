import type { ArmSpec, BoundPlace, Cost, Observation, OwnLimit, Problem } from '@borescope/agent-protocol';
import type { ExpressionTree } from '../expressions/tree.ts';
import type { ProbePlace } from './probe-place.ts';

export type ActionStatus = 'placing' | 'pending' | 'armed' | 'failed' | 'removed';

/** An action as this runtime knows it, from its arrival until the broker has forgotten it. */
export interface LiveAction {
  readonly id: string;
  readonly spec: ArmSpec;
  /** Row in the shared counts; undefined once the probe is gone. */
  row: number | undefined;
  status: ActionStatus;
  condition: ExpressionTree | null;
  expressions: readonly { readonly text: string; readonly tree: ExpressionTree }[];
  remaining: number;
  place: ProbePlace | undefined;
  /** Known once it is armed; of a file that is not loaded yet, what stands on disk. */
  bound: BoundPlace | undefined;
  /** Its file has been loaded, and the line found in it. */
  loaded: boolean;
  /** Paths of the scripts in which it was bound. */
  scripts: ReadonlySet<string>;
  /** One of them has been loaded once more, as a module that is hot-reloaded is. */
  reloaded: boolean;
  /** The files of which the code at its place is made, and those that declare what it asks for. */
  origin: readonly string[];
  problem: Problem | undefined;
  /** Milliseconds by the worker's clock. */
  placedAt: number | undefined;
  /** What the place had been armed for before this action came to it, milliseconds. */
  armedBefore: number;
  conditionError: string | undefined;
  /** What of its own the agent had used up last while this action was in place. */
  ownLimit: OwnLimit | undefined;
  /** Hits that were captured and had no room. */
  unsent: number;
  armingMs: number;
  /** What the application lost because the code around the place is interpreted, milliseconds: an estimate. */
  slowdownMs: number;
  ttl: NodeJS.Timeout | undefined;
  last: Seen;
  /** The observation that was last told, so that an unchanged one is not told again. */
  told: string;
}

export interface Seen {
  readonly observation: Observation;
  readonly cost: Cost;
}

const NOTHING_SEEN: Seen = {
  observation: { passes: 0, conditionFalse: 0, conditionErrors: 0, dropped: 0, armedMs: 0, placedMs: 0 },
  cost: { samples: 0, meanUs: 0, maxUs: 0, totalMs: 0 },
};

export function newAction(spec: ArmSpec, row: number | undefined): LiveAction {
  return {
    id: spec.actionId,
    spec,
    row,
    status: 'placing',
    condition: null,
    expressions: [],
    remaining: spec.maxHits,
    place: undefined,
    bound: undefined,
    loaded: false,
    scripts: new Set(),
    reloaded: false,
    origin: [],
    problem: undefined,
    placedAt: undefined,
    armedBefore: 0,
    conditionError: undefined,
    ownLimit: undefined,
    unsent: 0,
    armingMs: 0,
    slowdownMs: 0,
    ttl: undefined,
    last: NOTHING_SEEN,
    told: '',
  };
}

/** By a policy that came after what it looks at was found. */
export function isBlocked({ problem }: LiveAction): boolean {
  return problem?.code === 'BLOCKED_BY_POLICY';
}

export function ended(action: LiveAction): boolean {
  return action.status === 'failed' || action.status === 'removed';
}
