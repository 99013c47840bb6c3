import { ALNUM, alphabet, DIGIT } from '../alphabet.ts';
import type { Rule } from '../rule.ts';
import type { View } from '../view.ts';

/** RFC 5321 section 4.5.3.1.1: octets of a local part. */
const LONGEST_LOCAL = 64;
/** RFC 5321 section 4.5.3.1.2: octets of a domain. */
const LONGEST_DOMAIN = 255;

/** `atext` of RFC 5322 section 3.2.3 with the dot; without `/`, which in captured text is nearly always a path. */
const LOCAL = alphabet("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.!#$%&'*+-=?^_`{|}~");
/** Letters that stand around an address in text far more often than in one: not at its first place. */
const NOT_FIRST = alphabet("'`=&?!#$%*+-.{|}~^");

export const email: Rule = {
  kind: 'email',
  what: 'E-mail addresses, also internationalized ones and ones with a quoted local part',
  source: 'RFC 5321 section 4.1.2, RFC 6531 section 3.3, RFC 1035 section 2.3.1',
  anchors: ['@'],
  match(view, at) {
    const from = view.code(at - 1) === QUOTE ? quotedStart(view, at - 1) : localStart(view, at);
    if (from < 0) return undefined;
    const to = domainEnd(view, at + 1);
    if (to < 0) return undefined;
    // The fixed user of SSH remotes, `git@host:path`: no person.
    if (at - from === 3 && view.startsWith('git', from)) return undefined;
    return [{ from, to }];
  },
};

function localStart(view: View, at: number): number {
  let from = at;
  while (at - from < LONGEST_LOCAL && from > view.floor && (view.isIn(LOCAL, from - 1) || view.code(from - 1) >= 128))
    from--;
  while (from < at && view.isIn(NOT_FIRST, from)) from++;
  return from < at ? from : -1;
}

/** `closing` is the index of the quote before the `@`. */
function quotedStart(view: View, closing: number): number {
  for (let index = closing - 1; index >= view.floor && closing - index < LONGEST_LOCAL; index--) {
    const code = view.code(index);
    if (code === QUOTE && view.code(index - 1) !== BACKSLASH) return index < closing - 1 ? index : -1;
    if (code < 32) return -1;
  }
  return -1;
}

/**
 * Labels of letters, digits, `-` and `_` (seen in the wild), at least two, the last one no number. Package versions
 * (`pkg@1.2.3-beta.next`) and scaled images (`logo@2x.png`) have the shape and are none.
 */
function domainEnd(view: View, from: number): number {
  if (view.code(from) === BRACKET) return literalEnd(view, from);
  let labels = 0;
  let labelFrom = from;
  let end = -1;
  let numeric = 0;
  for (let index = from; index - from <= LONGEST_DOMAIN; index++) {
    const code = view.code(index);
    if (view.isIn(ALNUM, index) || code === DASH || code === UNDERSCORE || code >= 128) continue;
    if (index === labelFrom) break;
    labels++;
    const last = labelFrom;
    if (labels === 1 && isScale(view, labelFrom, index)) return -1;
    if (labels <= 2 && isNumeric(view, labelFrom, index)) numeric++;
    if (numeric === 2) return -1;
    if (labels > 1 && isTopLevel(view, last, index)) end = index;
    if (code !== DOT) break;
    labelFrom = index + 1;
  }
  return end;
}

/** At least two characters, beginning with a letter: `com`, `xn--p1ai`, `рф`. */
function isTopLevel(view: View, from: number, to: number): boolean {
  if (to - from < 2 || view.isIn(DIGIT, from)) return false;
  return view.code(from) >= 128 || view.isIn(ALNUM, from);
}

function isNumeric(view: View, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (!view.isIn(DIGIT, index)) return false;
  return true;
}

/** `2x`, `3x`: the scale of an image. */
function isScale(view: View, from: number, to: number): boolean {
  return to - from === 2 && view.isIn(DIGIT, from) && view.code(from + 1) === LETTER_X;
}

/** `[192.0.2.1]`, `[IPv6:2001:db8::1]`. */
function literalEnd(view: View, from: number): number {
  for (let index = from + 1; index - from <= 48; index++) {
    const code = view.code(index);
    if (code === BRACKET_CLOSE) return index - from > 3 ? index + 1 : -1;
    if (code !== DOT && code !== COLON && !view.isIn(ALNUM, index)) return -1;
  }
  return -1;
}

const QUOTE = 34;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const BRACKET = 91;
const BACKSLASH = 92;
const BRACKET_CLOSE = 93;
const UNDERSCORE = 95;
const LETTER_X = 120;
