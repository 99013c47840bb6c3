import { script } from '../script.ts';
import { RECORD_LUA } from './record.ts';

/**
 * Writes an action with its placements, unless it would be one too many on a runtime. One step, because another broker may
 * be about to make the last that has room.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 id, 2 state, 3 deadline, 4 end ('' while it is live), 5 time to live in ms, 6 most live actions on a runtime,
 *        7 how many runtimes it is live on; then the ids of these, then field and value of the record by turns
 * Answer {'made'}; {'full', runtime}; {'taken'} where the id is there; {'unlisted'} where the organization is not known
 */
export const CREATE_ACTION = script(
  'writes',
  RECORD_LUA,
  `
local id, state, deadline, endedAt, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local most, count = tonumber(ARGV[6]), tonumber(ARGV[7])
local key = at.action .. id
if redis.call('EXISTS', at.known) == 0 then return { 'unlisted' } end
if redis.call('EXISTS', key) == 1 then return { 'taken' } end
for n = 8, 7 + count do
  if redis.call('ZCARD', at.liveOn .. ARGV[n]) >= most then return { 'full', ARGV[n] } end
end
for n = 8 + count, #ARGV, 2 do redis.call('HSET', key, ARGV[n], ARGV[n + 1]) end
redis.call('ZADD', at.actions, 0, id)
redis.call('ZADD', at.state .. state, 0, id)
if endedAt == '' then redis.call('ZADD', at.live, deadline, id)
else redis.call('ZADD', at.ended, endedAt, id) end
for n = 8, 7 + count do
  redis.call('ZADD', at.liveOn .. ARGV[n], 0, id)
  redis.call('PEXPIRE', at.liveOn .. ARGV[n], ttl)
end
-- Younger than all that these hold, so that none of it is lost before its time.
for _, kept in ipairs({ key, at.actions, at.state .. state, at.live, at.ended }) do redis.call('PEXPIRE', kept, ttl) end
return { 'made' }`,
);
