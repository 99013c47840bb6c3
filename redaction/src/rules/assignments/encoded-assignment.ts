import { alphabet } from '../../alphabet.ts';
import { SECRET_NAME } from '../../names/name-terms.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { behindPlaceholder, isStandIn } from '../stand-in.ts';

const LONGEST_KEY = 96;
const LONGEST_VALUE = 2048;
const KEY = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-.');
/** What ends encoded text. */
const ENDS = alphabet(' \t\r\n"\'`<>&\\;,)]}');
/** Encoded characters that end a value without quotes, by their hexadecimal digits: `"`, `&`, `'`, `,`, `;`, `]`, `}`. */
const ENDING: readonly string[] = [
  '22',
  '26',
  '27',
  '2C',
  '2c',
  '3B',
  '3b',
  '5D',
  '5d',
  '7D',
  '7d',
  '0A',
  '0a',
  '0D',
  '0d',
];
const QUOTES: readonly string[] = ['22', '27'];
const BEHIND_KEY: readonly string[] = ['22', '27', '5D', '5d', '20'];
const BEFORE_VALUE: readonly string[] = ['20', '22', '27'];

/** `token%3Dabc%26x%3D1`, `%22password%22%3A%22abc%22`, and both encoded a second time (`%253D`). */
export const encodedAssignment: Rule = {
  kind: SECRET_NAME,
  what: 'Values given to a telling name inside percent-encoded text, also encoded twice',
  source: 'RFC 3986 section 2.1, RFC 8259; names as for keys',
  anchors: ['%3D', '%3d', '%3A', '%3a', '%253D', '%253d', '%253A', '%253a'],
  match(view, at) {
    const wide = view.code(at + 1) === DIGIT_2;
    const size = wide ? 5 : 3;
    let end = at;
    for (let count = 0; count < 3 && isOne(view, end - size, size, BEHIND_KEY); count++) end -= size;
    let from = view.runStart(KEY, end, LONGEST_KEY);
    // The digits behind a percent sign belong to the character before the key.
    if (view.code(from - 1) === PERCENT) from += wide ? 4 : 2;
    if (from >= end) return undefined;
    const kind = view.nameKind(from, end);
    if (kind === undefined) return undefined;
    let value = at + size;
    let quoted = false;
    for (let count = 0; count < 3 && isOne(view, value, size, BEFORE_VALUE); count++) {
      if (isOne(view, value, size, QUOTES)) quoted = true;
      value += size;
    }
    if (behindPlaceholder(view, value) > value) return undefined;
    let to = value;
    const endings = quoted ? QUOTES : ENDING;
    while (to < view.end && to - value < LONGEST_VALUE && !view.isIn(ENDS, to)) {
      if (view.code(to) === PERCENT && isOne(view, to, size, endings)) break;
      to++;
    }
    return to === value || isEmpty(view, value, to) || isStandIn(view, value, to)
      ? undefined
      : [{ from: value, to, kind }];
  },
};

/** At `at` stands a percent-encoded character of the list; `size` is 5 where the percent sign itself is encoded. */
function isOne(view: View, at: number, size: number, list: readonly string[]): boolean {
  if (view.code(at) !== PERCENT || (size === 5 && !view.startsWith('25', at + 1))) return false;
  for (let index = 0; index < list.length; index++) if (view.startsWith(list[index] ?? '', at + size - 2)) return true;
  return false;
}

function isEmpty(view: View, from: number, to: number): boolean {
  const length = to - from;
  return (
    (length === 4 && (view.startsWith('null', from) || view.startsWith('true', from))) ||
    (length === 5 && view.startsWith('false', from)) ||
    (length === 9 && view.startsWith('undefined', from))
  );
}

const PERCENT = 37;
const DIGIT_2 = 50;
