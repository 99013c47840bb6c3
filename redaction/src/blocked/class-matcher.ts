import { createMemo, indexOf } from '../intrinsics.ts';
import { matchesWildcard } from './wildcard.ts';

/** The kind by which an object of a blocked class is hidden. */
export const BLOCKED_CLASS = 'blocked-class';

/**
 * Whether a class of this name is one of `patterns`, as a constructor has its name: large and small letters differ, and `*`
 * stands for any characters. May run in the application's thread.
 */
export function createClassMatcher(patterns: readonly string[]): (name: string) => boolean {
  const exact = createMemo();
  const wild: string[] = [];
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i] ?? '';
    if (indexOf(pattern, '*', 0) < 0) exact.set(pattern, pattern);
    else wild[wild.length] = pattern;
  }
  if (patterns.length === 0) return () => false;
  return (name) => {
    if (exact.get(name) !== undefined) return true;
    for (let i = 0; i < wild.length; i++) if (matchesWildcard(wild[i] ?? '', name)) return true;
    return false;
  };
}
