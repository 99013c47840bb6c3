import { ALNUM, BASE64, DIGIT, LOWER, TOKEN68, UPPER } from '../../alphabet.ts';
import { codeAt, lowerCase } from '../../intrinsics.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { decodeBase64 } from '../base64.ts';
import { behindPlaceholder, isStandIn } from '../stand-in.ts';

/** A shorter word behind `Bearer` is prose: `bearer token`. UTF-16 code units. */
const SHORTEST_TOKEN = 8;
/** From here on a token of letters alone is taken for one. */
const LONG_TOKEN = 24;
/** Bytes of `user:password` that are decoded to find the colon. */
const BASIC_BYTES = 256;

export const bearer: Rule = {
  kind: 'bearer-token',
  what: 'Bearer tokens behind the word `Bearer`; the word stays',
  source: 'RFC 6750 section 2.1',
  anchors: ['Bearer', 'bearer', 'BEARER'],
  match(view, at) {
    const from = behindSpaces(view, at + 6);
    if (from === at + 6) return undefined;
    const to = view.runEnd(TOKEN68, from);
    return looksLikeToken(view, from, to) ? [{ from, to }] : undefined;
  },
};

export const basic: Rule = {
  kind: 'basic-credentials',
  what: 'Base64 of `user:password` behind the word `Basic`; the word stays',
  source: 'RFC 7617 section 2',
  anchors: ['Basic', 'basic', 'BASIC'],
  match(view, at) {
    const from = behindSpaces(view, at + 5);
    if (from === at + 5) return undefined;
    const to = view.runEnd(BASE64, from);
    if (to - from < 4) return undefined;
    const decoded = decodeBase64(view, from, to, BASIC_BYTES);
    return decoded !== undefined && holdsColon(decoded) ? [{ from, to }] : undefined;
  },
};

/** Printable up to its first colon: what RFC 7617 allows for a user name. */
function holdsColon(decoded: string): boolean {
  for (let index = 0; index < decoded.length; index++) {
    const code = codeAt(decoded, index);
    if (code === COLON) return true;
    if (code < 32) return false;
  }
  return false;
}

/** Not a word of prose. */
function looksLikeToken(view: View, from: number, to: number): boolean {
  if (to - from < SHORTEST_TOKEN || isStandIn(view, from, to)) return false;
  let upper = false;
  let lower = false;
  for (let index = from; index < to && index - from < LONG_TOKEN; index++) {
    if (view.isIn(DIGIT, index)) return true;
    if (view.isIn(UPPER, index) && index > from) upper = true;
    if (view.isIn(LOWER, index)) lower = true;
  }
  return to - from >= LONG_TOKEN || (upper && lower);
}

/** IANA's registry of HTTP authentication schemes, and the words that vendors put in the same place. */
const SCHEMES: readonly string[] = [
  'basic',
  'bearer',
  'digest',
  'dpop',
  'gnap',
  'hawk',
  'hoba',
  'mutual',
  'negotiate',
  'ntlm',
  'oauth',
  'privatetoken',
  'scram-sha-1',
  'scram-sha-256',
  'vapid',
  'aws',
  'aws4-hmac-sha256',
  'aws4-ecdsa-p256-sha256',
  'api-key',
  'apikey',
  'bot',
  'flyv1',
  'goog4-hmac-sha256',
  'goog4-rsa-sha256',
  'klaviyo-api-key',
  'sharedkey',
  'sharedaccesssignature',
  'signature',
  'splunk',
  'sso-key',
  'ssws',
  'token',
  'zoho-oauthtoken',
];
const LONGEST_SCHEME = 24;
/** In a query string. */
const ENCODED_SPACE = '%20';

/**
 * The secret part of the value of an `Authorization` header that begins at `from`: all behind the scheme, up to the
 * `closing` quote (-1: none) or the end of the line. Undefined where no scheme is there.
 */
export function credentialsAt(view: View, from: number, closing: number): readonly Span[] | undefined {
  let end = from;
  while (end - from <= LONGEST_SCHEME && (view.isIn(ALNUM, end) || view.code(end) === DASH)) end++;
  const scheme = lowerCase(view.slice(from, end));
  if (!isScheme(scheme)) return undefined;
  const start = view.startsWith(ENCODED_SPACE, end) ? end + ENCODED_SPACE.length : behindSpaces(view, end);
  if (isCode(view, start) || isHeaderEnd(view.code(start), closing)) return [];
  // Nothing parts it from the word: all of it may be one secret.
  if (start === end) return undefined;
  // Outside of quotes one token ends the value; schemes with parameters go on to the end of the line.
  const token = scheme === 'basic' || scheme === 'bearer' || scheme === 'token' || scheme === 'negotiate';
  const hidden = behindPlaceholder(view, start);
  let stop = view.runEnd(TOKEN68, hidden);
  if (token && hidden > start && stop === hidden) return [];
  // `Token token="..."`, as of Rails.
  const hasParameters = scheme === 'token' && view.code(stop) === DOUBLE && view.code(stop - 1) === EQUALS;
  if (closing >= 0 || !token || stop === start || hasParameters) {
    stop = start;
    while (stop < view.end && !isHeaderEnd(view.code(stop), closing)) stop++;
  }
  return isStandIn(view, start, stop) ? [] : [{ from: start, to: stop }];
}

/** A line break, also a written one, or the closing quote. */
export function isHeaderEnd(code: number, closing: number): boolean {
  return code === closing || code === 10 || code === 13 || code === 92 || code < 0;
}

/** `Bearer ${token}` and `Bearer ' + token`: the secret is not in this text. */
function isCode(view: View, at: number): boolean {
  return view.startsWith('${', at) || view.startsWith("'", at) || view.startsWith('"', at) || view.startsWith('`', at);
}

function isScheme(word: string): boolean {
  for (let index = 0; index < SCHEMES.length; index++) if (SCHEMES[index] === word) return true;
  return false;
}

function behindSpaces(view: View, at: number): number {
  let index = at;
  while ((view.code(index) === SPACE || view.code(index) === TAB) && index - at < 8) index++;
  return index;
}

const TAB = 9;
const SPACE = 32;
const DOUBLE = 34;
const DASH = 45;
const COLON = 58;
const EQUALS = 61;
