import { DIGIT, HEX } from '../../alphabet.ts';
import { Words } from '../../intrinsics.ts';
import type { View } from '../../view.ts';
import { colonWidth, goesOn } from './around-address.ts';

const GROUPS = 8;
const LONGEST_GROUP = 4;
const PORT_DIGITS = 5;
/** Fewer groups need a digit: `a::b` is a path in C++ and Rust. */
const TELLING_GROUPS = 4;

/** The groups of the address that was read last: eight of IPv6, two of IPv4. JavaScript runs one call at a time. */
export const groups = new Words(GROUPS);

/** Behind the four numbers of RFC 3986 section 3.2.2 (`IPv4address`), which go to `groups` from `place` on; -1: none. */
export function ipv4End(view: View, from: number, place: number): number {
  let index = from;
  for (let octet = 0; octet < 4; octet++) {
    if (octet > 0 && view.code(index++) !== DOT) return -1;
    let value = 0;
    const start = index;
    while (index - start < 4 && view.isIn(DIGIT, index)) value = value * 10 + view.code(index++) - 48;
    const length = index - start;
    if (length === 0 || value > 255 || (length > 1 && view.code(start) === ZERO)) return -1;
    const group = place + (octet >> 1);
    groups[group] = octet % 2 === 0 ? value << 8 : (groups[group] ?? 0) + value;
  }
  if (goesOn(view, index) || (view.code(index) === DOT && view.isIn(DIGIT, index + 1))) return -1;
  return index;
}

/**
 * Behind the IPv6 address of RFC 4291 section 2.2 that begins at `from`, which goes to `groups`; -1 where there is none.
 * A port may follow without brackets, as in the errors of Node: one that no group can be is left out.
 */
export function ipv6End(view: View, from: number): number {
  let index = from;
  let count = 0;
  /** How many groups stand before the `::`; -1: there is none. */
  let gap = -1;
  let end = -1;
  let telling = false;
  let wide = false;
  for (let group = 0; group < GROUPS; group++) groups[group] = 0;
  const first = colonWidth(view, from);
  if (first > 0) {
    const second = colonWidth(view, from + first);
    if (second === 0) return -1;
    gap = 0;
    index = end = from + first + second;
    if (colonWidth(view, index) > 0) return -1;
  }
  while (view.isIn(HEX, index)) {
    const start = index;
    let value = 0;
    let decimal = true;
    for (; index - start <= PORT_DIGITS && view.isIn(HEX, index); index++) {
      const digit = digitOf(view.code(index));
      value = value * 16 + digit;
      if (digit > 9) decimal = false;
      else telling = true;
    }
    const length = index - start;
    if (decimal && view.code(index) === DOT && view.isIn(DIGIT, index + 1)) {
      end = count > GROUPS - 2 ? -1 : ipv4End(view, start, count);
      if (end < 0) return -1;
      count += 2;
      break;
    }
    if (goesOn(view, index)) return -1;
    const isPort = decimal && length <= PORT_DIGITS && (length > LONGEST_GROUP || (count === GROUPS && wide));
    if (isPort && view.code(start - 2) !== COLON && !(view.code(index) === COLON && view.isIn(HEX, index + 1))) break;
    if (length > LONGEST_GROUP || count === GROUPS) return -1;
    groups[count++] = value;
    if (length > 2) wide = true;
    end = index;
    const colon = colonWidth(view, index);
    if (colon === 0) break;
    const second = colonWidth(view, index + colon);
    index += colon;
    if (second === 0) continue;
    if (gap >= 0) return -1;
    gap = count;
    index += second;
    end = index;
    if (colonWidth(view, index) > 0) return -1;
  }
  if (end < 0 || goesOn(view, end)) return -1;
  if (gap < 0) return count === GROUPS ? end : -1;
  if (count >= GROUPS || (!telling && count > 0 && count < TELLING_GROUPS)) return -1;
  spread(gap, count);
  return end;
}

/** Moves what stands behind the `::` to the end. */
function spread(gap: number, count: number): void {
  for (let back = 1; back <= count - gap; back++) {
    groups[GROUPS - back] = groups[count - back] ?? 0;
    groups[count - back] = 0;
  }
}

function digitOf(code: number): number {
  return code < 58 ? code - 48 : (code | 32) - 87;
}

const DOT = 46;
const ZERO = 48;
const COLON = 58;
