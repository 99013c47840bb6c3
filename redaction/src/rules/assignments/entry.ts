import { alphabet } from '../../alphabet.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isSecret } from '../spoken-password.ts';
import { quotedValue } from './assigned-quoted.ts';
import { named } from './assignment.ts';

const LONGEST_NAME = 96;
const LONGEST_SPACE = 16;
const NAME = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.$');
const GAP = alphabet(' \t\r\n\\');
const QUOTE = alphabet('"\'');

/**
 * `[["password", "..."], ...]`: entries of an object, of a `Map` or of headers in a text. Only a name
 * and a value, and alone only a value that is no word: `["password", "email"]` is a list of fields.
 */
export const entry: Rule = {
  kind: SECRET_NAME,
  what: 'The value of an entry with a telling name, in a list of pairs or alone',
  source: 'ECMA-262 section 20.1.2.5 (Object.entries), Fetch Standard (HeadersInit); names as for keys',
  anchors: ['["', "['", '[\\', '[ ', '[\n', '[\r'],
  match(view, at) {
    const outer = view.code(back(view, at) - 1);
    const isListed = outer === BRACKET || outer === COMMA;
    const opening = on(view, at + 1);
    if (!view.isIn(QUOTE, opening)) return undefined;
    let end = opening + 1;
    while (end - opening <= LONGEST_NAME && view.isIn(NAME, end)) end++;
    const kind = end === opening + 1 ? undefined : view.nameKind(opening + 1, end);
    const closing = on(view, end);
    const comma = closing + 1;
    if (kind === undefined || view.code(closing) !== view.code(opening) || view.code(comma) !== COMMA) return undefined;
    let value = comma + 1;
    while (value - comma <= LONGEST_SPACE && view.code(value) <= SPACE) value++;
    const spans = quotedValue(view, value, false);
    const last = spans?.[0];
    if (spans === undefined || last === undefined || !isClosed(view, last.to)) return undefined;
    // Alone, `['password', 'email']` is as likely a list of fields.
    if (!isListed && !isSecret(view, last.from, last.to)) return undefined;
    const isList = last.to - last.from <= LONGEST_NAME && view.nameKind(last.from, last.to) !== undefined;
    return isList ? undefined : named(spans, kind);
  },
};

/** Nothing follows the value; what is cut off may have been closed. */
function isClosed(view: View, at: number): boolean {
  if (at >= view.end) return true;
  const quote = on(view, at);
  const behind = on(view, quote + 1);
  return view.isIn(QUOTE, quote) && (behind >= view.end || view.code(behind) === BRACKET_CLOSE);
}

/** Behind white space and backslashes. */
function on(view: View, at: number): number {
  let index = at;
  while (index - at < LONGEST_SPACE * 2 && view.isIn(GAP, index)) index++;
  return index;
}

function back(view: View, at: number): number {
  let index = at;
  while (at - index < LONGEST_SPACE && view.isIn(GAP, index - 1)) index--;
  return index;
}

const SPACE = 32;
const COMMA = 44;
const BRACKET = 91;
const BRACKET_CLOSE = 93;
