import { alphabet, BASE64, BASE64URL } from '../alphabet.ts';
import { codeAt, indexOf } from '../intrinsics.ts';
import type { Rule } from '../rule.ts';
import { decodeBase64 } from './base64.ts';

/** Bytes that are decoded to read the label of a key, or the beginning of a token. */
const HEAD_BYTES = 96;
/** Characters of the shortest JWT: a header that names an algorithm, and a little more. */
const SHORTEST_JWT = 40;
const PUTTY = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/= \t\r\n\\');

/** A key file that was encoded once more, for an environment variable or a Kubernetes secret. */
const encodedPem: Rule = {
  kind: 'private-key',
  what: 'Private keys in PEM that are encoded in base64 as a whole',
  source: 'RFC 7468 section 10, RFC 4648 section 4',
  // base64 of `-----BEGIN`.
  anchors: ['LS0tLS1CRUdJTi'],
  match(view, at) {
    const to = view.runEnd(BASE64, at);
    const head = decodeBase64(view, at, to, HEAD_BYTES);
    return head !== undefined && indexOf(head, 'PRIVATE KEY', 0) > 0 ? [{ from: at, to }] : undefined;
  },
};

const encodedJwt: Rule = {
  kind: 'jwt',
  what: 'JSON Web Tokens that are encoded in base64 as a whole',
  source: 'RFC 7519, RFC 4648 section 4',
  // base64 of `eyJ`.
  anchors: ['ZXlK'],
  match(view, at) {
    const to = view.runEnd(BASE64, at);
    const head = decodeBase64(view, at, to, HEAD_BYTES);
    if (head === undefined || head.length < SHORTEST_JWT) return undefined;
    for (let index = 0; index < head.length; index++) {
      const code = codeAt(head, index);
      if (code >= 128 || (BASE64URL.has[code] !== 1 && code !== DOT)) return undefined;
    }
    return [{ from: at, to }];
  },
};

const putty: Rule = {
  kind: 'private-key',
  what: 'The private lines of a PuTTY key file',
  source: 'https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html',
  anchors: ['Private-Lines:'],
  match(view, at) {
    let from = at + 14;
    while (from - at < 24 && view.code(from) > 0 && (view.code(from) <= 57 || view.code(from) === BACKSLASH)) {
      // A written line break is two characters.
      from += view.code(from) === BACKSLASH ? 2 : 1;
    }
    let to = view.runEnd(PUTTY, from);
    // `Private-MAC:` begins like base64.
    if (view.code(to) === DASH) while (to > from && view.code(to - 1) > 32 && view.code(to - 1) !== BACKSLASH) to--;
    while (to > from && (view.code(to - 1) <= 32 || view.code(to - 1) === BACKSLASH)) to--;
    return to - from < 8 ? undefined : [{ from, to }];
  },
};

export const ENCODED_KEYS: readonly Rule[] = [encodedPem, encodedJwt, putty];

const DASH = 45;
const DOT = 46;
const BACKSLASH = 92;
