import { KEYS_LUA } from '../keys.ts';
import { script } from '../script.ts';

/**
 * Appends entries and moves the head, if it is where it is expected. One step, because of two who append to the same head
 * one must be told.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 expected sequence, 2 sequence, 3 mac and 4 seal of the new head, 5 sequence, 6 mac and 7 seal of the base where there
 *        is no chain; then sequence, time, text and mac of each entry by turns
 * Answer 1, or 0 where another head is there
 */
export const APPEND_AUDIT = script(
  'writes',
  KEYS_LUA,
  `
local head = redis.call('HMGET', at.audit, 'head', 'headMac')
if head[1] == ARGV[2] and head[2] == ARGV[3] then return 1 end
if (head[1] or '0') ~= ARGV[1] then return 0 end
if not head[1] then redis.call('HSET', at.audit, 'base', ARGV[5], 'baseMac', ARGV[6], 'baseSeal', ARGV[7]) end
redis.call('HSET', at.audit, 'head', ARGV[2], 'headMac', ARGV[3], 'headSeal', ARGV[4])
for n = 8, #ARGV, 4 do
  redis.call('XADD', at.entries, ARGV[n] .. '-0', 'at', ARGV[n + 1], 'text', ARGV[n + 2], 'mac', ARGV[n + 3])
end
return 1`,
);

/**
 * Deletes the entries up to the new base. One step, because the ends must be those of what is there.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 sequence, 2 mac and 3 seal of the new base, 4 the sequence behind it
 * Answer 1, or 0 where the base is there already or beyond, or the head is before it
 */
export const PRUNE_AUDIT = script(
  'ends',
  KEYS_LUA,
  `
local found = redis.call('HMGET', at.audit, 'base', 'head')
local base = tonumber(ARGV[1])
if not found[1] or tonumber(found[1]) >= base or tonumber(found[2]) < base then return 0 end
redis.call('HSET', at.audit, 'base', ARGV[1], 'baseMac', ARGV[2], 'baseSeal', ARGV[3])
redis.call('XTRIM', at.entries, 'MINID', ARGV[4] .. '-0')
return 1`,
);

/**
 * Writes entries of another store behind those that are there; one that is there already is left alone.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   sequence, time, text and mac of each entry by turns, in their order
 */
export const LOAD_AUDIT = script(
  'writes',
  KEYS_LUA,
  `
local last = redis.call('XREVRANGE', at.entries, '+', '-', 'COUNT', 1)[1]
local from = last and tonumber(string.match(last[1], '^%d+')) or 0
for n = 1, #ARGV, 4 do
  if tonumber(ARGV[n]) > from then
    redis.call('XADD', at.entries, ARGV[n] .. '-0', 'at', ARGV[n + 1], 'text', ARGV[n + 2], 'mac', ARGV[n + 3])
  end
end`,
);
