import type { BoundPlace, Cost, Observation, Problem, RuntimeDescription } from '@borescope/agent-protocol';
import type { Action, ActionSpec, Placement } from '../../actions/action.ts';
import type { Value } from './database.ts';
import { fromJson, present, toJson } from './row.ts';

export interface ActionRow {
  organization: string;
  id: string;
  created_by: string;
  spec: string;
  created_at: number;
  expires_at: number;
  state: Action['state'];
  reason: string | null;
  ended_at: number | null;
  hits: number;
}

export interface PlacementRow {
  action_id: string;
  description: string;
  status: Placement['status'];
  bound: string | null;
  problem: string | null;
  observation: string | null;
  cost: string | null;
  last_sequence: number;
  gone_since: number | null;
}

export const ACTION =
  'a.organization, a.id, a.created_by, a.spec, a.created_at, a.expires_at, a.state, a.reason, a.ended_at, a.hits';

export const PLACEMENT =
  'p.action_id, p.description, p.status, p.bound, p.problem, p.observation, p.cost, p.last_sequence, p.gone_since';

/** In the order of the columns of `INSERT INTO action`. */
export function actionValues(organization: string, action: Action): Value[] {
  return [
    organization,
    action.id,
    action.createdBy,
    JSON.stringify(action.spec),
    action.spec.maxHits,
    action.createdAt,
    action.expiresAt,
    action.state,
    action.reason ?? null,
    action.endedAt ?? null,
    action.hits,
  ];
}

/** In the order of the columns of `INSERT INTO placement`. */
export function placementValues(organization: string, action: Action, placement: Placement): Value[] {
  const { runtime } = placement;
  return [
    organization,
    action.id,
    runtime.id,
    runtime.service,
    runtime.environment ?? null,
    JSON.stringify(runtime),
    placement.status,
    toJson(placement.bound),
    toJson(placement.problem),
    toJson(placement.observation),
    toJson(placement.cost),
    placement.lastSequence,
    placement.goneSince ?? null,
    action.endedAt === undefined && placement.status !== 'failed' ? 1 : 0,
  ];
}

export function toAction(row: ActionRow): Action {
  return {
    id: row.id,
    organization: row.organization,
    createdBy: row.created_by,
    spec: fromJson<ActionSpec>(row.spec),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    state: row.state,
    hits: row.hits,
    ...present<Pick<Action, 'reason' | 'endedAt'>>({ reason: row.reason, endedAt: row.ended_at }),
  };
}

export function toPlacement(row: PlacementRow): Placement {
  return {
    actionId: row.action_id,
    runtime: fromJson<RuntimeDescription>(row.description),
    status: row.status,
    lastSequence: row.last_sequence,
    ...present<Pick<Placement, 'bound' | 'problem' | 'observation' | 'cost' | 'goneSince'>>({
      bound: parsed<BoundPlace>(row.bound),
      problem: parsed<Problem>(row.problem),
      observation: parsed<Observation>(row.observation),
      cost: parsed<Cost>(row.cost),
      goneSince: row.gone_since,
    }),
  };
}

function parsed<T>(text: string | null): T | undefined {
  return text === null ? undefined : fromJson<T>(text);
}
