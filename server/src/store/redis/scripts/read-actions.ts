import { KEYS_LUA } from '../keys.ts';
import { script } from '../script.ts';

/** The fields of a record that make an action, in the order of `toAction`. */
export const ACTION_FIELDS = ['action', 'state', 'reason', 'endedAt', 'hits'] as const;

/** The fields that make a placement, in the order of `toPlacement`; the runtime's id follows each. */
export const PLACEMENT_FIELDS = ['runtime:', 'status:', 'said:', 'sequence:', 'gone:', 'change:'] as const;

const NAMES = ACTION_FIELDS.map((name) => `'${name}'`).join(', ');

/**
 * Several actions as they were at one moment, in one answer.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   the ids
 * Answer for each {action, state, reason, endedAt, hits, services, environments}, the values of its record
 */
export const READ_ACTIONS = script(
  'reads',
  KEYS_LUA,
  `
local rows = {}
for n, id in ipairs(ARGV) do rows[n] = redis.call('HMGET', at.action .. id, ${NAMES}, 'services', 'environments') end
return rows`,
);

/**
 * What is live on a runtime, each action with its placement there, as it was at one moment: a welcome must not hold an
 * action that has ended beside one that was made after that.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 runtime
 * Answer for each, in the order of the ids: the values of `ACTION_FIELDS`, then those of `PLACEMENT_FIELDS`
 */
export const READ_LIVE_ON = script(
  'reads',
  KEYS_LUA,
  `
local rows = {}
for n, id in ipairs(redis.call('ZRANGE', at.liveOn .. ARGV[1], 0, -1)) do
  rows[n] = redis.call('HMGET', at.action .. id, ${NAMES}, ${PLACEMENT_FIELDS.map((name) => `'${name}' .. ARGV[1]`).join(', ')})
end
return rows`,
);
