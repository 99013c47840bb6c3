import type { Action, Placement } from '../../actions/action.ts';
import { fromJson, type Reply, toNumber } from './reply.ts';
import { ACTION_FIELDS, PLACEMENT_FIELDS } from './scripts/read-actions.ts';

type Fixed = Omit<Action, 'state' | 'reason' | 'endedAt' | 'hits'>;
/** What a runtime told of its probe: everything of a placement that has no field of its own. */
type Said = Omit<Placement, 'actionId' | 'runtime' | 'status' | 'lastSequence' | 'goneSince'>;

const NOTHING_SAID = '{}';

/** The fields of a record by the name of their last part. */
const RUNTIME = 'runtime:';

/** Field and value by turns, of a new record. */
export function recordFields(action: Action, placements: readonly Placement[]): (string | number)[] {
  const { state, reason, endedAt, hits, ...fixed } = action;
  const standing = placements.filter(({ status }) => status !== 'failed').length;
  const fields: (string | number)[] = ['action', JSON.stringify(fixed), 'state', state, 'hits', hits];
  fields.push('maxHits', action.spec.maxHits, 'expiresAt', action.expiresAt, 'revision', 0, 'standing', standing);
  fields.push('services', distinct(placements.map(({ runtime }) => runtime.service)));
  fields.push('environments', distinct(placements.map(({ runtime }) => runtime.environment ?? null)));
  if (reason !== undefined) fields.push('reason', reason);
  if (endedAt !== undefined) fields.push('endedAt', endedAt);
  for (const placement of placements) {
    const { id } = placement.runtime;
    fields.push(`${RUNTIME}${id}`, JSON.stringify(placement.runtime), `status:${id}`, placement.status);
    const said = saidOf(placement);
    if (said !== NOTHING_SAID) fields.push(`said:${id}`, said);
    if (placement.lastSequence !== 0) fields.push(`sequence:${id}`, placement.lastSequence);
    if (placement.goneSince !== undefined) fields.push(`gone:${id}`, placement.goneSince);
  }
  return fields;
}

/** JSON of what has no field of its own. */
export function saidOf({ actionId, runtime, status, lastSequence, goneSince, ...said }: Placement): string {
  return JSON.stringify(said);
}

/** From the values of `ACTION_FIELDS`, in that order. Undefined where there is no such action. */
export function toAction([fixed, state, reason, endedAt, hits]: Reply): Action | undefined {
  if (typeof fixed !== 'string' || typeof state !== 'string') return undefined;
  const end = toNumber(endedAt);
  return {
    ...fromJson<Fixed>(fixed),
    state: state as Action['state'],
    hits: Number(hits),
    ...(typeof reason === 'string' && { reason }),
    ...(end !== undefined && { endedAt: end }),
  };
}

/** From the values of `PLACEMENT_FIELDS`, in that order. Undefined where there is no such placement. */
export function toPlacement(actionId: string, [runtime, status, said, sequence, gone]: Reply): Placement | undefined {
  if (typeof runtime !== 'string' || typeof status !== 'string') return undefined;
  const goneSince = toNumber(gone);
  return {
    actionId,
    runtime: fromJson<Placement['runtime']>(runtime),
    status: status as Placement['status'],
    lastSequence: toNumber(sequence) ?? 0,
    ...fromJson<Said>(said ?? NOTHING_SAID),
    ...(goneSince !== undefined && { goneSince }),
  };
}

/** A whole record, as its fields. */
export function toRecord(
  fields: Readonly<Record<string, string>>,
): { action: Action; placements: Placement[] } | undefined {
  const action = toAction(ACTION_FIELDS.map((name) => fields[name] ?? null));
  if (action === undefined) return undefined;
  const ids = Object.keys(fields).flatMap((name) => (name.startsWith(RUNTIME) ? [name.slice(RUNTIME.length)] : []));
  const placements = ids.toSorted().flatMap((id) => {
    const placement = toPlacement(
      action.id,
      placementFields(id).map((name) => fields[name] ?? null),
    );
    return placement ?? [];
  });
  return { action, placements };
}

export function placementFields(runtime: string): string[] {
  return PLACEMENT_FIELDS.map((name) => `${name}${runtime}`);
}

function distinct(values: readonly (string | null)[]): string {
  return JSON.stringify([...new Set(values)]);
}
