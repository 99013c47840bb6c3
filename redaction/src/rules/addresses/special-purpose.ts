import { groups } from './ip-text.ts';

/** Network, length of its prefix. */
type Block = readonly [first: number, second: number, length: number];

/** Of the IANA IPv4 Special-Purpose Address Registry, those that are not globally reachable, multicast, and class E. */
const IPV4: readonly Block[] = [
  [0x0000, 0, 8],
  [0x0a00, 0, 8],
  [0x6440, 0, 10], // shared, RFC 6598
  [0x7f00, 0, 8],
  [0xa9fe, 0, 16], // link-local, RFC 3927
  [0xac10, 0, 12],
  [0xc000, 0x0000, 24],
  [0xc000, 0x0200, 24], // documentation, RFC 5737
  [0xc058, 0x6300, 24], // relays of 6to4, RFC 7526
  [0xc0a8, 0, 16],
  [0xc612, 0, 15], // benchmarking, RFC 2544
  [0xc633, 0x6400, 24],
  [0xcb00, 0x7100, 24],
  [0xe000, 0, 4],
  [0xf000, 0, 4],
];

/** Inside the one block that is given out for routing, `2000::/3`: those of the IPv6 registry that are not reachable. */
const IPV6: readonly Block[] = [
  [0x2001, 0x0002, 32],
  [0x2001, 0x0010, 28],
  [0x2001, 0x0db8, 32], // documentation, RFC 3849
  [0x3fff, 0x0000, 20], // documentation, RFC 9637
];

/** Whether the IPv4 address in `groups` from `place` on is of no use outside of its network. */
export function isSpecialIpv4(place: number): boolean {
  return isAmong(IPV4, groups[place] ?? 0, groups[place + 1] ?? 0);
}

/** The same of the IPv6 address in `groups`. One that holds an IPv4 address is what that is. */
export function isSpecialIpv6(): boolean {
  const first = groups[0] ?? 0;
  if (holdsIpv4()) return isSpecialIpv4(6);
  return first >> 13 !== 1 || isAmong(IPV6, first, groups[1] ?? 0);
}

/** Mapped, translated and compatible (RFC 4291 section 2.5.5, RFC 7915), and the prefix of RFC 6052; not `::1`. */
function holdsIpv4(): boolean {
  for (let group = 2; group < 4; group++) if (groups[group] !== 0) return false;
  const five = groups[4] ?? 0;
  const six = groups[5] ?? 0;
  if (groups[0] === 0x64 && groups[1] === 0xff9b) return five === 0 && six === 0;
  if (groups[0] !== 0 || groups[1] !== 0) return false;
  return (five === 0 && six === 0xffff) || (five === 0xffff && six === 0) || (five === 0 && six === 0);
}

function isAmong(blocks: readonly Block[], first: number, second: number): boolean {
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index];
    if (block === undefined) continue;
    const length = block[2];
    const high = length < 16 ? 16 - length : 0;
    if (first >> high !== block[0] >> high) continue;
    if (length <= 16 || second >> (32 - length) === block[1] >> (32 - length)) return true;
  }
  return false;
}
