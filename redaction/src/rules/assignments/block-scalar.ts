import { alphabet, DIGIT } from '../../alphabet.ts';
import type { Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isSpace } from '../separators.ts';
import { isStandIn } from '../stand-in.ts';

/** UTF-16 code units before a key that are its indent. */
const LONGEST_INDENT = 128;
const LONGEST_WORD = 256;
const PLAIN = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.!$%&*+/=?@^~#:,(');

/**
 * `key: |-` and the lines below it that are indented deeper, as YAML writes a value of several lines (YAML 1.2.2, section 8.1).
 * An empty list where there are none; undefined where nothing of the kind stands at `at`.
 */
export function blockScalar(view: View, key: number, at: number): readonly Span[] | undefined {
  const style = view.code(at);
  if (style !== BAR && style !== GREATER) return undefined;
  let index = at + 1;
  while (index - at < 3 && isIndicator(view.code(index))) index++;
  while (index - at < LONGEST_INDENT && isSpace(view.code(index))) index++;
  if (!isLineEnd(view.code(index))) return undefined;
  const indent = indentOf(view, key);
  let from = -1;
  let to = -1;
  while (index < view.end) {
    // Behind the break, and `\r\n` is one.
    if (view.code(index) === RETURN && view.code(index + 1) === LINE_FEED) index++;
    const line = index + 1;
    let first = line;
    while (isSpace(view.code(first))) first++;
    if (first >= view.end) break;
    const isBlank = isLineEnd(view.code(first));
    if (!isBlank && first - line <= indent) break;
    index = first;
    while (index < view.end && !isLineEnd(view.code(index))) index++;
    if (isBlank) continue;
    if (from < 0) from = first;
    to = index;
  }
  return from < 0 || isStandIn(view, from, to) ? [] : [{ from, to }];
}

/**
 * `key:` and a value without quotes on the next line, indented deeper (section 7.3.3): one word and nothing more. Undefined where
 * the line holds anything else, such as another key.
 */
export function flowScalar(view: View, key: number, at: number): readonly Span[] | undefined {
  if (!isLineEnd(view.code(at))) return undefined;
  const line = view.code(at) === RETURN && view.code(at + 1) === LINE_FEED ? at + 2 : at + 1;
  let from = line;
  while (from - line < LONGEST_INDENT && isSpace(view.code(from))) from++;
  if (from - line <= indentOf(view, key)) return undefined;
  let to = from;
  while (to - from < LONGEST_WORD && view.isIn(PLAIN, to)) to++;
  if (to === from || (to < view.end && !isLineEnd(view.code(to)))) return undefined;
  // `-` begins an item of a list, and a colon ends another key.
  const last = view.code(to - 1);
  if (view.code(from) === DASH || last === COLON || last === COMMA || isStandIn(view, from, to)) return undefined;
  return isCode(view, from, to) ? undefined : [{ from, to }];
}

/** A name, a member or a call, as a formatter puts it on a line of its own. */
function isCode(view: View, from: number, to: number): boolean {
  let digits = 0;
  let parts = 0;
  for (let index = from; index < to; index++) {
    if (view.isIn(DIGIT, index)) digits++;
    if (view.code(index) === DOT || view.code(index) === PARENTHESIS) parts++;
  }
  return parts > 0 || (digits === 0 && view.nameKind(from, to) !== undefined);
}

/** How far its line is indented; dashes of a list count (section 8.2.1), and so does the quote of a key. */
function indentOf(view: View, key: number): number {
  let from = key;
  while (key - from < LONGEST_INDENT && from > 0 && !isLineEnd(view.code(from - 1))) from--;
  let first = from;
  while (first < key && (isSpace(view.code(first)) || view.code(first) === DASH)) first++;
  return first - from;
}

function isIndicator(code: number): boolean {
  return code === PLUS || code === DASH || (code >= 49 && code <= 57);
}

function isLineEnd(code: number): boolean {
  return code === LINE_FEED || code === RETURN;
}

const LINE_FEED = 10;
const RETURN = 13;
const PARENTHESIS = 40;
const PLUS = 43;
const COMMA = 44;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const GREATER = 62;
const BAR = 124;
