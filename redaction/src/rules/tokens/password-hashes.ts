import { ALNUM, alphabet, BASE64, DIGIT, HEX_LOWER } from '../../alphabet.ts';
import { exactly, run, type TokenFormat } from './token-format.ts';

/** Base64 of crypt(3). */
const CRYPT = alphabet('./0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
/** Parameters of the PHC string format. */
const PARAMETERS = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,=-');
/** Its base64, in which Passlib writes a dot for the plus. */
const SALT = alphabet('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/+.=');

const KIND = 'password-hash';
const PHC = 'https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md';

/** Hashes of passwords with their salt: who has one can guess the password offline. Digests of other things stay. */
export const PASSWORD_HASHES: readonly TokenFormat[] = [
  {
    kind: KIND,
    what: 'Hashes of passwords by bcrypt',
    source: 'N. Provos, D. Mazières, "A Future-Adaptable Password Scheme" (USENIX 1999); crypt(5)',
    prefixes: ['$2a$', '$2b$', '$2x$', '$2y$'],
    parts: [exactly(DIGIT, 2), '$', exactly(CRYPT, 53)],
  },
  {
    kind: KIND,
    what: 'Hashes of passwords by Argon2, scrypt, PBKDF2 and bcrypt in the PHC string format',
    source: PHC,
    prefixes: [
      '$argon2id$',
      '$argon2i$',
      '$argon2d$',
      '$scrypt$',
      '$pbkdf2-sha256$',
      '$pbkdf2-sha512$',
      '$pbkdf2$',
      '$bcrypt-sha256$',
    ],
    parts: [run(PARAMETERS, 1), '$', run(SALT, 8), '$', run(SALT, 16)],
  },
  {
    kind: KIND,
    what: 'The same with a version before the parameters',
    source: PHC,
    prefixes: ['$argon2id$v=', '$argon2i$v=', '$argon2d$v='],
    parts: [run(DIGIT, 1), '$', run(PARAMETERS, 1), '$', run(SALT, 8), '$', run(SALT, 16)],
  },
  {
    kind: KIND,
    what: 'Hashes of passwords by crypt with SHA-256 and SHA-512',
    source: 'U. Drepper, "Unix crypt using SHA-256 and SHA-512"; crypt(5)',
    prefixes: ['$5$', '$6$'],
    parts: [run(CRYPT, 1, 16), '$', run(CRYPT, 43, 86)],
  },
  {
    kind: KIND,
    what: 'The same with a number of rounds',
    source: 'U. Drepper, "Unix crypt using SHA-256 and SHA-512"; crypt(5)',
    prefixes: ['$5$rounds=', '$6$rounds='],
    parts: [run(DIGIT, 4, 9), '$', run(CRYPT, 1, 16), '$', run(CRYPT, 43, 86)],
  },
  {
    kind: KIND,
    what: 'Hashes of passwords by crypt with MD5, also those of Apache',
    source: 'crypt(5); https://httpd.apache.org/docs/current/misc/password_encryptions.html',
    prefixes: ['$1$', '$apr1$'],
    parts: [run(CRYPT, 1, 8), '$', exactly(CRYPT, 22)],
  },
  {
    kind: KIND,
    what: 'Hashes of passwords by yescrypt',
    source: 'https://www.openwall.com/yescrypt/; crypt(5)',
    prefixes: ['$y$', '$gy$'],
    parts: [run(CRYPT, 3, 12), '$', run(CRYPT, 1, 86), '$', exactly(CRYPT, 43)],
  },
  {
    kind: KIND,
    what: 'Hashes of passwords by scrypt in crypt',
    source: 'crypt(5)',
    prefixes: ['$7$'],
    parts: [run(CRYPT, 11, 97), '$', exactly(CRYPT, 43)],
  },
  {
    kind: KIND,
    what: 'Hashes of passwords by HMAC-SHA1 in crypt',
    source: 'crypt(5)',
    prefixes: ['$sha1$'],
    parts: [run(DIGIT, 1, 10), '$', run(CRYPT, 1, 64), '$', exactly(CRYPT, 28)],
  },
  {
    kind: KIND,
    what: 'Hashes of passwords of Django',
    source: 'https://docs.djangoproject.com/en/stable/topics/auth/passwords/',
    prefixes: ['pbkdf2_sha256$', 'pbkdf2_sha1$'],
    parts: [run(DIGIT, 4, 8), '$', run(CRYPT, 1, 64), '$', run(BASE64, 27)],
  },
  {
    kind: KIND,
    what: 'Hashes of passwords of Werkzeug',
    source: 'https://werkzeug.palletsprojects.com/en/stable/utils/#werkzeug.security.generate_password_hash',
    prefixes: ['scrypt:32768:8:1$', 'pbkdf2:sha256:600000$', 'pbkdf2:sha256:1000000$', 'pbkdf2:sha256:260000$'],
    parts: [run(ALNUM, 4, 64), '$', run(HEX_LOWER, 40)],
  },
  {
    kind: KIND,
    what: 'Hashes of passwords in directories',
    source: 'RFC 2307 section 5.3; https://www.openldap.org/faq/data/cache/347.html',
    prefixes: ['{SSHA}', '{SHA}', '{SMD5}', '{SSHA256}', '{SSHA512}', '{PBKDF2-SHA256}', '{PBKDF2-SHA512}'],
    parts: [run(BASE64, 24)],
  },
];
