import { Bytes, Integers32 } from '../../intrinsics.ts';

/** Bytes that one permutation takes in: 1600 bits less twice the length of the hash. */
const RATE = 136;
const ROUNDS = 24;

/** The Keccak reference, section 1.2: constants of iota, as pairs of a high and a low half, by its shift register. */
const IOTA = new Int32Array(2 * ROUNDS);
/** Offsets of rho, and the places that pi moves lanes to, along the path on which the reference gives them. */
const RHO = new Int32Array(24);
const PI = new Int32Array(24);
let register = 1;
for (let round = 0; round < ROUNDS; round++) {
  for (let power = 0; power < 7; power++) {
    const bit = 2 ** power - 1;
    const half = 2 * round + (bit < 32 ? 1 : 0);
    if ((register & 1) === 1) IOTA[half] = (IOTA[half] ?? 0) ^ (1 << (bit % 32));
    register = (register << 1) ^ ((register >> 7) * 0x171);
  }
}
for (let step = 0, x = 1, y = 0; step < 24; step++) {
  RHO[step] = (((step + 1) * (step + 2)) / 2) % 64;
  [x, y] = [y, (2 * x + 3 * y) % 5];
  PI[step] = x + 5 * y;
}

const high = new Integers32(25);
const low = new Integers32(25);
const columnHigh = new Integers32(5);
const columnLow = new Integers32(5);
const block = new Bytes(RATE);

/** Keccak-256, as Ethereum has it (the padding is not that of SHA-3), of at most 135 bytes. */
export function keccak256(data: Uint8Array, length: number, out: Uint8Array): void {
  for (let index = 0; index < RATE; index++) block[index] = index < length ? (data[index] ?? 0) : 0;
  block[length] = (block[length] ?? 0) | 1;
  block[RATE - 1] = (block[RATE - 1] ?? 0) | 0x80;
  for (let lane = 0; lane < 25; lane++) {
    low[lane] = lane * 8 < RATE ? wordAt(lane * 8) : 0;
    high[lane] = lane * 8 < RATE ? wordAt(lane * 8 + 4) : 0;
  }
  for (let round = 0; round < ROUNDS; round++) permute(round);
  for (let byte = 0; byte < 32; byte++) {
    const half = byte % 8 < 4 ? low : high;
    out[byte] = (half[byte >> 3] ?? 0) >>> ((byte % 4) * 8);
  }
}

function wordAt(at: number): number {
  return (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8) | ((block[at + 2] ?? 0) << 16) | ((block[at + 3] ?? 0) << 24);
}

function permute(round: number): void {
  // Theta.
  for (let x = 0; x < 5; x++) {
    columnHigh[x] = parity(high, x);
    columnLow[x] = parity(low, x);
  }
  for (let x = 0; x < 5; x++) {
    const nextHigh = columnHigh[(x + 1) % 5] ?? 0;
    const nextLow = columnLow[(x + 1) % 5] ?? 0;
    const mixHigh = (columnHigh[(x + 4) % 5] ?? 0) ^ ((nextHigh << 1) | (nextLow >>> 31));
    const mixLow = (columnLow[(x + 4) % 5] ?? 0) ^ ((nextLow << 1) | (nextHigh >>> 31));
    for (let lane = x; lane < 25; lane += 5) {
      high[lane] = (high[lane] ?? 0) ^ mixHigh;
      low[lane] = (low[lane] ?? 0) ^ mixLow;
    }
  }
  // Rho and pi.
  let heldHigh = high[1] ?? 0;
  let heldLow = low[1] ?? 0;
  for (let step = 0; step < 24; step++) {
    const place = PI[step] ?? 0;
    const by = RHO[step] ?? 0;
    const small = by % 32;
    const turnedHigh = small === 0 ? heldHigh : (heldHigh << small) | (heldLow >>> (32 - small));
    const turnedLow = small === 0 ? heldLow : (heldLow << small) | (heldHigh >>> (32 - small));
    heldHigh = high[place] ?? 0;
    heldLow = low[place] ?? 0;
    high[place] = by < 32 ? turnedHigh : turnedLow;
    low[place] = by < 32 ? turnedLow : turnedHigh;
  }
  // Chi and iota.
  chi(high);
  chi(low);
  high[0] = (high[0] ?? 0) ^ (IOTA[2 * round] ?? 0);
  low[0] = (low[0] ?? 0) ^ (IOTA[2 * round + 1] ?? 0);
}

function parity(half: Int32Array, x: number): number {
  return (half[x] ?? 0) ^ (half[x + 5] ?? 0) ^ (half[x + 10] ?? 0) ^ (half[x + 15] ?? 0) ^ (half[x + 20] ?? 0);
}

function chi(half: Int32Array): void {
  for (let row = 0; row < 25; row += 5) {
    const first = half[row] ?? 0;
    const second = half[row + 1] ?? 0;
    for (let x = 0; x < 5; x++) {
      const next = x < 4 ? (half[row + x + 1] ?? 0) : first;
      const after = x < 3 ? (half[row + x + 2] ?? 0) : x === 3 ? first : second;
      half[row + x] = (half[row + x] ?? 0) ^ (~next & after);
    }
  }
}
