import { alphabet } from '../../alphabet.ts';
import { Bytes, Integers16 } from '../../intrinsics.ts';
import { sha256 } from '../../sha256.ts';
import type { View } from '../../view.ts';

const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Digits and letters without those that look alike: 0, O, I and l. */
export const BASE58 = alphabet(LETTERS);

const VALUES = new Integers16(128);
for (let value = 0; value < 58; value++) VALUES[LETTERS.charCodeAt(value)] = value;

/**
 * First bytes of addresses: Bitcoin, its test network, Litecoin and its test network, Dogecoin, Dash, Tron, Zcash. Looked
 * at before the checksum, which takes a few microseconds.
 */
const VERSIONS: readonly number[] = [0, 5, 111, 196, 48, 50, 58, 30, 22, 76, 16, 65, 28];

const MOST_BYTES = 48;
const bytes = new Bytes(MOST_BYTES);
const hash = new Bytes(32);

/** Whether the text is Base58Check of `size` bytes, checksum included: the last four are the head of the double SHA-256. */
export function isBase58Check(view: View, from: number, to: number, size: number): boolean {
  for (let index = 0; index < size; index++) bytes[index] = 0;
  for (let index = from; index < to; index++) {
    let carry = VALUES[view.code(index)] ?? 0;
    for (let place = size - 1; place >= 0; place--) {
      carry += (bytes[place] ?? 0) * 58;
      bytes[place] = carry & 0xff;
      carry >>= 8;
    }
    // More bytes than there may be.
    if (carry !== 0) return false;
  }
  if (!isVersion(bytes[0] ?? 0)) return false;
  sha256(bytes, size - 4, hash);
  sha256(hash, 32, hash);
  for (let index = 0; index < 4; index++) if (hash[index] !== bytes[size - 4 + index]) return false;
  return true;
}

function isVersion(byte: number): boolean {
  for (let index = 0; index < VERSIONS.length; index++) if (VERSIONS[index] === byte) return true;
  return false;
}
