import { ALNUM, alphabet, DIGIT, HEX } from '../../alphabet.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { colonWidth, goesOn, isChained, isEscape, isInWord, noteChain } from './around-address.ts';
import { groups, ipv4End, ipv6End } from './ip-text.ts';
import { dottedMac } from './mac-address.ts';
import { isSpecialIpv4, isSpecialIpv6 } from './special-purpose.ts';
import { isVersion } from './version-context.ts';

const PUBLIC = 'ip-address';
const PRIVATE = 'private-ip-address';

/** Characters of a zone: the name of a network interface is shorter. */
const LONGEST_ZONE = 32;
const ZONE = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~');

const DIGITS: readonly string[] = [...'0123456789'];
const LETTERS: readonly string[] = [...'abcdefABCDEF'];

const SOURCE =
  'RFC 3986 section 3.2.2, RFC 4291 section 2.2, RFC 5952, RFC 6874, IANA IPv6 Unicast Address Assignments';

/** Asked at the first dot. */
const ipv4Address: Rule = {
  kind: PUBLIC,
  what: 'IPv4 addresses that may be routed, also with a prefix length; four-part versions stay where something tells them',
  source: SOURCE,
  anchors: DIGITS.map((digit) => `.${digit}`),
  behind: DIGIT,
  enumerable: true,
  match: ipv4,
};

/** Asked at the first colon. */
const ipv6Address: Rule = {
  kind: PUBLIC,
  what: 'IPv6 addresses that may be routed, also with a prefix length or a zone',
  source: SOURCE,
  anchors: ['%3A', '%3a', ...[...DIGITS, ...LETTERS].map((digit) => `:${digit}`)],
  behind: HEX,
  enumerable: true,
  match(view, at) {
    if (isChained(view, at)) return undefined;
    const colon = view.code(at) === COLON ? 1 : 3;
    return hasColons(view, at + colon) ? ipv6(view, at) : undefined;
  },
};

/** Also at the beginning of an address. */
const ipv6Gap: Rule = {
  kind: PUBLIC,
  what: 'IPv6 addresses that begin with `::`, or with one group before it',
  source: SOURCE,
  anchors: ['::', '%3A%3A', '%3a%3a'],
  enumerable: true,
  match: ipv6,
};

/** Found by the rules above, which read an address before they know its kind. */
const privateAddress: Rule = {
  kind: PRIVATE,
  what: 'IPv4 and IPv6 addresses of no use outside: private, loopback, unspecified, link-local, shared, documentation, multicast',
  source: 'RFC 6890, IANA IPv4 and IPv6 Special-Purpose Address Registries, RFC 5771, RFC 4291 section 2.7',
  anchors: [],
  enumerable: true,
  match: () => undefined,
};

/** They tell two kinds: which one, only the whole address says. */
export const IP_ADDRESSES: readonly Rule[] = [ipv4Address, ipv6Address, ipv6Gap, privateAddress];

function ipv4(view: View, at: number): readonly Span[] | undefined {
  // Nearly every dot between digits is that of a fraction.
  let second = at + 2;
  while (second - at < 4 && view.isIn(DIGIT, second)) second++;
  if (view.code(second) !== DOT || !view.isIn(DIGIT, second + 1)) return dottedMac(view, at);
  const from = numberStart(view, at);
  const before = view.code(from - 1);
  if (isInWord(view, from) || (before === DOT && view.isIn(ALNUM, from - 2))) return undefined;
  const end = ipv4End(view, from, 0);
  if (end < 0) return undefined;
  const kind = isSpecialIpv4(0) ? PRIVATE : PUBLIC;
  if (!isNoVersion() && isVersion(view, from, end)) return undefined;
  return [{ from, to: prefixEnd(view, end, 32), kind }];
}

/** Of a number before `at`, without the two digits of a percent-encoded character. */
function numberStart(view: View, at: number): number {
  const from = view.runStart(DIGIT, at, 6);
  return at - from > 2 && view.code(from - 1) === PERCENT ? from + 2 : from;
}

/** `192.168.`, `172.16.` to `172.31.`, `169.254.`: nobody counts like that. */
function isNoVersion(): boolean {
  const first = groups[0] ?? 0;
  return first === 0xc0a8 || first === 0xa9fe || first >> 4 === 0xac1;
}

function ipv6(view: View, at: number): readonly Span[] | undefined {
  const width = colonWidth(view, at);
  if (width === 0 || isChained(view, at)) return undefined;
  noteChain(view, at, width);
  let from = view.runStart(HEX, at, 6);
  if (at - from > 1 && view.code(from - 1) === PERCENT) from += 2;
  if (isInWord(view, from) || isInside(view, from)) return undefined;
  let end = ipv6End(view, from);
  if (end < 0) return undefined;
  const bracket = view.code(from - 1) === BRACKET;
  // `list[1::2]`: a part of a list.
  if (bracket && (goesOn(view, from - 2) || view.code(from - 2) === BRACKET_CLOSE)) return undefined;
  const kind = isSpecialIpv6() ? PRIVATE : PUBLIC;
  // Two colons alone stand between words of code.
  const nothing = end - from === 2 * width;
  end = prefixEnd(view, zoneEnd(view, end), 128);
  if (nothing && end - from === 2 * width && !(bracket && view.code(end) === BRACKET_CLOSE)) return undefined;
  return [{ from, to: end, kind }];
}

/** Behind its first colon an address has two more, at least; a time has one. */
function hasColons(view: View, from: number): boolean {
  let index = from;
  for (let colons = 0; colons < 2; colons++) {
    const group = index;
    while (index - group < 4 && view.isIn(HEX, index)) index++;
    const width = colonWidth(view, index);
    if (width === 0) return false;
    index += width;
  }
  return true;
}

/** Behind a colon of the same address or fingerprint; behind a label (`ip:2001:db8::1`) it begins. */
function isInside(view: View, from: number): boolean {
  const width = colonBefore(view, from);
  if (width === 0) return false;
  // `s3:::bucket`, `in use :::3000`.
  if (colonWidth(view, from) > 0) return true;
  const end = from - width;
  // A word of letters and digits is no label: `text2001:`.
  if (view.isIn(DIGIT, end - 1) && view.isIn(DIGIT, end - 2)) return true;
  let word = end;
  while (end - word < 6 && view.isIn(ALNUM, word - 1)) {
    word--;
    if (!view.isIn(HEX, word)) return false;
  }
  return word < end || colonBefore(view, end) > 0;
}

/** Characters of the colon that ends before `at`, as `colonWidth` counts them. */
function colonBefore(view: View, at: number): number {
  return view.code(at - 1) === COLON ? 1 : view.code(at - 3) === PERCENT ? colonWidth(view, at - 3) : 0;
}

/** `%eth0`, in a URL `%25eth0`. */
function zoneEnd(view: View, at: number): number {
  if (view.code(at) !== PERCENT) return at;
  let from = at + 1;
  if (view.startsWith('25', from) && view.isIn(ZONE, from + 2)) from += 2;
  else if (isEscape(view, at) && view.code(from) >= TWO) return at;
  let to = from;
  while (to - from < LONGEST_ZONE && view.isIn(ZONE, to)) to++;
  while (to > from && view.code(to - 1) === DOT) to--;
  // The next address would begin inside a word now and behind a placeholder later.
  const colon = colonWidth(view, to);
  return to === from || (colon > 0 && colonWidth(view, to + colon) > 0) ? at : to;
}

/** Behind `/24`; not behind a part of a path. */
function prefixEnd(view: View, at: number, most: number): number {
  if (view.code(at) !== SLASH) return at;
  let index = at + 1;
  let length = 0;
  while (index - at <= 3 && view.isIn(DIGIT, index)) length = length * 10 + view.code(index++) - 48;
  const next = view.code(index);
  return index === at + 1 || length > most || goesOn(view, index) || next === SLASH ? at : index;
}

const PERCENT = 37;
const DOT = 46;
const SLASH = 47;
const TWO = 50;
const COLON = 58;
const BRACKET = 91;
const BRACKET_CLOSE = 93;
