import { alphabet } from '../../alphabet.ts';
import type { Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isSpace } from '../separators.ts';
import { isSecret } from '../spoken-password.ts';
import { isPlainWord } from './assigned-bare.ts';
import { quotedValue } from './assigned-quoted.ts';

/** Between the parts: white space with a line break and its indent, a name that is joined in. UTF-16 code units. */
const LONGEST_GAP = 96;
const LONGEST_NAME = 64;
const LONGEST_EXPRESSION = 96;
const MOST_PARTS = 32;
const NAME = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$.[]()');
const QUOTE = alphabet('"\'`');
/** What stands in an expression before its fallback. */
const EXPRESSION = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$.[]()"\'! ?');
const HYPHEN = alphabet('-');
const ENDS = alphabet(' \t\r\n');

/** With the literals that are joined to the one that was found: `"ab" + "cd"`, `'ab' . $x . 'cd'`. */
export function joinedLiterals(view: View, first: readonly Span[]): readonly Span[] {
  let all: Span[] | undefined;
  let last = first[first.length - 1];
  for (let parts = 0; last !== undefined && parts < MOST_PARTS; parts++) {
    const at = nextLiteral(view, last.to);
    const more = at < 0 ? undefined : quotedValue(view, at, false);
    last = more?.[0];
    if (last === undefined) break;
    if (all === undefined) {
      all = [];
      for (let index = 0; index < first.length; index++) all[index] = first[index] ?? last;
    }
    all[all.length] = last;
  }
  return all ?? first;
}

/** Where the next literal begins that is joined to the one whose content ends at `end`; -1 where none is. */
function nextLiteral(view: View, end: number): number {
  let index = end;
  while (view.code(index) === BACKSLASH) index++;
  if (!view.isIn(QUOTE, index)) return -1;
  index = joint(view, index + 1);
  if (index < 0 || view.isIn(QUOTE, index)) return index;
  const name = index;
  while (index - name < LONGEST_NAME && view.isIn(NAME, index)) index++;
  if (index === name) return -1;
  index = joint(view, index);
  return view.isIn(QUOTE, index) ? index : -1;
}

/** Behind the operator and the white space around it. */
function joint(view: View, at: number): number {
  const index = white(view, at);
  const operator = view.code(index);
  if (operator !== PLUS && (operator !== DOT || index === at)) return -1;
  return white(view, index + 1);
}

/**
 * `process.env.PASSWORD || 'hunter2'`, `given ?? "hunter2"`, `(isTest ? a : "hunter2")`: the literal that an expression falls back to. Undefined where
 * there is none, or a word that says that there is no value.
 */
export function fallbackLiteral(view: View, at: number): readonly Span[] | undefined {
  let chosen = false;
  for (let index = at; index - at < LONGEST_EXPRESSION && index < view.end; index++) {
    const code = view.code(index);
    const isOr = code === BAR && view.code(index + 1) === BAR;
    const isNullish = code === QUESTION && view.code(index + 1) === QUESTION;
    if (code === QUESTION && view.code(index - 1) === SPACE && view.code(index + 1) === SPACE) chosen = true;
    if (isOr || isNullish || (chosen && code === COLON)) {
      const literal = white(view, isOr || isNullish ? index + 2 : index + 1);
      if (view.isIn(QUOTE, literal)) return fallback(view, literal, chosen);
      if (isOr || isNullish) index++;
      continue;
    }
    if (!view.isIn(EXPRESSION, index)) return undefined;
  }
  return undefined;
}

function fallback(view: View, at: number, chosen: boolean): readonly Span[] | undefined {
  const spans = quotedValue(view, at, false);
  const span = spans?.[0];
  if (span === undefined || isPlainWord(view, span.from, span.to)) return undefined;
  // `ok ? 'include' : 'same-origin'`: a choice, or words.
  if ((chosen || view.firstOf(HYPHEN, span.from, span.to) >= 0) && !isSecret(view, span.from, span.to))
    return undefined;
  // A message, and the name of another setting.
  if (view.firstOf(ENDS, span.from, span.to) >= 0 || view.nameKind(span.from, span.to) !== undefined) return undefined;
  return spans;
}

function white(view: View, at: number): number {
  let index = at;
  while (
    index - at < LONGEST_GAP &&
    (isSpace(view.code(index)) || view.code(index) === LINE_FEED || view.code(index) === RETURN)
  )
    index++;
  return index;
}

const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const PLUS = 43;
const DOT = 46;
const COLON = 58;
const QUESTION = 63;
const BACKSLASH = 92;
const BAR = 124;
