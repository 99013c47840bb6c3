import { KEYS_LUA } from '../keys.ts';
import { script } from '../script.ts';
import { RECORD_LUA } from './record.ts';

/** Where all brokers are killed nobody lets go, and what notes an attachment must end of itself; `ttl` in ms. */
const KEEP_LUA = `
local function keep(runtime, ttl)
  for _, kept in ipairs({ at.runtime .. runtime, at.attached, at.epochs, at.directory }) do redis.call('PEXPIRE', kept, ttl) end
end
`;

/**
 * Gives a runtime its next epoch, which is at least the time in seconds, and has its live placements back. One step, because
 * from its end on every hit of an older attachment is fenced.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 runtime, 2 service, 3 '=' and the environment ('' for none), 4 its description (JSON), 5 replica, 6 since when,
 *        7 until when the lease holds, 8 the new name of the directory, 9 time to live in ms of what notes it
 * Answer the epoch; 0 where the id is that of a runtime of another service or environment; -1 where the organization is not
 *        known
 */
export const ATTACH = script(
  'writes',
  RECORD_LUA,
  KEEP_LUA,
  `
local runtime, service, environment = ARGV[1], ARGV[2], ARGV[3]
local key = at.runtime .. runtime
if redis.call('EXISTS', at.known) == 0 then return -1 end
local before = redis.call('HMGET', key, 'service', 'environment', 'epoch')
if before[1] and (before[1] ~= service or before[2] ~= environment) then return 0 end
-- Where Redis has lost its data, an attachment from before must not pass for a new one.
local epoch = math.max(tonumber(before[3] or 0) + 1, math.floor(tonumber(ARGV[6]) / 1000))
redis.call('HSET', key, 'epoch', epoch, 'service', service, 'environment', environment, 'description', ARGV[4], 'replica', ARGV[5],
  'attachedAt', ARGV[6], 'attached', 1)
redis.call('ZADD', at.attached, ARGV[7], runtime)
redis.call('HSET', at.epochs, runtime, epoch)
redis.call('SET', at.directory, ARGV[8])
keep(runtime, ARGV[9])
mark(runtime, false)
return epoch`,
);

/**
 * Keeps the lease of the attachment that holds it. One step, because a newer attachment may come in between.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 runtime, 2 epoch, 3 until when the lease holds; a time before the one it has changes nothing,
 *        4 time to live in ms of what notes it, 5 what must be left of that; else it is prolonged
 * Answer 1 where the attachment holds, 0 where it does not
 */
export const RENEW = script(
  'ends',
  KEYS_LUA,
  KEEP_LUA,
  `
local held = redis.call('HMGET', at.runtime .. ARGV[1], 'attached', 'epoch')
if held[1] ~= '1' or held[2] ~= ARGV[2] then return 0 end
redis.call('ZADD', at.attached, 'GT', ARGV[3], ARGV[1])
if redis.call('PTTL', at.runtime .. ARGV[1]) < tonumber(ARGV[5]) then keep(ARGV[1], ARGV[4]) end
return 1`,
);

/**
 * Ends an attachment, if it is still the one that holds. One step, because a newer one may come in between.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 runtime, 2 epoch, 3 when, 4 time to live of the epoch in ms, 5 the new name of the directory
 * Answer the ids of the actions whose placements are gone with it
 */
export const DETACH = script(
  'ends',
  RECORD_LUA,
  `
local held = redis.call('HMGET', at.runtime .. ARGV[1], 'attached', 'epoch')
if held[1] ~= '1' or held[2] ~= ARGV[2] then return {} end
return release(ARGV[1], ARGV[3], ARGV[4], ARGV[5])`,
);

/**
 * Ends the attachments whose lease is over. One step, because its holder may be about to renew it, and because of all the
 * brokers that look one is to tell of it.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 now, 2 most runtimes, 3 time to live of the epoch in ms, 4 the new name of the directory
 * Answer for each {runtime, id, id...} of the actions whose placements are gone with it
 */
export const LAPSE = script(
  'ends',
  RECORD_LUA,
  `
local lapsed = {}
for n, runtime in ipairs(redis.call('ZRANGEBYSCORE', at.attached, '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])) do
  local row = { runtime }
  for _, id in ipairs(release(runtime, ARGV[1], ARGV[3], ARGV[4])) do row[#row + 1] = id end
  lapsed[n] = row
end
return lapsed`,
);

/**
 * Which runtimes are attached with which epoch, or only the word that they are the same as before. One step, because the name
 * must be that of what comes with it.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 the name of the directory as it is known
 * Answer {name} where the name is the same; else {name, id, epoch, id, epoch...}
 */
export const READ_DIRECTORY = script(
  'reads',
  KEYS_LUA,
  `
local name = redis.call('GET', at.directory) or ''
if name == ARGV[1] and name ~= '' then return { name } end
local rows = redis.call('HGETALL', at.epochs)
table.insert(rows, 1, name)
return rows`,
);

/**
 * Several runtimes, in one answer.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   the ids
 * Answer for each {description, replica, epoch, attachedAt, attached}
 */
export const READ_RUNTIMES = script(
  'reads',
  KEYS_LUA,
  `
local rows = {}
for n, runtime in ipairs(ARGV) do
  rows[n] = redis.call('HMGET', at.runtime .. runtime, 'description', 'replica', 'epoch', 'attachedAt', 'attached')
end
return rows`,
);
