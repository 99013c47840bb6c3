import { KEYS_LUA } from '../keys.ts';
import { script } from '../script.ts';

/**
 * Writes a token and its place in the list. One step, so that a token that works is always one that can be revoked.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 id, 2 when it was made; then field and value by turns
 * Answer 1, or 0 where the id is there
 */
export const CREATE_TOKEN = script(
  'writes',
  KEYS_LUA,
  `
local key = at.token .. ARGV[1]
if redis.call('EXISTS', key) == 1 then return 0 end
redis.call('ZADD', at.tokens, ARGV[2], ARGV[1])
for n = 3, #ARGV, 2 do redis.call('HSET', key, ARGV[n], ARGV[n + 1]) end
return 1`,
);

/**
 * Sets one field of a token that is there. One step, because a first time must stay the first.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 id, 2 field, 3 value, 4 'first' to keep a value that is there, or 'last'
 * Answer {field, value...} of the token as it is then, empty where there is none
 */
export const CHANGE_TOKEN = script(
  'ends',
  KEYS_LUA,
  `
local key = at.token .. ARGV[1]
if redis.call('EXISTS', key) == 0 then return {} end
redis.call(ARGV[4] == 'first' and 'HSETNX' or 'HSET', key, ARGV[2], ARGV[3])
return redis.call('HGETALL', key)`,
);

/**
 * The tokens of an organization, in the order in which they were made.
 *
 * KEYS   those of the organization: `keysOf`
 * Answer for each {field, value...}
 */
export const READ_TOKENS = script(
  'reads',
  KEYS_LUA,
  `
local rows = {}
for n, id in ipairs(redis.call('ZRANGE', at.tokens, 0, -1)) do rows[n] = redis.call('HGETALL', at.token .. id) end
return rows`,
);
