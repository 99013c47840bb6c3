import { alphabet } from '../../alphabet.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import { PAIR } from '../../names/pairs.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isStandIn } from '../stand-in.ts';

const LONGEST_NAME = 64;
const LONGEST_VALUE = 512;
/** Of all attributes, and of the white space between two elements. UTF-16 code units. */
const LONGEST_ATTRIBUTES = 256;
const LONGEST_GAP = 64;
const NAME = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.:');
const CDATA = '<![CDATA[';
const EQUAL = alphabet('=');
const LESS = alphabet('<');
const TAG_ENDS = alphabet('<>');
const BRACKET_CLOSE = alphabet(']');

/** `<password>hunter2</password>`: the element is closed at once, which tells it from a generic type and from JSX. */
export const element: Rule = {
  kind: SECRET_NAME,
  what: 'The text of an XML element with a telling name, also behind an element that tells it, `<key>password</key>`',
  source: 'Extensible Markup Language (XML) 1.0, section 3.1; names as for keys',
  anchors: ['<'],
  match(view, at) {
    let end = at + 1;
    while (end - at <= LONGEST_NAME && view.isIn(NAME, end)) end++;
    const next = view.code(end);
    if (end === at + 1 || (next !== GREATER && next > SPACE)) return undefined;
    const role = next === GREATER ? view.pairRole(at + 1, end) : PAIR.none;
    if (role === PAIR.name || role === PAIR.label) return behindName(view, end + 1);
    const kind = view.nameKind(at + 1, end);
    if (kind === undefined) return undefined;
    const close = next === GREATER ? end : tagEnd(view, end);
    // `<Token extends string>` has no attributes.
    if (close < 0 || (close > end && view.firstOf(EQUAL, end, close) < 0)) return undefined;
    return textOf(view, close + 1, kind);
  },
};

/**
 * `<string name="password">hunter2</string>`, `<setting name="password"><value>hunter2</value></setting>`: the text of the element
 * whose attribute ends before `at`, or of the first element in it.
 */
export function attributedText(view: View, at: number, kind: string): readonly Span[] | undefined {
  const close = tagEnd(view, at);
  if (close < 0 || view.code(close - 1) === SLASH) return undefined;
  return textOf(view, close + 1, kind) ?? innerText(view, close + 1, kind);
}

/** `<key>password</key><string>hunter2</string>`, `<name>password</name><value>hunter2</value>`. */
function behindName(view: View, at: number): readonly Span[] | undefined {
  let from = at;
  while (from - at < LONGEST_GAP && view.code(from) <= SPACE) from++;
  let to = from;
  while (to - from <= LONGEST_NAME && view.isIn(NAME, to)) to++;
  const kind = to === from ? undefined : view.nameKind(from, to);
  if (kind === undefined || !view.startsWith('</', to)) return undefined;
  const close = tagEnd(view, to + 2);
  return close < 0 ? undefined : innerText(view, close + 1, kind);
}

/** The text of the element that begins at `at`, behind white space: one that holds a value, as its name says. */
function innerText(view: View, at: number, kind: string): readonly Span[] | undefined {
  let open = at;
  while (open - at < LONGEST_GAP && view.code(open) <= SPACE && view.code(open) > 0) open++;
  if (view.code(open) !== LESS_THAN || !isValue(view, open + 1)) return undefined;
  const close = tagEnd(view, open + 1);
  return close < 0 || view.code(close - 1) === SLASH ? undefined : textOf(view, close + 1, kind);
}

/** `value`, and `string` as property lists and Android have it. */
function isValue(view: View, from: number): boolean {
  let to = from;
  while (to - from <= LONGEST_NAME && view.isIn(NAME, to)) to++;
  const role = view.pairRole(from, to);
  return role === PAIR.value || role === PAIR.content || (to - from === 6 && view.startsWith('string', from));
}

/** The end of a tag, of which a part stands before `at`; -1 where it is none. */
function tagEnd(view: View, at: number): number {
  const end = view.firstOf(TAG_ENDS, at, at + LONGEST_ATTRIBUTES);
  return view.code(end) === GREATER && view.code(end - 1) !== EQUALS ? end : -1;
}

function textOf(view: View, at: number, kind: string): readonly Span[] | undefined {
  let from = at;
  const isRaw = view.startsWith(CDATA, from);
  if (isRaw) from += CDATA.length;
  if (view.code(from) === BRACE) return undefined;
  let to = from;
  const closing = isRaw ? ']]></' : '</';
  // An element ends at the first of them, and raw text at one that the rest of it follows.
  do to = view.firstOf(isRaw ? BRACKET_CLOSE : LESS, to, from + LONGEST_VALUE + 1) + 1;
  while (isRaw && to > 0 && !view.startsWith(closing, to - 1));
  to--;
  if (to < 0 || !view.startsWith(closing, to)) return undefined;
  while (from < to && view.code(from) <= SPACE) from++;
  while (to > from && view.code(to - 1) <= SPACE) to--;
  return from === to || isStandIn(view, from, to) ? undefined : [{ from, to, kind }];
}

const SPACE = 32;
const SLASH = 47;
const LESS_THAN = 60;
const EQUALS = 61;
const GREATER = 62;
const BRACE = 123;
