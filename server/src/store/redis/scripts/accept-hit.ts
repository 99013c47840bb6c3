import { script } from '../script.ts';
import { RECORD_LUA } from './record.ts';

/**
 * Fencing, duplicate, gap, budget, storing and completion of one hit. One step, because brokers race for the last hit of
 * the budget, and because an attachment may be taken over at any time. The order of the questions is that of `acceptHit`
 * of the embedded store.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 id of the action, 2 runtime, 3 epoch, 4 sequence, 5 when it was received, 6 what is stored of it, 7 time to live
 *        of an ended action in ms, 8 when it was captured, by the broker's clock
 * Answer {'accepted', number, completed (1 or 0)}; {'duplicate', last}; {'gap', last}; {'fenced'}; {'closed'}
 */
export const ACCEPT_HIT = script(
  'writes',
  RECORD_LUA,
  `
local id, runtime, epoch, sequence, receivedAt = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local key, hits = at.action .. id, at.hits .. id
local found = redis.call('HMGET', key, 'state', 'endedAt', 'hits', 'maxHits', 'status:' .. runtime, 'sequence:' .. runtime, 'expiresAt')
local state, endedAt, status, last = found[1], found[2], found[5], tonumber(found[6] or 0)
if not status then return { 'closed' } end
local attached = redis.call('HMGET', at.runtime .. runtime, 'attached', 'epoch')
if attached[1] ~= '1' or attached[2] ~= epoch then return { 'fenced' } end
if endedAt or status == 'failed' then return { 'closed' } end
if sequence <= last then return { 'duplicate', last } end
if tonumber(ARGV[8]) > tonumber(found[7]) then return { 'closed' } end
if sequence > last + 1 then return { 'gap', last } end

local number = tonumber(found[3]) + 1
redis.call('RPUSH', hits, ARGV[6])
if number == 1 then redis.call('PEXPIRE', hits, ARGV[7]) end
redis.call('HSET', key, 'hits', number, 'sequence:' .. runtime, ARGV[4])
redis.call('HINCRBY', key, 'revision', 1)
redis.call('HINCRBY', key, 'change:' .. runtime, 1)
if number < tonumber(found[4]) then return { 'accepted', number, 0 } end
redis.call('HSET', key, 'state', 'completed', 'endedAt', receivedAt)
move(id, state, 'completed', ARGV[7])
finish(id, receivedAt, ARGV[7])
return { 'accepted', number, 1 }`,
);
