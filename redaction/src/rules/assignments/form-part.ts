import { alphabet } from '../../alphabet.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isStandIn } from '../stand-in.ts';

const LONGEST_NAME = 96;
/** Of the headers of a part, each with its line break: `Content-Type` and few others. */
const LONGEST_HEAD = 256;
/** Of what stands in the place of a value. */
const LONGEST_STAND_IN = 64;
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
    const boundary = view.next('\n--', from);
    const line = boundary < 0 ? view.end : boundary;
    const to = line > from && view.code(line - 1) === RETURN ? line - 1 : line;
    if (from === to || (to - from <= LONGEST_STAND_IN && isStandIn(view, from, to))) return undefined;
    return [{ from, to, kind }];
  },
};

/** -1 where no line of its own follows: HTML names its fields in the same way. */
function behindEmptyLine(view: View, at: number): number {
  if (view.code(at) !== RETURN && view.code(at) !== LINE_FEED && view.code(at) !== SEMICOLON) return -1;
  let before = 0;
  for (let index = at; index - at < LONGEST_HEAD; index++) {
    const code = view.code(index);
    if (code === RETURN) continue;
    if (code === LINE_FEED && before === LINE_FEED) return index + 1;
    before = code;
  }
  return -1;
}

const LINE_FEED = 10;
const RETURN = 13;
const QUOTE = 34;
const SEMICOLON = 59;
