/**
 * HMAC-SHA-256 (RFC 2104, FIPS 180-4) in plain arithmetic. `node:crypto` would cost the host several milliseconds at its
 * start, and its methods can be replaced by the application. For short texts: some microseconds each.
 */

const BLOCK = 64;
const K = roundConstants();
const codeAt = Function.prototype.call.bind(String.prototype.charCodeAt) as (text: string, index: number) => number;
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The first `characters` of the digest in base64url; at most 40. */
export function hmac(key: string, text: string, characters: number): string {
  let secret = utf8(key);
  if (secret.length > BLOCK) secret = sha256(secret);
  const inner: number[] = [];
  const outer: number[] = [];
  for (let i = 0; i < BLOCK; i++) {
    inner[i] = (secret[i] ?? 0) ^ 0x36;
    outer[i] = (secret[i] ?? 0) ^ 0x5c;
  }
  const digest = sha256(joined(outer, sha256(joined(inner, utf8(text)))));
  let shown = '';
  for (let i = 0; shown.length < characters; i += 3) {
    const word = ((digest[i] ?? 0) << 16) | ((digest[i + 1] ?? 0) << 8) | (digest[i + 2] ?? 0);
    for (let shift = 18; shift >= 0 && shown.length < characters; shift -= 6) shown += BASE64URL[(word >>> shift) & 63];
  }
  return shown;
}

function joined(head: number[], tail: readonly number[]): number[] {
  const from = head.length;
  for (let i = 0; i < tail.length; i++) head[from + i] = tail[i] ?? 0;
  return head;
}

/** A lone surrogate becomes three bytes of its own: equal texts stay equal. */
function utf8(text: string): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    let code = codeAt(text, i);
    const next = i + 1 < text.length ? codeAt(text, i + 1) : 0;
    if (code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
      i++;
    }
    const at = bytes.length;
    if (code < 0x80) bytes[at] = code;
    else if (code < 0x800) {
      bytes[at] = 0xc0 | (code >> 6);
      bytes[at + 1] = 0x80 | (code & 63);
    } else if (code < 0x10000) {
      bytes[at] = 0xe0 | (code >> 12);
      bytes[at + 1] = 0x80 | ((code >> 6) & 63);
      bytes[at + 2] = 0x80 | (code & 63);
    } else {
      bytes[at] = 0xf0 | (code >> 18);
      bytes[at + 1] = 0x80 | ((code >> 12) & 63);
      bytes[at + 2] = 0x80 | ((code >> 6) & 63);
      bytes[at + 3] = 0x80 | (code & 63);
    }
  }
  return bytes;
}

function sha256(bytes: number[]): number[] {
  const bits = bytes.length * 8;
  const padded = joined([], bytes);
  padded[padded.length] = 0x80;
  while (padded.length % BLOCK !== 56) padded[padded.length] = 0;
  for (let shift = 56; shift >= 0; shift -= 8) {
    // Lengths stay far below 2^32 bits: the upper half is zero.
    padded[padded.length] = shift >= 32 ? 0 : (bits >>> shift) & 0xff;
  }
  const h = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
  const w: number[] = [];
  for (let from = 0; from < padded.length; from += BLOCK) compress(h, w, padded, from);
  const digest: number[] = [];
  for (let i = 0; i < 32; i++) digest[i] = ((h[i >> 2] ?? 0) >>> (24 - (i & 3) * 8)) & 0xff;
  return digest;
}

function compress(h: number[], w: number[], bytes: readonly number[], from: number): void {
  for (let i = 0; i < 16; i++) {
    const at = from + i * 4;
    w[i] = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  }
  for (let i = 16; i < 64; i++) {
    const a = w[i - 15] ?? 0;
    const b = w[i - 2] ?? 0;
    const s0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
    const s1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
    w[i] = ((w[i - 16] ?? 0) + s0 + (w[i - 7] ?? 0) + s1) | 0;
  }
  let a = h[0] ?? 0;
  let b = h[1] ?? 0;
  let c = h[2] ?? 0;
  let d = h[3] ?? 0;
  let e = h[4] ?? 0;
  let f = h[5] ?? 0;
  let g = h[6] ?? 0;
  let last = h[7] ?? 0;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (last + s1 + ((e & f) ^ (~e & g)) + (K[i] ?? 0) + (w[i] ?? 0)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    last = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  const added = [a, b, c, d, e, f, g, last];
  for (let i = 0; i < 8; i++) h[i] = ((h[i] ?? 0) + (added[i] ?? 0)) | 0;
}

function rotate(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

/** The first 32 bits of the fractions of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
function roundConstants(): number[] {
  const constants: number[] = [];
  for (let n = 2; constants.length < 64; n++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) prime = false;
    if (prime) constants.push(((Math.cbrt(n) % 1) * 2 ** 32) | 0);
  }
  return constants;
}
