import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { hidesEverywhere, stays } from './hiding.ts';

/** Of crypt, and of RFC 4648. */
const base64 = (length: number) => 'aB3./dE5gH7jK9mN1pQ3'.repeat(10).slice(0, length);
const standard = (length: number) => base64(length).replaceAll('.', '+');

test(proves('redaction:names', 'hashes of passwords are hidden, whatever they are called'), () => {
  for (const hash of [
    `$2b$10$${base64(53)}`,
    `$2a$12$${base64(53)}`,
    `$2y$10$${base64(53)}`,
    `$argon2id$v=19$m=65536,t=3,p=4$${base64(22)}$${base64(43)}`,
    `$argon2i$m=512,t=2$${base64(16)}$${base64(22)}`,
    `$scrypt$ln=16,r=8,p=1$${base64(22)}$${base64(43)}`,
    `$pbkdf2-sha256$29000$${base64(22)}$${base64(43)}`,
    `pbkdf2_sha256$600000$${base64(22)}$${standard(43)}=`,
    `$apr1$${base64(8)}$${base64(22)}`,
    `$1$${base64(8)}$${base64(22)}`,
    `$5$rounds=5000$${base64(8)}$${base64(43)}`,
    `$6$${base64(16)}$${base64(86)}`,
    `$y$j9T$${base64(22)}$${base64(43)}`,
    `$7$CU..../....${base64(22)}$${base64(43)}`,
    `$sha1$40000$${base64(8)}$${base64(28)}`,
    `$bcrypt-sha256$v=2,t=2b,r=12$${base64(22)}$${base64(31)}`,
    `{SSHA}${standard(32)}`,
  ])
    hidesEverywhere(hash, 'password-hash');
});

test(proves('redaction:ordinary', 'what only begins like a hash of a password stays'), () => {
  stays(
    `$2b$10$${base64(20)}`,
    '$argon2id$v=19',
    'costs $1$ or $5$ or $6$',
    '`${a}$1$${b}`',
    'replace(x, "$1$2")',
    `a$2b$10$${base64(20)}`,
    '{SSHA}',
    '{SHA} of it',
    'pbkdf2_sha256$',
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
});
