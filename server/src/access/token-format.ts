import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { TokenKind } from './caller.ts';

/** 24 bytes: at least the 192 random bits that the contract asks for. */
const RANDOM_BYTES = 24;
/** 24 bytes as base64url. */
const RANDOM_CHARACTERS = 32;
/** A CRC-32 as base 36, padded: tells a mistyped token without a look-up, and lets scanners drop false alarms. */
const CHECKSUM_CHARACTERS = 7;

const PREFIXES: Readonly<Record<TokenKind, string>> = { mcp: 'bore_mcp_', agent: 'bore_agt_', admin: 'bore_adm_' };

const SHAPE = new RegExp(
  `^bore_(mcp|agt|adm)_([A-Za-z0-9_-]{${RANDOM_CHARACTERS}})([0-9a-z]{${CHECKSUM_CHARACTERS}})$`,
);

/** The plaintext of a new token. `random` gives that many unpredictable bytes. */
export function mintToken(kind: TokenKind, random: (bytes: number) => Buffer): string {
  const body = PREFIXES[kind] + random(RANDOM_BYTES).toString('base64url');
  return body + checksum(body);
}

/** The kind that a text claims, where it has the form and the checksum of a token; nothing is looked up. */
export function tokenKind(text: string): TokenKind | undefined {
  const match = SHAPE.exec(text);
  if (match === null) return undefined;
  const [, , , sum = ''] = match;
  if (checksum(text.slice(0, -sum.length)) !== sum) return undefined;
  if (text.startsWith(PREFIXES.mcp)) return 'mcp';
  return text.startsWith(PREFIXES.agent) ? 'agent' : 'admin';
}

/** SHA-256, hex: the only form in which a token is stored. 192 random bits need no slow hash. */
export function tokenHash(plaintext: string): string {
  return createHash('sha256').update(plaintext).digest('hex');
}

function checksum(text: string): string {
  return crc32(text).toString(36).padStart(CHECKSUM_CHARACTERS, '0');
}
