import { Bytes, Integers32 } from './intrinsics.ts';

/** FIPS 180-4 section 4.2.2: the first 32 bits of the fractions of the cube roots of the first 64 primes. */
const ROUND = new Int32Array(64);
/** Section 5.3.3: the same of the square roots of the first eight. */
const START = new Int32Array(8);
writeConstants();

function writeConstants(): void {
  for (let candidate = 2, found = 0; found < 64; candidate++) {
    if (!isPrime(candidate)) continue;
    ROUND[found] = (Math.cbrt(candidate) % 1) * 2 ** 32;
    if (found < 8) START[found] = (Math.sqrt(candidate) % 1) * 2 ** 32;
    found++;
  }
}

function isPrime(candidate: number): boolean {
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) return false;
  return true;
}

const schedule = new Integers32(64);
const state = new Integers32(8);
const block = new Bytes(64);

/** The state before the first block, into `into`. */
export function begin(into: Int32Array): void {
  for (let word = 0; word < 8; word++) into[word] = START[word] ?? 0;
}

/** The state after one more block of 64 bytes (section 6.2.2). */
export function compress(into: Int32Array, bytes: Uint8Array): void {
  for (let word = 0; word < 16; word++) {
    const at = word * 4;
    schedule[word] =
      ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  }
  for (let word = 16; word < 64; word++) {
    const early = schedule[word - 15] ?? 0;
    const late = schedule[word - 2] ?? 0;
    const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const large = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    schedule[word] = ((schedule[word - 16] ?? 0) + small + (schedule[word - 7] ?? 0) + large) | 0;
  }
  let a = into[0] ?? 0;
  let b = into[1] ?? 0;
  let c = into[2] ?? 0;
  let d = into[3] ?? 0;
  let e = into[4] ?? 0;
  let f = into[5] ?? 0;
  let g = into[6] ?? 0;
  let h = into[7] ?? 0;
  for (let round = 0; round < 64; round++) {
    const chosen = (e & f) ^ (~e & g);
    const first = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + chosen + (ROUND[round] ?? 0)) | 0;
    const sum = (first + (schedule[round] ?? 0)) | 0;
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + sum) | 0;
    d = c;
    c = b;
    b = a;
    a = (sum + second) | 0;
  }
  into[0] = ((into[0] ?? 0) + a) | 0;
  into[1] = ((into[1] ?? 0) + b) | 0;
  into[2] = ((into[2] ?? 0) + c) | 0;
  into[3] = ((into[3] ?? 0) + d) | 0;
  into[4] = ((into[4] ?? 0) + e) | 0;
  into[5] = ((into[5] ?? 0) + f) | 0;
  into[6] = ((into[6] ?? 0) + g) | 0;
  into[7] = ((into[7] ?? 0) + h) | 0;
}

/** The 32 bytes that a state is as a digest, into `out`. */
export function writeDigest(of: Int32Array, out: Uint8Array): void {
  for (let index = 0; index < 32; index++) out[index] = (of[index >> 2] ?? 0) >>> (24 - (index & 3) * 8);
}

/**
 * SHA-256 of the first `length` bytes of `data`, at most 55 so that they fit one block, into `out`. The built-in one is
 * not taken: this package runs inside of an application that may have replaced it.
 */
export function sha256(data: Uint8Array, length: number, out: Uint8Array): void {
  for (let index = 0; index < 64; index++) block[index] = index < length ? (data[index] ?? 0) : 0;
  block[length] = 0x80;
  block[62] = (length * 8) >> 8;
  block[63] = length * 8;
  begin(state);
  compress(state, block);
  writeDigest(state, out);
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
