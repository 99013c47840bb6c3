import { KEYS_LUA } from '../keys.ts';
import { script } from '../script.ts';

/**
 * The key of a day, which is what the first broker said that needed one; and the keys of days that are too old go. One
 * step, because brokers whose keys differ would not tell equal values as equal.
 *
 * KEYS   those of the organization: `keysOf`
 * ARGV   1 day, 2 key for it where there is none, 3 the first day that is kept, 4 time to live in ms where nobody asks
 * Answer the key
 */
export const PSEUDONYM_KEY = script(
  'writes',
  KEYS_LUA,
  `
if redis.call('HSETNX', at.pseudonyms, ARGV[1], ARGV[2]) == 1 then
  for _, day in ipairs(redis.call('HKEYS', at.pseudonyms)) do
    if day < ARGV[3] then redis.call('HDEL', at.pseudonyms, day) end
  end
  redis.call('PEXPIRE', at.pseudonyms, ARGV[4])
end
return redis.call('HGET', at.pseudonyms, ARGV[1])`,
);
