import { alphabet, BASE64URL } from '../../alphabet.ts';
import type { Rule, Span } from '../../rule.ts';
import type { View } from '../../view.ts';

/** UTF-16 code units between `kty` and a private member: an RSA key of 8,192 bits is shorter. */
const LONGEST_KEY = 8192;
/** The private part of the smallest curve has 43. */
const SHORTEST_MEMBER = 20;
const LONGEST_GAP = 6;
const GAP = alphabet(' "\'\\');

const KIND = 'private-key';

/** Only notes that a JSON Web Key has begun: its members have names that say nothing elsewhere. */
export const jwk: Rule = {
  kind: KIND,
  what: 'Private members of JSON Web Keys, behind `kty`',
  source: 'RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, RFC 8037 section 2',
  anchors: ['kty'],
  match(view, at) {
    if (view.isIn(GAP, at + 3) || view.code(at + 3) === COLON) view.jwk = at;
    return undefined;
  },
};

/** The value of `d`, `p`, `q`, `dp`, `dq`, `qi` or `k`. `at`: the colon behind the name. */
export function jwkMember(view: View, from: number, to: number, at: number): readonly Span[] | undefined {
  if (view.code(at) !== COLON || at - view.jwk > LONGEST_KEY || !isPrivate(view, from, to)) return undefined;
  let value = at + 1;
  while (value - at <= LONGEST_GAP && view.isIn(GAP, value)) value++;
  // Quoted, in JSON and in what a debugger prints.
  if (value === at + 1 || view.isIn(BASE64URL, value - 1)) return undefined;
  const end = view.runEnd(BASE64URL, value);
  return end - value < SHORTEST_MEMBER ? undefined : [{ from: value, to: end, kind: KIND }];
}

function isPrivate(view: View, from: number, to: number): boolean {
  const first = view.code(from);
  if (to - from === 1) return first === LETTER_D || first === LETTER_P || first === LETTER_Q || first === LETTER_K;
  const second = view.code(from + 1);
  return (
    (first === LETTER_D && (second === LETTER_P || second === LETTER_Q)) || (first === LETTER_Q && second === LETTER_I)
  );
}

const COLON = 58;
const LETTER_D = 100;
const LETTER_I = 105;
const LETTER_K = 107;
const LETTER_P = 112;
const LETTER_Q = 113;
