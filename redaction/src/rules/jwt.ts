import { BASE64, BASE64URL } from '../alphabet.ts';
import { indexOf } from '../intrinsics.ts';
import type { Rule } from '../rule.ts';
import { decodeBase64 } from './base64.ts';

/** Bytes of a header that are decoded to find `alg`: headers with a certificate chain are longer, and name it early. */
const HEADER_BYTES = 1024;

export const jwt: Rule = {
  kind: 'jwt',
  what: 'JSON Web Tokens (signed, encrypted, unsecured; also cut off): the header is decoded and must name an algorithm',
  source: 'RFC 7515 section 3.1, RFC 7516 section 3.1, RFC 7519',
  // base64url of `{"`, of `{ ` and of `{` with a line break behind it.
  anchors: ['eyJ', 'eyA', 'ewo', 'ew0'],
  match(view, at) {
    if (view.isBehind(BASE64, at) || view.isBehind(BASE64URL, at)) {
      // Inside other encoded text; but `=` is also what stands before a value.
      if (view.code(at - 1) !== EQUALS) return undefined;
    }
    const headerEnd = view.runEnd(BASE64URL, at);
    const cut = headerEnd === view.end;
    if (!cut && view.code(headerEnd) !== DOT) return undefined;
    const header = decodeBase64(view, at, headerEnd, HEADER_BYTES);
    if (header === undefined || indexOf(header, '"alg"', 0) < 0) return undefined;
    let to = headerEnd;
    // Three parts, or the five of an encrypted token; any may be empty, and the last may be cut off.
    for (let parts = 1; parts < 5 && view.code(to) === DOT; parts++) to = view.runEnd(BASE64URL, to + 1);
    return [{ from: at, to }];
  },
};

const DOT = 46;
const EQUALS = 61;
