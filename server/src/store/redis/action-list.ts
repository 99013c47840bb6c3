import type { Action } from '../../actions/action.ts';
import type { ActionFilter } from '../store.ts';
import { toAction } from './action-record.ts';
import type { RedisConnection } from './connection.ts';
import { keyOf, keysOf } from './keys.ts';
import { fromJson, type Reply, toReplies } from './reply.ts';
import { ACTION_FIELDS, READ_ACTIONS } from './scripts/read-actions.ts';

/** Actions looked at in one step: as many as are wanted at first, more where a filter lets few through. */
const CHUNK = { first: 64, last: 512 };

/** Newest first. A filter by state has an index of its own; the others are applied to what is read. */
export async function listActions(
  { call, run }: RedisConnection,
  organization: string,
  filter: ActionFilter,
): Promise<Action[]> {
  const index =
    filter.state === undefined ? keyOf(organization, 'actions') : keyOf(organization, 'state', filter.state);
  const found: Action[] = [];
  let before = filter.before;
  for (let size = CHUNK.first; ; size = Math.min(size * 2, CHUNK.last)) {
    const from = before === undefined ? '+' : `(${before}`;
    const ids = await call((redis) => redis.zrange(index, from, '-', 'BYLEX', 'REV', 'LIMIT', 0, size));
    const rows = ids.length === 0 ? [] : toReplies(await run(READ_ACTIONS, keysOf(organization), ids));
    for (const row of rows) {
      const action = toAction(row);
      if (action === undefined || !passes(action, row, filter)) continue;
      found.push(action);
      if (found.length === filter.limit) return found;
    }
    before = ids.at(-1);
    if (ids.length < size || before === undefined) return found;
  }
}

function passes(action: Action, row: Reply, { state, createdBy, services, environments }: ActionFilter): boolean {
  // It may have moved on since the index was read.
  if (state !== undefined && action.state !== state) return false;
  if (createdBy !== undefined && action.createdBy !== createdBy) return false;
  const [inServices, inEnvironments] = row.slice(ACTION_FIELDS.length);
  return isWithin(services, inServices) && isWithin(environments, inEnvironments);
}

/** Every value of the JSON list is one of the allowed. */
function isWithin(allowed: readonly string[] | undefined, listed: string | null | undefined): boolean {
  if (allowed === undefined) return true;
  return fromJson<(string | null)[]>(listed ?? '[]').every((value) => value !== null && allowed.includes(value));
}
