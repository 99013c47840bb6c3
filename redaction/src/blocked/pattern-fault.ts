import { codeAt, indexOf } from '../intrinsics.ts';
import type { Blocked } from './blocklist.ts';

/**
 * Why a pattern does not say what it seems to say, in words that go on behind the pattern; undefined where nothing is wrong.
 * For whoever writes patterns: one that only looks like a pattern would block nothing.
 */
export function patternFault(kind: keyof Blocked, pattern: string): string | undefined {
  if (pattern.trim() === '') return 'is empty';
  if (pattern.trim() !== pattern) return 'has white space at an end';
  for (let i = 0; i < pattern.length; i++) if (codeAt(pattern, i) < 32) return 'has a control character in it';
  if (pattern[0] === '!') return 'begins with `!`: patterns block, and none allows what another blocks';
  if (hasOneOf(pattern, '?{}')) return 'has `?`, `{` or `}` in it: only `*` and `**` stand for something else';
  return FAULTS[kind](pattern);
}

const FAULTS: Readonly<Record<keyof Blocked, (pattern: string) => string | undefined>> = {
  files(pattern) {
    const parts = split(pattern);
    if (parts.every((part) => part === '' || part === '.')) return 'names no file';
    if (parts.includes('..')) return 'has `..` in it: write the path as it is';
    if (parts.some((part) => part !== '**' && part.includes('**'))) {
      return 'has `**` beside something else: it stands alone between slashes, as in `src/**/*.ts`';
    }
    return undefined;
  },
  packages(pattern) {
    const parts = split(pattern);
    const isName = pattern[0] === '@' ? parts.length === 2 && parts[0] !== '@' : parts.length === 1;
    if (isName && !parts.includes('') && !hasOneOf(pattern, '\\ :,')) return undefined;
    return 'is no name of a package, such as `stripe` or `@acme/*`';
  },
  classes(pattern) {
    if (!hasOneOf(pattern, '/\\. :,#()<>')) return undefined;
    return 'is no name of a class: write what its constructor is called, without what stands before a dot';
  },
};

function split(pattern: string): string[] {
  const parts = [''];
  for (const char of pattern) {
    if (char === '/' || char === '\\') parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}

function hasOneOf(text: string, chars: string): boolean {
  for (const char of chars) if (indexOf(text, char, 0) >= 0) return true;
  return false;
}
