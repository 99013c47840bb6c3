import { alphabet, HEX } from '../../alphabet.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { behindPlaceholder, isStandIn } from '../stand-in.ts';
import { quotedValue } from './assigned-quoted.ts';
import { named } from './assignment.ts';
import { writtenQuoteStart, writtenValue } from './written-quote.ts';

const LONGEST_KEY = 96;
const LONGEST_VALUE = 2048;
const LONGEST_QUOTE = 6;
const KEY = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.$');
const AROUND_KEY = alphabet('"\'`\\ ');
const ENDS = alphabet(' \t\r\n"\'`<>&\\;,)]}');

/** The equals sign and the colon, as JSON, JavaScript and HTML write them where they must not stand as they are. */
const OPERATORS: readonly string[] = [
  ...['\\u003d', '\\u003D', '\\u003a', '\\u003A', '\\x3d', '\\x3D', '\\x3a', '\\x3A'],
  ...['&#61;', '&#58;', '&#x3d;', '&#x3D;', '&#x3a;', '&#x3A;', '&equals;', '&colon;'],
];

const BACKSLASHED = 8;
const IN_HTML: readonly string[] = ['61;', '58;', 'x3d;', 'x3D;', 'x3a;', 'x3A;', 'equals;', 'colon;'];

/** `password\u003dhunter2`, `token&#61;hunter2`. */
export const escapedOperator: Rule = {
  kind: SECRET_NAME,
  what: 'Values given to a telling name by an equals sign or a colon that is written as its code',
  source: 'RFC 8259 section 7, ECMA-262 section 12.9.4, HTML Standard section 13.5; names as for keys',
  // Those of HTML without their first signs, which are frequent.
  anchors: [...OPERATORS.slice(0, BACKSLASHED), ...IN_HTML],
  match(view, found) {
    const at = operatorStart(view, found);
    let value = at;
    for (let index = 0; index < OPERATORS.length && value === at; index++) {
      const operator = OPERATORS[index] ?? '';
      if (view.startsWith(operator, at)) value = at + operator.length;
    }
    if (value === at) return undefined;
    let end = at;
    while (at - end < LONGEST_QUOTE && view.isIn(AROUND_KEY, end - 1)) end--;
    if (end === at) end = writtenQuoteStart(view, at);
    const from = behindEscape(view, view.runStart(KEY, end, LONGEST_KEY), end);
    const kind = from >= end ? undefined : view.nameKind(from, end);
    if (kind === undefined) return undefined;
    while (view.code(value) === SPACE) value++;
    const quoted = quotedValue(view, value, false) ?? writtenValue(view, value);
    if (quoted !== undefined) return named(quoted, kind);
    if (behindPlaceholder(view, value) > value || view.startsWith('${', value)) return undefined;
    let to = value;
    while (to < view.end && to - value < LONGEST_VALUE && !view.isIn(ENDS, to)) to++;
    return to === value || isStandIn(view, value, to) ? undefined : [{ from: value, to, kind }];
  },
};

function operatorStart(view: View, at: number): number {
  if (view.code(at) === BACKSLASH) return at;
  return view.code(at - 1) === HASH ? at - 2 : at - 1;
}

/** The digits of an escape before the key, as in `\u0026token`, are no part of it. */
function behindEscape(view: View, from: number, end: number): number {
  if (view.code(from - 1) !== BACKSLASH || view.code(from) !== LETTER_U || from + 5 > end) return from;
  for (let index = from + 1; index < from + 5; index++) if (!view.isIn(HEX, index)) return from;
  return from + 5;
}

const SPACE = 32;
const HASH = 35;
const BACKSLASH = 92;
const LETTER_U = 117;
