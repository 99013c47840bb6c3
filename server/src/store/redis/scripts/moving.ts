import { script } from '../script.ts';

/**
 * Keeps the note of a move. One step, because it may have run out, and another move begun.
 *
 * KEYS   1 the note
 * ARGV   1 the name of this run, 2 milliseconds that it is to hold
 * Answer 1, or 0 where the note is not of this run any more
 */
export const KEEP_MOVING = script(
  'writes',
  `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1`,
);

/**
 * Takes the note of a move away, if it is of this run. One step, for the same reason.
 *
 * KEYS   1 the note
 * ARGV   1 the name of this run
 * Answer 1, or 0 where there was nothing to take away
 */
export const END_MOVING = script(
  'ends',
  `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`,
);
