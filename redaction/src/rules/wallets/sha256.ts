import { Bytes, Integers32 } from '../../intrinsics.ts';

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

/**
 * SHA-256 of the first `length` bytes of `data`, at most 55 so that they fit one block, into `out`. The built-in one is
 * not taken: this package runs inside of an application that may have replaced it.
 */
export function sha256(data: Uint8Array, length: number, out: Uint8Array): void {
  for (let index = 0; index < 64; index++) block[index] = index < length ? (data[index] ?? 0) : 0;
  block[length] = 0x80;
  block[62] = (length * 8) >> 8;
  block[63] = length * 8;
  for (let word = 0; word < 16; word++) {
    const at = word * 4;
    schedule[word] =
      ((block[at] ?? 0) << 24) | ((block[at + 1] ?? 0) << 16) | ((block[at + 2] ?? 0) << 8) | (block[at + 3] ?? 0);
  }
  for (let word = 16; word < 64; word++) {
    const early = schedule[word - 15] ?? 0;
    const late = schedule[word - 2] ?? 0;
    const small = turned(early, 7) ^ turned(early, 18) ^ (early >>> 3);
    const large = turned(late, 17) ^ turned(late, 19) ^ (late >>> 10);
    schedule[word] = ((schedule[word - 16] ?? 0) + small + (schedule[word - 7] ?? 0) + large) | 0;
  }
  let a = START[0] ?? 0;
  let b = START[1] ?? 0;
  let c = START[2] ?? 0;
  let d = START[3] ?? 0;
  let e = START[4] ?? 0;
  let f = START[5] ?? 0;
  let g = START[6] ?? 0;
  let h = START[7] ?? 0;
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
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
  state[4] = e;
  state[5] = f;
  state[6] = g;
  state[7] = h;
  for (let word = 0; word < 8; word++) {
    const value = ((state[word] ?? 0) + (START[word] ?? 0)) | 0;
    for (let byte = 0; byte < 4; byte++) out[word * 4 + byte] = value >>> (24 - byte * 8);
  }
}

function turned(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}
