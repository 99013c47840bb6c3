import { alphabet } from '../../alphabet.ts';
import { Integers16 } from '../../intrinsics.ts';
import type { View } from '../../view.ts';

const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

export const BECH32 = alphabet(LETTERS + LETTERS.toUpperCase());

const VALUES = new Integers16(128);
for (let value = 0; value < 32; value++) {
  VALUES[LETTERS.charCodeAt(value)] = value;
  VALUES[LETTERS.toUpperCase().charCodeAt(value)] = value;
}

/** BIP 173: the generator of its BCH code. */
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** What is left of a valid text: of bech32 (BIP 173), and of bech32m (BIP 350). */
const BECH32_REST = 1;
const BECH32M_REST = 0x2bc830a3;

/** Whether `from` to `to` is a bech32 or bech32m text whose human-readable part ends before the `1` at `separator`. */
export function isBech32(view: View, from: number, separator: number, to: number): boolean {
  let rest = 1;
  for (let index = from; index < separator; index++) rest = appended(rest, small(view.code(index)) >> 5);
  rest = appended(rest, 0);
  for (let index = from; index < separator; index++) rest = appended(rest, small(view.code(index)) & 31);
  for (let index = separator + 1; index < to; index++) rest = appended(rest, VALUES[view.code(index)] ?? 0);
  return rest === BECH32_REST || rest === BECH32M_REST;
}

/** A letter in lower case; the underscore of `addr_test` is none. */
function small(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}

function appended(rest: number, value: number): number {
  const top = rest >> 25;
  let next = ((rest & 0x1ffffff) << 5) ^ value;
  for (let bit = 0; bit < 5; bit++) if (((top >> bit) & 1) === 1) next ^= GENERATOR[bit] ?? 0;
  return next;
}
