import { ALNUM, type Alphabet, alphabet, BASE64URL, DIGIT } from '../../alphabet.ts';
import { least } from '../../intrinsics.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';

/** A stretch of characters of one alphabet. Without `max` it goes on as far as the alphabet does. */
export interface Run {
  readonly of: Alphabet;
  readonly min: number;
  readonly max?: number;
}

/** A token as its vendor documents it: a prefix, then stretches and literals in order. */
export interface TokenFormat {
  readonly kind: string;
  readonly what: string;
  readonly source: string;
  readonly prefixes: readonly string[];
  readonly parts: readonly (Run | string)[];
  /** The prefix is also a word or part of names: the rest must hold a digit. */
  readonly digit?: boolean;
  /** The prefix is the beginning of words: the rest must be none, and has no vowel. */
  readonly wordless?: boolean;
  /** The prefix says so little that the rest must not look like a name or words. */
  readonly random?: boolean;
  /** See `Rule.ahead`; known without it where the prefix is followed by letters and digits. */
  readonly ahead?: number;
}

export function run(of: Alphabet, min: number, max?: number): Run {
  return max === undefined ? { of, min } : { of, min, max };
}

/** Exactly `length` characters, and no more of the alphabet behind them. */
export function exactly(of: Alphabet, length: number): Run {
  return { of, min: length, max: length };
}

export function tokenRule(format: TokenFormat): Rule {
  return {
    kind: format.kind,
    what: format.what,
    source: format.source,
    anchors: format.prefixes,
    ...followedOf(format),
    ahead: format.ahead ?? aheadOf(format),
    match(view, at) {
      for (let index = 0; index < format.prefixes.length; index++) {
        const prefix = format.prefixes[index] ?? '';
        if (!view.startsWith(prefix, at)) continue;
        const end = partsEnd(view, format, at + prefix.length);
        if (end >= 0) return [{ from: at, to: end }];
      }
      return undefined;
    },
  };
}

/** What follows each of the prefixes, where it is one of an alphabet. */
function followedOf({ parts }: TokenFormat): Pick<Rule, 'followed'> {
  const first = parts[0];
  return first === undefined || typeof first === 'string' || first.min === 0 ? {} : { followed: first.of };
}

/** Where a letter or digit stands behind each of the prefixes; 0: nowhere. */
function aheadOf({ prefixes, parts }: TokenFormat): number {
  const first = parts[0];
  if (first === undefined || typeof first === 'string' || !first.of.plain) return 0;
  let shortest = Infinity;
  let longest = 0;
  for (let index = 0; index < prefixes.length; index++) {
    const length = prefixes[index]?.length ?? 0;
    if (length < shortest) shortest = length;
    if (length > longest) longest = length;
  }
  const ahead = shortest + first.min - 1;
  return ahead >= longest ? ahead : 0;
}

/** The index behind the parts that begin at `from`; -1 where they do not stand there. */
export function partsEnd(
  view: View,
  format: Pick<TokenFormat, 'parts' | 'digit' | 'random' | 'wordless'>,
  from: number,
): number {
  let index = from;
  for (let part = 0; part < format.parts.length; part++) {
    const piece = format.parts[part];
    if (piece === undefined) break;
    if (typeof piece === 'string') {
      if (!view.startsWith(piece, index)) return -1;
      index += piece.length;
      continue;
    }
    const end = view.runEnd(piece.of, index);
    const isLast = part === format.parts.length - 1;
    const length = end - index;
    if (length < piece.min) return -1;
    if (piece.max === undefined) index = end;
    else if (length <= piece.max) index = end;
    else if (isLast) return -1;
    else index += piece.max;
    if (isLast && piece.max !== undefined && isJoined(view, piece, index)) return -1;
  }
  if (format.digit === true && !hasDigit(view, from, index)) return -1;
  if (format.wordless === true && view.firstOf(VOWEL, from, least(index, from + LONGEST_LOOK)) >= 0) return -1;
  return format.random === true && !isRandom(view, from, index) ? -1 : index;
}

/** A letter or digit goes on behind a stretch of a narrower alphabet: this is another, longer thing. */
function isJoined(view: View, piece: Run, end: number): boolean {
  return piece.of !== BASE64URL && view.isIn(ALNUM, end);
}

/**
 * Not a name and not words. In random letters and digits about every second neighbour is of another class; camel case
 * changes at the start of each word only, and from a capital to a small letter is no change.
 */
export function isRandom(view: View, from: number, to: number): boolean {
  const end = least(to, from + LONGEST_LOOK);
  // In a row of prefixes each is asked for, over nearly the same characters.
  const isSlid = view.opened === opened && from >= lookedFrom && from < lookedTo && end >= lookedTo;
  changes = isSlid
    ? changes - changesIn(view, lookedFrom + 1, from + 1) + changesIn(view, lookedTo, end)
    : changesIn(view, from + 1, end);
  opened = view.opened;
  lookedFrom = from;
  lookedTo = end;
  return changes * 4 > end - from;
}

/** What was looked at last: of which text, from where to where, and how many changes there are. */
let opened = -1;
let lookedFrom = 0;
let lookedTo = 0;
let changes = 0;

/** How many of the characters from `from` on are of another class than the one before them. */
function changesIn(view: View, from: number, to: number): number {
  let count = 0;
  let before = classOf(view.code(from - 1));
  for (let index = from; index < to; index++) {
    const next = classOf(view.code(index));
    if (next !== before && (next !== SMALL || before === NUMBER)) count++;
    before = next;
  }
  return count;
}

/** Small letters and all other characters are one class. */
const SMALL = 0;
const CAPITAL = 1;
const NUMBER = 2;

function classOf(code: number): number {
  if (code >= 48 && code <= 57) return NUMBER;
  return code >= 65 && code <= 90 ? CAPITAL : SMALL;
}

const VOWEL = alphabet('aeiouAEIOU');

/** How far a token is looked through for a digit or a vowel. */
const LONGEST_LOOK = 64;

function hasDigit(view: View, from: number, to: number): boolean {
  return view.firstOf(DIGIT, from, least(to, from + LONGEST_LOOK)) >= 0;
}
