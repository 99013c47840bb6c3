import { createHash } from 'node:crypto';
import type { RedisClient } from './redis-client.ts';

/** A step that Redis makes as a whole. */
export interface Script {
  readonly lua: string;
  /** What Redis knows it by. */
  readonly sha: string;
}

/**
 * `writes`: refused as a whole, before its first line, where Redis takes no write (out of memory, read-only): without the
 * `#!lua` line the commands before the one that needs memory would be done, and stay. `ends`: also when memory is full,
 * because it deletes, ends or keeps what is there, and what it notes of that is small and of a bounded number.
 */
export function script(kind: 'writes' | 'reads' | 'ends', ...parts: readonly string[]): Script {
  const flags = { writes: '', reads: ' flags=no-writes', ends: ' flags=allow-oom' }[kind];
  const lua = `#!lua${flags}\n${parts.join('\n')}`;
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** The same step as one that `ends`. */
export function alsoWhenFull({ lua }: Script): Script {
  return script('ends', lua.slice(lua.indexOf('\n') + 1));
}

/** Sent by its hash; with its text where Redis does not know it, as after a restart. */
export async function runScript(
  client: RedisClient,
  { lua, sha }: Script,
  keys: readonly string[],
  parameters: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await client.evalsha(sha, keys.length, ...keys, ...parameters);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(lua, keys.length, ...keys, ...parameters);
  }
}
