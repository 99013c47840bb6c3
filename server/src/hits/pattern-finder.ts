import type { FoundPart } from '@borescope/redaction';
import { RE2JS, RE2JSSyntaxException } from 're2js';
import { compilePattern } from '../policies/compile-pattern.ts';
import type { RedactionPolicy } from '../policies/redaction-policy.ts';

export interface PatternFinder {
  /** From here on there is the whole time again. */
  begin(): void;
  /** Throws where the time is used up: then the text is hidden whole. */
  find(text: string, end: number): readonly FoundPart[];
}

/**
 * Milliseconds of the broker's thread that the patterns of an organization may take for one hit. By the clock, so that some
 * are taken by others where the machine is busy; a hit of mixed data takes one or two.
 */
const MOST_TIME = 200;

/**
 * Of the broker's thread over all hits: the share that an organization's patterns may take, and the milliseconds of it that may be
 * taken ahead. What they would take beyond is others' time.
 */
const SHARE = 0.25;
const AHEAD = 3_000;

/**
 * Instructions times characters that one search may take at worst, about 50 ns each: it cannot be broken off, so what would take
 * longer is not begun. Nearly all searches take a hundredth of that.
 */
const MOST_WORK = 3_000_000;
/** Instructions of all patterns as one, beyond which not even a short text could be searched by it. */
const MOST_AT_ONCE = 3_000;
const QUOTATION = '\\Q';

/** What any of them finds, where an organization's own words are nobody else's business. */
export const POLICY_PATTERN = 'policy-pattern';

/** The kind of what the pattern of this name finds. */
function patternKind(name: string): string {
  return `policy-${name}`;
}

/** The kinds of all that these patterns find. */
export function kindsOf(patterns: RedactionPolicy['patterns']): ReadonlySet<string> {
  return new Set(patterns.map(({ name }) => patternKind(name)));
}

/** An organization's own patterns; undefined where it has none. `now`: milliseconds, of a clock that never goes back. */
export function createPatternFinder(
  patterns: RedactionPolicy['patterns'],
  now: () => number,
): PatternFinder | undefined {
  if (patterns.length === 0) return undefined;
  const compiled = patterns.map(({ name, pattern: text }) => {
    const one = compilePattern(text);
    if (!one.ok) throw new Error(`the pattern ${name} of a policy that was checked is not understood: ${one.fault}`);
    return { kind: patternKind(name), pattern: one.pattern };
  });
  const any = allAsOne(compiled.map(({ pattern }) => pattern));
  /** What was taken since `begin`, by the calls that are over. */
  let taken = 0;
  let begun = 0;
  let most = MOST_TIME;
  let left = AHEAD;
  let earned = now();

  function inTime(): void {
    if (taken + now() - begun > most) throw new Error('the patterns of the organization have used up their time');
  }

  function find(text: string, end: number): readonly FoundPart[] {
    inTime();
    const looked = end < text.length ? text.slice(0, end) : text;
    if (any !== undefined && any.programSize() * looked.length <= MOST_WORK && !any.test(looked)) return [];
    const found: FoundPart[] = [];
    for (const { kind, pattern } of compiled) {
      if (pattern.programSize() * looked.length > MOST_WORK)
        throw new Error('the text is too long for a pattern of the organization');
      const matcher = pattern.matcher(looked);
      while (matcher.find()) {
        inTime();
        if (matcher.end() > matcher.start()) found.push({ from: matcher.start(), to: matcher.end(), kind });
      }
      inTime();
    }
    return inOrder(found);
  }

  return {
    begin() {
      const at = now();
      left = Math.min(AHEAD, left - taken + (at - earned) * SHARE);
      earned = at;
      taken = 0;
      most = Math.min(MOST_TIME, left);
    },
    find(text, end) {
      begun = now();
      try {
        return find(text, end);
      } finally {
        taken += now() - begun;
      }
    },
  };
}

/**
 * By which nearly every text is told to be free of all of them in one pass. Undefined where they are too large together, or
 * cannot be joined: two may have groups of one name, and a quotation that one of them leaves open would take in the next.
 */
function allAsOne(patterns: readonly RE2JS[]): RE2JS | undefined {
  const size = patterns.reduce((sum, pattern) => sum + pattern.programSize(), 0);
  if (size > MOST_AT_ONCE || patterns.some((pattern) => pattern.pattern().includes(QUOTATION))) return undefined;
  try {
    return RE2JS.compile(patterns.map((pattern) => `(?:${pattern.pattern()})`).join('|'));
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return undefined;
    throw error;
  }
}

/** By their beginnings, and without overlaps: what overlaps is one, of the kind that begins first. */
function inOrder(found: readonly FoundPart[]): FoundPart[] {
  const merged: FoundPart[] = [];
  for (const part of found.toSorted((one, other) => one.from - other.from)) {
    const last = merged.at(-1);
    if (last === undefined || part.from >= last.to) merged.push(part);
    else if (part.to > last.to) merged[merged.length - 1] = { ...last, to: part.to };
  }
  return merged;
}
