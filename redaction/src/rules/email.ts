import { ALNUM, alphabet, DIGIT, HEX } from '../alphabet.ts';
import type { Rule, Span } from '../rule.ts';
import type { View } from '../view.ts';

/** RFC 5321 section 4.5.3.1.1: octets of a local part. */
const LONGEST_LOCAL = 64;
/** RFC 5321 section 4.5.3.1.2: octets of a domain. */
const LONGEST_DOMAIN = 255;

/** `atext` of RFC 5322 section 3.2.3 with the dot; without `/`, which in captured text is nearly always a path. */
const LOCAL = alphabet("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.!#$%&'*+-=?^_`{|}~");
/** The same where the text is percent-encoded: `=`, `&` and their kin stand between values there, and are encoded in one. */
const ENCODED_LOCAL = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_~+');
/** `%2540`: a URL in a parameter of a URL. */
const MOST_ENCODINGS = 3;

/** Letters that stand around an address in text far more often than in one: not at its first place. */
const NOT_FIRST = alphabet("'`=&?!#$%*+-.{|}~^");

export const email: Rule = {
  kind: 'email',
  what: 'E-mail addresses, also internationalized ones, ones with a quoted local part, and percent-encoded ones',
  source: 'RFC 5321 section 4.1.2, RFC 6531 section 3.3, RFC 1035 section 2.3.1, RFC 3986 section 2.1',
  anchors: ['@', '%'],
  match(view, at) {
    if (view.code(at) === PERCENT) return encoded(view, at);
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

/** `jane%40example.com`, as it stands in a query string or a path. */
function encoded(view: View, at: number): readonly Span[] | undefined {
  let domain = at + 1;
  for (let depth = 1; depth < MOST_ENCODINGS && view.startsWith('25', domain); depth++) domain += 2;
  if (!view.startsWith('40', domain)) return undefined;
  const from = encodedStart(view, at);
  if (from < 0) return undefined;
  const to = domainEnd(view, domain + 2);
  return to < 0 ? undefined : [{ from, to }];
}

/** A character counts as it is or as its escape; one that is encoded twice has the escape of a `%` before its digits. */
function encodedStart(view: View, at: number): number {
  let from = at;
  while (at - from < LONGEST_LOCAL * 3 && from > view.floor) {
    const escaped = from - 3 < view.floor ? -1 : escapedAt(view, from - 3);
    if (escaped < 0) {
      if (!view.isIn(ENCODED_LOCAL, from - 1)) break;
      from--;
      continue;
    }
    const inner = escaped === PERCENT && from + 2 <= at ? byteAt(view, from) : -1;
    if (!isLocalByte(inner < 0 ? escaped : inner)) {
      if (inner >= 0) from += 2;
      break;
    }
    from -= 3;
  }
  while (from < at && view.code(from) !== PERCENT && view.isIn(NOT_FIRST, from)) from++;
  return from < at ? from : -1;
}

function isLocalByte(byte: number): boolean {
  return byte >= 128 || ENCODED_LOCAL.has[byte] === 1;
}

/** The byte that `%2B` stands for, or -1. */
function escapedAt(view: View, at: number): number {
  return view.code(at) === PERCENT ? byteAt(view, at + 1) : -1;
}

/** Of two hexadecimal digits, or -1. */
function byteAt(view: View, at: number): number {
  if (!view.isIn(HEX, at) || !view.isIn(HEX, at + 1)) return -1;
  return digitOf(view.code(at)) * 16 + digitOf(view.code(at + 1));
}

function digitOf(code: number): number {
  return code < 58 ? code - 48 : (code | 32) - 87;
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
    const isDot = code === DOT || isWideDot(code);
    if (view.isIn(ALNUM, index) || code === DASH || code === UNDERSCORE || (code >= 128 && !isDot)) continue;
    if (index === labelFrom) break;
    labels++;
    const last = labelFrom;
    if (labels === 1 && isScale(view, labelFrom, index)) return -1;
    if (labels <= 2 && isNumeric(view, labelFrom, index)) numeric++;
    if (numeric === 2) return -1;
    if (labels > 1 && isTopLevel(view, last, index)) end = index;
    if (!isDot) break;
    labelFrom = index + 1;
  }
  return end;
}

/** RFC 3490 section 3.1: what counts as a dot in a domain. */
function isWideDot(code: number): boolean {
  return code === 0x3002 || code === 0xff0e || code === 0xff61;
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
const PERCENT = 37;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const BRACKET = 91;
const BACKSLASH = 92;
const BRACKET_CLOSE = 93;
const UNDERSCORE = 95;
const LETTER_X = 120;
