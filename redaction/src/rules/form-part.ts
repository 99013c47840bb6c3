import { alphabet } from '../alphabet.ts';
import { SECRET_NAME } from '../names/name-terms.ts';
import type { Rule } from '../rule.ts';
import type { View } from '../view.ts';
import { isStandIn } from './stand-in.ts';

const LONGEST_NAME = 96;
/** Of the headers of a part, each with its line break: `Content-Type` and few others. */
const LONGEST_HEAD = 256;
const LABEL = 'name="';
const NAME = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.[]');

/** The body of a request that a form has sent with `multipart/form-data`: the value stands behind an empty line. */
export const formPart: Rule = {
  kind: SECRET_NAME,
  what: 'The value of a telling name in the body of a form, `multipart/form-data`',
  source: 'RFC 7578 section 4.2, RFC 2046 section 5.1.1; names as for keys',
  anchors: [LABEL],
  match(view, at) {
    const name = at + LABEL.length;
    let end = name;
    while (end - name < LONGEST_NAME && view.isIn(NAME, end)) end++;
    if (end === name || view.code(end) !== QUOTE) return undefined;
    const kind = view.nameKind(name, end);
    const from = kind === undefined ? -1 : behindEmptyLine(view, end + 1);
    if (kind === undefined || from < 0) return undefined;
    let to = from;
    while (to < view.end && !isBoundary(view, to)) to++;
    return from === to || isStandIn(view, from, to) ? undefined : [{ from, to, kind }];
  },
};

/** -1 where no line of its own follows: HTML names its fields in the same way. */
function behindEmptyLine(view: View, at: number): number {
  if (view.code(at) !== RETURN && view.code(at) !== LINE_FEED && view.code(at) !== SEMICOLON) return -1;
  for (let index = at; index - at < LONGEST_HEAD; index++) {
    if (view.startsWith('\r\n\r\n', index)) return index + 4;
    if (view.startsWith('\n\n', index)) return index + 2;
  }
  return -1;
}

function isBoundary(view: View, at: number): boolean {
  return view.startsWith('\r\n--', at) || view.startsWith('\n--', at);
}

const LINE_FEED = 10;
const RETURN = 13;
const QUOTE = 34;
const SEMICOLON = 59;
