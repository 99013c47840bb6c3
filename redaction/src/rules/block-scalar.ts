import type { Span } from '../rule.ts';
import type { View } from '../view.ts';
import { isSpace } from './separators.ts';
import { isStandIn } from './stand-in.ts';

/** UTF-16 code units before a key that are its indent. */
const LONGEST_INDENT = 128;

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
const PLUS = 43;
const DASH = 45;
const GREATER = 62;
const BAR = 124;
