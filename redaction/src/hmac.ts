import { Bytes, codeAt, Integers32 } from './intrinsics.ts';
import { begin, compress, writeDigest } from './sha256.ts';

/** The first `characters` of the code of a text, in base64url; at most 40. */
export type Hmac = (text: string, characters: number) => string;

const BLOCK = 64;
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

// What is being hashed. Nothing else runs in between, and so nothing is made for each text.
const state = new Integers32(8);
const block = new Bytes(BLOCK);
const digest = new Bytes(32);
/** Bytes in the block, and in all. */
let filled = 0;
let total = 0;

/**
 * HMAC-SHA-256 (RFC 2104, FIPS 180-4) of texts as UTF-8, in plain arithmetic: `node:crypto` would cost the host several
 * milliseconds at its start, and the application can replace its methods. Both halves of the key are hashed ahead; a
 * short text takes two blocks.
 */
export function createHmac(key: string): Hmac {
  const secret = new Bytes(BLOCK);
  const inner = new Integers32(8);
  const outer = new Integers32(8);
  enterKey(key, secret);
  enterPad(inner, secret, 0x36);
  enterPad(outer, secret, 0x5c);
  return (text, characters) => {
    goOn(inner);
    addText(text);
    finish();
    goOn(outer);
    for (let index = 0; index < 32; index++) add(digest[index] ?? 0);
    finish();
    return shown(characters);
  };
}

/** Padded with zeros; a key longer than a block is hashed. */
function enterKey(key: string, into: Uint8Array): void {
  begin(state);
  filled = 0;
  total = 0;
  addText(key);
  if (total > BLOCK) {
    finish();
    for (let index = 0; index < 32; index++) into[index] = digest[index] ?? 0;
    return;
  }
  // One of exactly a block has been hashed already, and still stands there.
  for (let index = 0; index < total; index++) into[index] = block[index] ?? 0;
}

function enterPad(into: Int32Array, secret: Uint8Array, pad: number): void {
  for (let index = 0; index < BLOCK; index++) block[index] = (secret[index] ?? 0) ^ pad;
  begin(into);
  compress(into, block);
}

function goOn(from: Int32Array): void {
  for (let word = 0; word < 8; word++) state[word] = from[word] ?? 0;
  filled = 0;
  total = BLOCK;
}

function add(byte: number): void {
  block[filled++] = byte;
  total++;
  if (filled < BLOCK) return;
  compress(state, block);
  filled = 0;
}

/** A lone surrogate becomes three bytes of its own: equal texts stay equal. */
function addText(text: string): void {
  for (let index = 0; index < text.length; index++) {
    let code = codeAt(text, index);
    const next = index + 1 < text.length ? codeAt(text, index + 1) : 0;
    if (code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
      index++;
    }
    if (code < 0x80) add(code);
    else {
      if (code < 0x800) add(0xc0 | (code >> 6));
      else {
        if (code < 0x10000) add(0xe0 | (code >> 12));
        else {
          add(0xf0 | (code >> 18));
          add(0x80 | ((code >> 12) & 63));
        }
        add(0x80 | ((code >> 6) & 63));
      }
      add(0x80 | (code & 63));
    }
  }
}

/** Pads with a bit, zeros, and the length in bits, which stays far below 2^32 and has 64 (FIPS 180-4, 5.1.1). */
function finish(): void {
  const bits = total * 8;
  add(0x80);
  while (filled !== BLOCK - 8) add(0);
  for (let index = 0; index < 4; index++) add(0);
  for (let shift = 24; shift >= 0; shift -= 8) add((bits >>> shift) & 255);
  writeDigest(state, digest);
}

function shown(characters: number): string {
  let text = '';
  for (let index = 0; text.length < characters; index += 3) {
    const word = ((digest[index] ?? 0) << 16) | ((digest[index + 1] ?? 0) << 8) | (digest[index + 2] ?? 0);
    for (let shift = 18; shift >= 0 && text.length < characters; shift -= 6) text += BASE64URL[(word >>> shift) & 63];
  }
  return text;
}
