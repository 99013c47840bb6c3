import { alphabet, DIGIT, HEX } from '../../alphabet.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { colonWidth, goesOn, isChained, isInWord } from './around-address.ts';

const MAC = 'mac-address';

/** Octets of an EUI-48 and of an EUI-64. */
const SHORT = 6;
const LONG = 8;
const BARE_DIGITS = 12;
const LONGEST_GAP = 8;

const LETTERS: readonly string[] = [...'abcdefABCDEF'];
const HEX_DIGITS: readonly string[] = [...'0123456789', ...LETTERS];
const HEX_LETTER = alphabet('abcdefABCDEF');
const GAP = alphabet(' \t"\'`\\:=');

/** Six or eight octets in hexadecimal. */
const octetsOfMac: Rule = {
  kind: MAC,
  what: 'Hardware addresses EUI-48 and EUI-64 with colons or dashes',
  source: 'IEEE Std 802-2014 section 8.1, IEEE guidelines for EUI, OUI and CID; RFC 9542 section 2',
  anchors: HEX_DIGITS.flatMap((digit) => [`:${digit}`, `-${digit}`]),
  behind: HEX,
  // The last digit of the sixth octet.
  ahead: 14,
  again: 3,
  enumerable: true,
  match: (view, at) => (isChained(view, at) ? undefined : octetsAround(view, at, 1)),
};

const encodedMac: Rule = {
  kind: MAC,
  what: 'The same with percent-encoded colons',
  source: 'RFC 3986 section 2.1',
  anchors: ['%3A', '%3a'],
  behind: HEX,
  ahead: 24,
  again: 5,
  enumerable: true,
  match: (view, at) => octetsAround(view, at, 3),
};

/** A second group that begins with a digit, behind another digit, is asked for by the rule of IPv4, at the same dot. */
const groupsOfMac: Rule = {
  kind: MAC,
  what: 'Hardware addresses in three or four groups of four digits with dots',
  source: 'IEEE guidelines for EUI, OUI and CID; Cisco IOS Configuration Fundamentals, "MAC addresses"',
  anchors: LETTERS.map((letter) => `.${letter}`),
  behind: HEX,
  ahead: 9,
  enumerable: true,
  match: dottedMac,
};

const groupsBehindLetter: Rule = {
  kind: MAC,
  what: 'The same, where the first group ends with a letter and the second begins with a digit',
  source: 'IEEE guidelines for EUI, OUI and CID; Cisco IOS Configuration Fundamentals, "MAC addresses"',
  anchors: ['.0', '.1', '.2', '.3', '.4', '.5', '.6', '.7', '.8', '.9'],
  behind: HEX_LETTER,
  ahead: 9,
  enumerable: true,
  match: dottedMac,
};

/** Twelve hexadecimal digits say nothing alone. */
const namedMac: Rule = {
  kind: MAC,
  what: 'Hardware addresses without separators, behind the word MAC',
  source: 'IEEE guidelines for EUI, OUI and CID',
  anchors: ['mac', 'Mac', 'MAC'],
  enumerable: true,
  match(view, at) {
    let from = at + 3;
    while (from - at < LONGEST_GAP + 3 && view.isIn(GAP, from)) from++;
    if (from === at + 3 || !view.isIn(HEX, from + BARE_DIGITS - 1)) return undefined;
    const to = view.runEnd(HEX, from);
    return to - from === BARE_DIGITS && !goesOn(view, to) ? [{ from, to }] : undefined;
  },
};

export const MAC_ADDRESSES: readonly Rule[] = [octetsOfMac, encodedMac, groupsOfMac, groupsBehindLetter, namedMac];

/** `at`: the first separator, of so many characters. A date, a time and a UUID have fewer at such distances. */
function octetsAround(view: View, at: number, width: number): readonly Span[] | undefined {
  const separator = view.code(at);
  for (let octet = 1; octet < SHORT - 1; octet++)
    if (view.code(at + octet * (width + 2)) !== separator) return undefined;
  return octets(view, at - 2, separator, width);
}

function octets(view: View, from: number, separator: number, width: number): readonly Span[] | undefined {
  if (isInWord(view, from) || view.code(from - 1) === PERCENT || isInside(view, from, separator)) return undefined;
  let index = from;
  let count = 0;
  for (; count < LONG; count++) {
    const start = count === 0 ? index : index + width;
    if (count > 0 && (view.code(index) !== separator || (width > 1 && colonWidth(view, index) === 0))) break;
    if (!view.isIn(HEX, start) || !view.isIn(HEX, start + 1)) break;
    index = start + 2;
  }
  if ((count !== SHORT && count !== LONG) || goesOn(view, index)) return undefined;
  // A fingerprint or another longer list goes on; a full stop, or a colon before a message, does not.
  if (view.code(index) === separator && (view.isIn(HEX, index + width) || view.code(index + width) === separator))
    return undefined;
  return [{ from, to: index }];
}

/** Behind a separator of the same list; behind a label (`mac:00:00:5e...`) it begins. */
function isInside(view: View, from: number, separator: number): boolean {
  if (view.code(from - 1) !== separator) return false;
  let word = from - 1;
  while (from - word < 6 && view.isIn(HEX, word - 1)) word--;
  return !goesOn(view, word - 1);
}

/** `0000.5e00.53af`. */
export function dottedMac(view: View, at: number): readonly Span[] | undefined {
  if (view.code(at + 5) !== DOT) return undefined;
  const from = at - 4;
  let index = from;
  let groups = 0;
  let telling = false;
  for (; groups < 4; groups++) {
    if (groups > 0 && view.code(index) !== DOT) break;
    const start = groups === 0 ? index : index + 1;
    let end = start;
    while (end - start < 4 && view.isIn(HEX, end)) if (!view.isIn(DIGIT, end++)) telling = true;
    if (end - start < 4) break;
    index = end;
  }
  if (groups < 3 || isInWord(view, from) || view.code(from - 1) === DOT || goesOn(view, index)) return undefined;
  // Groups of digits alone are a card, a date or an amount as well, unless they begin with a zero.
  if (!telling && view.code(from) !== ZERO) return undefined;
  return view.code(index) === DOT && view.isIn(HEX, index + 1) ? undefined : [{ from, to: index, kind: MAC }];
}

const PERCENT = 37;
const DOT = 46;
const ZERO = 48;
