import { script } from '../store/redis/script.ts';

/**
 * Makes an inbox where there is none, and keeps it.
 * KEYS: the stream. ARGV: milliseconds until it is deleted, where nobody keeps it.
 * Result: 1 where it had to be made, else 0; the id of the last entry.
 * One step, because a message between a look and the making would be deleted or lost. Also when memory
 * is full: there is one for each broker, and without it none starts.
 */
export const KEEP_INBOX = script(
  'ends',
  `
local made = redis.call('EXISTS', KEYS[1]) == 0
if made then redis.call('XADD', KEYS[1], '*', 'opened', '1') end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return { made and 1 or 0, last and last[1] or '0-0' }
`,
);
