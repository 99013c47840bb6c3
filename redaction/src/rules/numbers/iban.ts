import { ALNUM, DIGIT } from '../../alphabet.ts';
import { ANYTHING, type Beginnings, createBeginnings, FOLLOWER, slotOf } from '../../beginnings.ts';
import { lowerCase, sliceText } from '../../intrinsics.ts';
import type { Rule } from '../../rule.ts';
import type { View } from '../../view.ts';
import { wordsIn } from '../../words.ts';

/** Country codes with the total length of their numbers. */
const REGISTRY = `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20
  EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28
  LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24
  RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`;
/** Numbers of the same form that banks give out without an entry in the registry. */
const UNREGISTERED = `AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 DZ26 GA27 GQ27 GW25 IR26 KM27 MA28 MG27 ML28 MZ25 NE28
  SN28 TD27 TG28`;

/** Parts of Finland, France and the United Kingdom: the registry has them under their country, some programs do not. */
const TERRITORIES = 'AX18 BL27 GF27 GG22 GP27 IM22 JE22 MF27 MQ27 NC27 PF27 PM27 RE27 TF27 WF27 YT27';

const COUNTRIES: readonly string[] = wordsIn(`${REGISTRY} ${UNREGISTERED} ${TERRITORIES}`);

/** Total length by country code, both letters as one number. */
const LENGTHS = new Uint8Array(26 * 26);
for (const country of COUNTRIES) {
  LENGTHS[countryIndex(country.charCodeAt(0), country.charCodeAt(1))] = Number(country.slice(2));
}

export const iban: Rule = {
  kind: 'iban',
  what: 'International bank account numbers: country, length and check digits; also in groups with spaces or dashes',
  source: 'ISO 13616-1 and the IBAN registry; ISO/IEC 7064, MOD 97-10',
  // As people type them.
  anchors: COUNTRIES.map((country) => lowerCase(sliceText(country, 0, 2))),
  followed: DIGIT,
  beginnings,
  enumerable: true,
  match(view, at) {
    if (!view.isIn(DIGIT, at + 3)) return undefined;
    const length = LENGTHS[countryIndex(view.code(at) & ~32, view.code(at + 1) & ~32)] ?? 0;
    if (length === 0) return undefined;
    const to = endOf(view, at, length);
    return to >= 0 && remainder(view, at, to) === 1 ? [{ from: at, to }] : undefined;
  },
};

/** Two letters of the country, two digits. */
function beginnings(): Beginnings {
  const capitals = createBeginnings();
  capitals[slotOf(2, FOLLOWER.digit)] = ANYTHING;
  return { capitals };
}

function countryIndex(first: number, second: number): number {
  return (first - 65) * 26 + second - 65;
}

/** Behind `length` letters and digits, with single separators between them; -1 where there are fewer, or more. */
function endOf(view: View, at: number, length: number): number {
  let index = at + 4;
  for (let count = 4; count < length; count++) {
    if (isSeparator(view.code(index))) index++;
    if (!view.isIn(ALNUM, index)) return -1;
    index++;
  }
  return view.isIn(ALNUM, index) || view.code(index) === UNDERSCORE ? -1 : index;
}

/** Of the number with its first four characters moved to the end, by 97. */
function remainder(view: View, from: number, to: number): number {
  let rest = 0;
  for (let index = from + 4; index < to; index++) rest = appended(rest, view.code(index));
  for (let index = from; index < from + 4; index++) rest = appended(rest, view.code(index));
  return rest;
}

/** Digits count as they are, letters as two digits from 10 on, separators not at all. */
function appended(rest: number, code: number): number {
  if (code >= 48 && code <= 57) return (rest * 10 + code - 48) % 97;
  const letter = (code | 32) - 87;
  return letter >= 10 && letter <= 35 ? (rest * 100 + letter) % 97 : rest;
}

function isSeparator(code: number): boolean {
  return code === 32 || code === 45 || code === 0xa0 || code === 0x202f;
}

const UNDERSCORE = 95;
