import { script } from '../script.ts';
import { RECORD_LUA } from './record.ts';

/**
 * Writes what a function has made of an action, or of one placement and its action, if neither has changed since they were
 * read. One step, because the function ran outside of Redis, and because an attachment may be taken over at any time.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 id, 2 revision that was read, 3 '1' where the action has changed, 4 state, 5 '=' and the reason ('' for none),
 *        6 end ('' for none), 7 hits, 8 time to live of an ended action in ms; and for a placement that has changed
 *        9 runtime, 10 change that was read, 11 '1' where all others had failed, 12 '1' where it has changed, 13 status,
 *        14 what it said, 15 sequence, 16 epoch of the attachment that says so ('' where the broker itself does)
 * Answer 1 where it was written, 0 where it must be read again, -1 where that attachment does not hold
 */
export const COMMIT_CHANGE = script(
  'writes',
  RECORD_LUA,
  `
local id, actionChanged, nextState, reason, endedAt = ARGV[1], ARGV[3] == '1', ARGV[4], ARGV[5], ARGV[6]
local runtime, placementChanged, nextStatus = ARGV[9], ARGV[12] == '1', ARGV[13]
local key = at.action .. id
local found = redis.call('HMGET', key, 'revision', 'state', 'endedAt', 'standing')
if found[1] ~= ARGV[2] then return 0 end
local status
if runtime then
  if ARGV[16] ~= '' then
    local attached = redis.call('HMGET', at.runtime .. runtime, 'attached', 'epoch')
    if attached[1] ~= '1' or attached[2] ~= ARGV[16] then return -1 end
  end
  local placement = redis.call('HMGET', key, 'change:' .. runtime, 'status:' .. runtime)
  status = placement[2]
  if (placement[1] or '0') ~= ARGV[10] then return 0 end
  local others = tonumber(found[4]) - (status == 'failed' and 0 or 1)
  if (others == 0) ~= (ARGV[11] == '1') then return 0 end
end

if placementChanged then
  redis.call('HSET', key, 'status:' .. runtime, nextStatus, 'said:' .. runtime, ARGV[14], 'sequence:' .. runtime, ARGV[15])
  redis.call('HINCRBY', key, 'change:' .. runtime, 1)
  if status ~= 'failed' and nextStatus == 'failed' then
    redis.call('HINCRBY', key, 'standing', -1)
    redis.call('ZREM', at.liveOn .. runtime, id)
  end
end
if actionChanged then
  redis.call('HSET', key, 'state', nextState, 'hits', ARGV[7])
  if reason ~= '' then redis.call('HSET', key, 'reason', string.sub(reason, 2)) end
  redis.call('HINCRBY', key, 'revision', 1)
  move(id, found[2], nextState, ARGV[8])
  if endedAt ~= '' and not found[3] then
    redis.call('HSET', key, 'endedAt', endedAt)
    finish(id, endedAt, ARGV[8])
  end
end
return 1`,
);
