import { KEYS_LUA } from '../keys.ts';
import { script } from '../script.ts';

/**
 * Deletes actions that ended before a time, with their hits, and forgets those whose records are gone of themselves. One
 * step, because what is listed must be there.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 the time, 2 most actions; then the states that an ended action can be in
 * Answer how many were deleted
 */
export const EXPIRE_ACTIONS = script(
  'ends',
  KEYS_LUA,
  `
local ids = redis.call('ZRANGEBYSCORE', at.ended, '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do
  redis.call('UNLINK', at.action .. id, at.hits .. id)
  redis.call('ZREM', at.actions, id)
  redis.call('ZREM', at.ended, id)
  for n = 3, #ARGV do redis.call('ZREM', at.state .. ARGV[n], id) end
end
return #ids`,
);
