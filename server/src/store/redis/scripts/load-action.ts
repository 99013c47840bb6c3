import { script } from '../script.ts';
import { RECORD_LUA } from './record.ts';

/**
 * Writes an action of another store with its placements, over what there may be of it; its hits follow. One step, so that
 * what is listed is there.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 id, 2 state, 3 deadline, 4 end ('' while it is live), 5 time to live in ms, 6 that of what lists it, which is
 *        the longest that any action has, 7 how many runtimes it is live on; then the ids of these, then field and value of
 *        the record by turns
 */
export const LOAD_ACTION = script(
  'writes',
  RECORD_LUA,
  `
local id, state, deadline, endedAt, ttl, longest, count = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
local key = at.action .. id
redis.call('DEL', key, at.hits .. id)
for n = 8 + count, #ARGV, 2 do redis.call('HSET', key, ARGV[n], ARGV[n + 1]) end
redis.call('PEXPIRE', key, ttl)
redis.call('ZADD', at.actions, 0, id)
redis.call('ZADD', at.state .. state, 0, id)
if endedAt == '' then redis.call('ZADD', at.live, deadline, id)
else redis.call('ZADD', at.ended, endedAt, id) end
for n = 8, 7 + count do
  redis.call('ZADD', at.liveOn .. ARGV[n], 0, id)
  redis.call('PEXPIRE', at.liveOn .. ARGV[n], longest)
end
for _, kept in ipairs({ at.actions, at.state .. state, at.live, at.ended }) do redis.call('PEXPIRE', kept, longest) end`,
);
