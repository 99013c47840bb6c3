import { alphabet } from '../../alphabet.ts';
import { Bytes, codeAt, Integers16 } from '../../intrinsics.ts';
import { sha256 } from '../../sha256.ts';
import type { View } from '../../view.ts';

const LETTERS = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Digits and letters without those that look alike: 0, O, I and l. */
export const BASE58 = alphabet(LETTERS);

/** The same characters in the order of the XRP Ledger. */
const LEDGER_LETTERS = 'rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz';

/** What its characters are worth, and the first bytes that are looked for: before the checksum, which takes a few microseconds. */
export interface Base58 {
  readonly values: Int16Array;
  readonly versions: readonly number[];
}

function valuesOf(letters: string): Int16Array {
  const values = new Integers16(128);
  for (let value = 0; value < 58; value++) values[codeAt(letters, value)] = value;
  return values;
}

const VALUES = valuesOf(LETTERS);
const LEDGER_VALUES = valuesOf(LEDGER_LETTERS);

/** Addresses of Bitcoin, its test network, Litecoin and its test network, Dogecoin, Dash, Tron, Zcash. */
export const ADDRESS: Base58 = { values: VALUES, versions: [0, 5, 111, 196, 48, 50, 58, 30, 22, 76, 16, 65, 28] };
/** Private keys of Bitcoin and its test network, Litecoin, Dogecoin, Dash. */
export const WALLET_KEY: Base58 = { values: VALUES, versions: [128, 239, 176, 158, 204] };
export const LEDGER_ADDRESS: Base58 = { values: LEDGER_VALUES, versions: [0] };
export const LEDGER_SEED: Base58 = { values: LEDGER_VALUES, versions: [33] };

const MOST_BYTES = 48;
const bytes = new Bytes(MOST_BYTES);
const hash = new Bytes(32);

/** Whether the text is Base58Check of `size` bytes, checksum included: the last four are the head of the double SHA-256. */
export function isBase58Check(
  view: View,
  from: number,
  to: number,
  size: number,
  { values, versions }: Base58,
): boolean {
  for (let index = 0; index < size; index++) bytes[index] = 0;
  for (let index = from; index < to; index++) {
    let carry = values[view.code(index)] ?? 0;
    for (let place = size - 1; place >= 0; place--) {
      carry += (bytes[place] ?? 0) * 58;
      bytes[place] = carry & 0xff;
      carry >>= 8;
    }
    // More bytes than there may be.
    if (carry !== 0) return false;
  }
  if (!isVersion(versions, bytes[0] ?? 0)) return false;
  sha256(bytes, size - 4, hash);
  sha256(hash, 32, hash);
  for (let index = 0; index < 4; index++) if (hash[index] !== bytes[size - 4 + index]) return false;
  return true;
}

function isVersion(versions: readonly number[], byte: number): boolean {
  for (let index = 0; index < versions.length; index++) if (versions[index] === byte) return true;
  return false;
}
