import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** Characters of a password. The upper bound keeps what is hashed small. */
export const PASSWORD_LENGTH = { min: 12, max: 256 } as const;

/** 2^15, r 8, p 3: OWASP's cost for scrypt in 32 MiB. Stored with each hash, so that it can be raised. */
const COST = { ln: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** The form of the PHC string format. */
const STORED = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

export interface PasswordTurns {
  /** Hashes computed at once: each takes 32 MiB and a thread of the pool, which files and DNS need as well. */
  readonly atOnce: number;
  /** Those that wait for it; more are refused at once. */
  readonly waiting: number;
}

const PEOPLE: PasswordTurns = { atOnce: 2, waiting: 20 };
/** Apart from who signs in, so that an admin who makes many accounts keeps nobody of another organization out. */
export const ADMINISTRATORS: PasswordTurns = { atOnce: 1, waiting: 10 };

/** So many hashes are asked for at once that another would have to wait too long. */
export class PasswordsBusy extends Error {
  override readonly name = 'PasswordsBusy';
}

/** Both reject with `PasswordsBusy`. */
export interface Passwords {
  /** As it is stored, with its salt and cost. */
  hash(password: string): Promise<string>;
  /** Takes as long where there is no hash as where there is one, so that time does not tell which accounts exist. */
  verify(password: string, stored: string | undefined): Promise<boolean>;
}

/** Why a text is no good as a password, in a sentence; undefined where it is. */
export function passwordProblem(password: string, email: string): string | undefined {
  const { min, max } = PASSWORD_LENGTH;
  if (password.length < min) return `A password has at least ${min} characters.`;
  if (password.length > max) return `A password has at most ${max} characters.`;
  if (password.toLowerCase().includes(email.toLowerCase())) return 'A password does not hold the e-mail address.';
  return new Set(password).size < 5 ? 'A password has at least 5 different characters.' : undefined;
}

/** One that an administrator hands over: 100 random bits in groups that can be read out. */
export function randomPassword(random: (bytes: number) => Buffer): string {
  // 32 characters, so that a byte picks one without bias; none that is taken for another.
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  const characters = [...random(20)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return characters.replace(/(.{5})(?!$)/g, '$1-');
}

export function createPasswords(most: PasswordTurns = PEOPLE): Passwords {
  const turns = createTurns(most);
  const dummy = encode(COST, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));

  return {
    hash: (password) =>
      turns(async () => {
        const salt = randomBytes(SALT_BYTES);
        return encode(COST, salt, await derive(password, salt, COST));
      }),
    verify: (password, stored) =>
      turns(async () => {
        const { cost, salt, hash } = decode(stored ?? dummy);
        const same = timingSafeEqual(await derive(password, salt, cost), hash);
        return same && stored !== undefined;
      }),
  };
}

type Cost = typeof COST;

function derive(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
  // Keyboards of different systems write the same letter in different ways (NIST SP 800-63B, 3.1.1.2).
  const text = password.normalize('NFKC');
  return new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function encode({ ln, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$${base64(salt)}$${base64(hash)}`;
}

function decode(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } {
  const [, ln, r, p, salt = '', hash = ''] = STORED.exec(stored) ?? [];
  const decoded = Buffer.from(hash, 'base64');
  if (decoded.length !== HASH_BYTES) throw new Error('a stored password has no form that this version knows');
  return { cost: { ln: Number(ln), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, 'base64'), hash: decoded };
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

/** Runs what it is given, a few at once and the others after them. */
function createTurns({
  atOnce,
  waiting: most,
}: PasswordTurns): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= most) throw new PasswordsBusy('too many passwords are hashed at once');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running++;
    try {
      return await work();
    } finally {
      // The place goes to the next one, or is free.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
