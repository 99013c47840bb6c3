import { alphabet } from '../../alphabet.ts';
import { lowerCase } from '../../intrinsics.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { wordsIn } from '../../words.ts';
import { quotedValue } from '../assignments/assigned-quoted.ts';
import { named } from '../assignments/assignment.ts';
import { credentialsAt } from './authorization.ts';
import { cookieValues } from './cookie.ts';

const LONGEST_NAME = 64;
const LONGEST_GAP = 16;
/** Of the items before it that are counted. UTF-16 code units. */
const LONGEST_LIST = 512;
const NAME = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-');
const LETTERS = alphabet('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_');
const HYPHEN = alphabet('-_');
const QUOTE = alphabet('"\'');
const GAP = alphabet(' \t\r\n\\');

/** Names of headers that are one word: in a list of names they stand where a value would. */
const PLAIN =
  wordsIn(`accept age allow connection cookie date dnt etag expect expires from host link location origin pragma priority
  range referer server signature te trailer upgrade vary via warning`);

/** `["Host", "shop.test", "X-Api-Key", "..."]`: names and values by turns, as Node's `rawHeaders` are. */
export const flatHeader: Rule = {
  kind: SECRET_NAME,
  what: 'The value behind the name of a header in a list of alternating names and values',
  source: 'https://nodejs.org/api/http.html#messagerawheaders; names as for keys',
  anchors: [
    ...['X-', 'x-', 'Cookie', 'cookie', 'Set-Cookie', 'set-cookie', 'Authorization', 'authorization', 'Proxy-Auth'],
    ...[
      'proxy-auth',
      'Api-Key',
      'api-key',
      'Apikey',
      'apikey',
      'Ocp-',
      'ocp-',
      'Private-Token',
      'PRIVATE-TOKEN',
      'private-token',
    ],
  ],
  behind: QUOTE,
  match(view, at) {
    const quote = view.code(at - 1);
    let end = at;
    while (end - at < LONGEST_NAME && view.isIn(NAME, end)) end++;
    const closing = gap(view, end);
    if (view.code(closing) !== quote) return undefined;
    const comma = gap(view, closing + 1);
    if (view.code(comma) !== COMMA) return undefined;
    const value = comma + 1 + white(view, comma + 1);
    const before = backGap(view, at - 1);
    if (view.code(before - 1) !== COMMA) return undefined;
    const kind = view.nameKind(at, end);
    const spans = kind === undefined ? undefined : quotedValue(view, value, false);
    const span = spans?.[0];
    if (spans === undefined || span === undefined || kind === undefined) return undefined;
    if (!isValue(view, span, before, quote)) return undefined;
    return named(partsOf(view, at, end, span, quote) ?? spans, kind);
  },
};

/** Of a header whose value has a form of its own only what is secret of it. */
function partsOf(view: View, from: number, to: number, value: Span, quote: number): readonly Span[] | undefined {
  const name = lowerCase(view.slice(from, to));
  if (name === 'cookie' || name === 'set-cookie') return cookieValues(view, value.from, quote);
  const isCredentials = name === 'authorization' || name === 'proxy-authorization';
  return isCredentials ? credentialsAt(view, value.from, quote) : undefined;
}

/** No other name: a list of names is no list of names and values. */
function isValue(view: View, { from, to }: Span, before: number, quote: number): boolean {
  if (view.runEnd(LETTERS, from) < to) return true;
  if (view.nameKind(from, to) !== undefined || view.firstOf(HYPHEN, from, to) >= 0) return false;
  const word = to - from > LONGEST_NAME ? '' : lowerCase(view.slice(from, to));
  for (let index = 0; index < PLAIN.length; index++) if (PLAIN[index] === word) return false;
  let quotes = 0;
  for (let index = before - 1; before - index < LONGEST_LIST && index >= 0; index--) {
    const code = view.code(index);
    if (code === quote) quotes++;
    else if (code === BRACKET) return quotes % 4 === 0 && quotes > 0;
  }
  return false;
}

function gap(view: View, at: number): number {
  let index = at;
  while (index - at < LONGEST_GAP && view.isIn(GAP, index)) index++;
  return index;
}

/** Without the backslashes of a quote that follows. */
function white(view: View, at: number): number {
  let index = at;
  while (index - at < LONGEST_GAP && view.code(index) <= SPACE && view.code(index) > 0) index++;
  return index - at;
}

function backGap(view: View, at: number): number {
  let index = at;
  while (at - index < LONGEST_GAP && view.isIn(GAP, index - 1)) index--;
  return index;
}

const SPACE = 32;
const COMMA = 44;
const BRACKET = 91;
