/** A set of ASCII characters. `id` is its place in the run cache of an examined text. */
export interface Alphabet {
  readonly id: number;
  /** 1 for a member, by UTF-16 code unit below 128. */
  readonly has: Uint8Array;
  /** Letters and digits only. */
  readonly plain: boolean;
}

let made = 0;

const DIGITS = '0123456789';
const SMALL = 'abcdefghijklmnopqrstuvwxyz';
const CAPITAL = SMALL.toUpperCase();

export function alphabet(members: string): Alphabet {
  const has = new Uint8Array(128);
  let plain = true;
  for (let index = 0; index < members.length; index++) {
    const code = members.charCodeAt(index);
    has[code] = 1;
    const letter = (code | 32) - 97;
    if (!(code >= 48 && code <= 57) && !(letter >= 0 && letter < 26)) plain = false;
  }
  return { id: made++, has, plain };
}

export const DIGIT = alphabet(DIGITS);
export const LOWER = alphabet(SMALL);
export const UPPER = alphabet(CAPITAL);
export const LETTER = alphabet(SMALL + CAPITAL);
export const HEX_LOWER = alphabet(`${DIGITS}abcdef`);
export const HEX = alphabet(`${DIGITS}abcdefABCDEF`);
export const LOWER_ALNUM = alphabet(DIGITS + SMALL);
export const UPPER_ALNUM = alphabet(DIGITS + CAPITAL);
export const ALNUM = alphabet(DIGITS + SMALL + CAPITAL);
/** RFC 4648 section 6. */
export const BASE32 = alphabet(`${CAPITAL}234567`);
/** RFC 4648 section 4, with the padding. */
export const BASE64 = alphabet(`${DIGITS + SMALL + CAPITAL}+/=`);
/** RFC 4648 section 5. */
export const BASE64URL = alphabet(`${DIGITS + SMALL + CAPITAL}-_`);
/** `b64token` of RFC 6750 section 2.1. */
export const TOKEN68 = alphabet(`${DIGITS + SMALL + CAPITAL}-._~+/=`);
export const WORD = alphabet(`${DIGITS + SMALL + CAPITAL}_`);

/** How many alphabets exist: the size of a run cache. Read it when all rules are loaded. */
export function alphabetCount(): number {
  return made;
}
