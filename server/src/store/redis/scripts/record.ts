import { KEYS_LUA } from '../keys.ts';

/**
 * How an action is kept: one hash.
 *
 * - `action`: JSON of what never changes; `services`, `environments`: JSON, what its placements are in, each once
 * - `state`, `reason`, `endedAt`, `hits`; `revision` rises with each change of these; `maxHits`, `expiresAt`
 * - `standing`: placements that have not failed
 * - of each runtime: `runtime:ID` its description (JSON), `status:ID`, `said:ID` what it told of its probe (JSON),
 *   `sequence:ID` of the last hit, `gone:ID` since when; `change:ID` rises with each change of these
 *
 * So a hit is accepted without any JSON being read.
 */
export const RECORD_LUA = `${KEYS_LUA}

-- ttl: milliseconds that an ended action is kept, which is longer than any is live.
local function move(id, from, to, ttl)
  if from == to then return end
  redis.call('ZREM', at.state .. from, id)
  redis.call('ZADD', at.state .. to, 0, id)
  redis.call('PEXPIRE', at.state .. to, ttl)
end

-- The action is over, and has been noted so: takes it out of all that is live.
local function finish(id, endedAt, ttl)
  local key = at.action .. id
  redis.call('ZREM', at.live, id)
  redis.call('ZADD', at.ended, endedAt, id)
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.sub(field, 1, 8) == 'runtime:' then redis.call('ZREM', at.liveOn .. string.sub(field, 9), id) end
  end
  for _, kept in ipairs({ key, at.hits .. id, at.actions, at.ended }) do redis.call('PEXPIRE', kept, ttl) end
end

-- Marks the live placements of a runtime as gone, or with false as here again; answers the ids of their actions.
local function mark(runtime, goneSince)
  local ids = {}
  for _, id in ipairs(redis.call('ZRANGE', at.liveOn .. runtime, 0, -1)) do
    local key = at.action .. id
    if redis.call('EXISTS', key) == 0 then
      -- Nobody ended it in all of its time to live.
      redis.call('ZREM', at.liveOn .. runtime, id)
    else
      if goneSince then redis.call('HSET', key, 'gone:' .. runtime, goneSince)
      else redis.call('HDEL', key, 'gone:' .. runtime) end
      redis.call('HINCRBY', key, 'change:' .. runtime, 1)
      ids[#ids + 1] = id
    end
  end
  return ids
end

-- Ends an attachment. ttl: milliseconds that the epoch is kept; name: the new one of the directory.
local function release(runtime, since, ttl, name)
  local key = at.runtime .. runtime
  redis.call('ZREM', at.attached, runtime)
  redis.call('HDEL', at.epochs, runtime)
  redis.call('SET', at.directory, name, 'PX', ttl)
  if redis.call('EXISTS', key) == 1 then
    redis.call('HSET', key, 'attached', 0)
    redis.call('PEXPIRE', key, ttl)
  end
  return mark(runtime, since)
end
`;
