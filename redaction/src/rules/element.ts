import { alphabet } from '../alphabet.ts';
import { SECRET_NAME } from '../names/name-terms.ts';
import type { Rule } from '../rule.ts';
import { isStandIn } from './stand-in.ts';

const LONGEST_NAME = 64;
const LONGEST_VALUE = 512;
const NAME = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.:');
const CDATA = '<![CDATA[';
const LESS = alphabet('<');
const BRACKET_CLOSE = alphabet(']');

/** `<password>hunter2</password>`: the element is closed at once, which tells it from a generic type and from JSX. */
export const element: Rule = {
  kind: SECRET_NAME,
  what: 'The text of an XML element with a telling name',
  source: 'Extensible Markup Language (XML) 1.0, section 3.1; names as for keys',
  anchors: ['<'],
  match(view, at) {
    let end = at + 1;
    while (end - at <= LONGEST_NAME && view.isIn(NAME, end)) end++;
    if (end === at + 1 || view.code(end) !== GREATER) return undefined;
    const kind = view.nameKind(at + 1, end);
    if (kind === undefined) return undefined;
    let from = end + 1;
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
  },
};

const SPACE = 32;
const GREATER = 62;
const BRACE = 123;
