import { alphabet } from '../alphabet.ts';
import type { Rule } from '../rule.ts';
import type { View } from '../view.ts';

/** Base64 of crypt, of RFC 4648 and of URLs, and what separates the fields. */
const BODY = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./+=,-_$');
const HASH = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./+=-_');
/** UTF-16 code units of salt, parameters and hash. */
const LONGEST = 256;
const BEFORE = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');

const DOLLAR = 36;
const BRACE = 123;

interface Scheme {
  readonly begin: string;
  /** UTF-16 code units of the whole at least, and of its last field. */
  readonly shortest: number;
  readonly last: number;
}

/** The identifiers of the modular crypt format and of PHC strings, of Django and of LDAP (RFC 2307). */
const SCHEMES: readonly Scheme[] = [
  { begin: '$2a$', shortest: 60, last: 53 },
  { begin: '$2b$', shortest: 60, last: 53 },
  { begin: '$2x$', shortest: 60, last: 53 },
  { begin: '$2y$', shortest: 60, last: 53 },
  { begin: '$argon2', shortest: 40, last: 16 },
  { begin: '$scrypt$', shortest: 40, last: 20 },
  { begin: '$7$', shortest: 40, last: 40 },
  { begin: '$pbkdf2', shortest: 40, last: 20 },
  { begin: '$bcrypt-sha256$', shortest: 60, last: 30 },
  { begin: '$apr1$', shortest: 29, last: 22 },
  { begin: '$1$', shortest: 26, last: 22 },
  { begin: '$5$', shortest: 47, last: 43 },
  { begin: '$6$', shortest: 90, last: 86 },
  { begin: '$y$', shortest: 50, last: 43 },
  { begin: '$gy$', shortest: 50, last: 43 },
  { begin: '$sha1$', shortest: 36, last: 28 },
  { begin: 'pbkdf2_sha256$', shortest: 60, last: 43 },
  { begin: 'pbkdf2_sha1$', shortest: 40, last: 27 },
  { begin: 'bcrypt_sha256$', shortest: 70, last: 53 },
  { begin: 'bcrypt$', shortest: 60, last: 53 },
  { begin: '{SSHA}', shortest: 34, last: 28 },
  { begin: '{SHA}', shortest: 33, last: 28 },
  { begin: '{SMD5}', shortest: 30, last: 24 },
  { begin: '{SSHA256}', shortest: 52, last: 43 },
  { begin: '{SSHA512}', shortest: 96, last: 87 },
  { begin: '{CRYPT}', shortest: 20, last: 11 },
];

/** A hash of a password is tried out against lists of passwords: whoever has it has most of them. */
export const passwordHash: Rule = {
  kind: 'password-hash',
  what: 'Hashes of passwords: bcrypt, argon2, scrypt, PBKDF2, those of crypt, of Django and of LDAP',
  source:
    'https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md, crypt(5), RFC 9106, RFC 2307 section 5.3, https://docs.djangoproject.com/en/5.2/topics/auth/passwords/',
  // Without the sign before it, which is frequent in code.
  anchors: SCHEMES.map(({ begin }) => begin.slice(signOf(begin))),
  match(view, at) {
    const before = view.code(at - 1);
    const begin = before === DOLLAR || before === BRACE ? at - 1 : at;
    if (view.isBehind(BEFORE, begin)) return undefined;
    for (let index = 0; index < SCHEMES.length; index++) {
      const scheme = SCHEMES[index];
      if (scheme === undefined || !view.startsWith(scheme.begin, begin)) continue;
      const from = lastField(view, begin + scheme.begin.length);
      const to = view.runEnd(HASH, from);
      return to - begin >= scheme.shortest && to - from >= scheme.last ? [{ from: begin, to }] : undefined;
    }
    return undefined;
  },
};

/** Where the last field begins, which has no comma, as parameters do. */
function lastField(view: View, from: number): number {
  let index = view.runEnd(BODY, from);
  if (index - from > LONGEST) index = from + LONGEST;
  while (index > from && view.code(index - 1) !== DOLLAR) index--;
  return index;
}

function signOf(begin: string): number {
  const first = begin.charCodeAt(0);
  return first === DOLLAR || first === BRACE ? 1 : 0;
}
