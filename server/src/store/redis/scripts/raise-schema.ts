import { script } from '../script.ts';

/**
 * Notes the version of what is stored, where it is none or a lower one. One step, because another broker may be about to note
 * a higher one. Also when memory is full: a broker starts there, too.
 *
 * KEYS   1 the version
 * ARGV   1 the version to note
 */
export const RAISE_SCHEMA = script(
  'ends',
  `
local found = redis.call('GET', KEYS[1])
if not found or (tonumber(found) or math.huge) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], ARGV[1]) end`,
);
