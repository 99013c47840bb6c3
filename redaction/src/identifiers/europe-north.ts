import {
  characterOf,
  digit,
  isDayFirst,
  isLuhn,
  isMod11And10,
  isMonthAndDay,
  isRepeated,
  isYearFirst,
  number,
  remainder,
  weighted,
} from './checks.ts';
import type { Id, IdFormat } from './format.ts';

/** Days are 60 more in coordination numbers. Of organizations the third digit is at least 2, where a month has 0 or 1. */
function isSwedish(id: Id, length: number): boolean {
  const at = length - 10;
  if (!isLuhn(id, at, length)) return false;
  const century = number(id, 0, 2);
  if (length === 12 && (century < 16 || century > 20)) return false;
  const day = number(id, at + 4, 2);
  return digit(id, at + 2) >= 2 || isMonthAndDay(number(id, at + 2, 2), day > 60 ? day - 60 : day);
}

/** `241129-1003` is also a date with a time. */
function isSwedishAnywhere(id: Id, length: number): boolean {
  if (!isSwedish(id, length)) return false;
  return digit(id, length - 8) >= 2 || number(id, length - 4, 2) > 23 || number(id, length - 2, 2) > 59;
}

const FINNISH = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Where the sign of the century is a letter, it stands between the date and the rest. */
function isFinnish(id: Id, length: number): boolean {
  if (!isDayFirst(id, 0)) return false;
  const sign = digit(id, 6);
  if (length === 11 && !((sign >= 10 && sign <= 15) || (sign >= 30 && sign <= 34))) return false;
  const individual = number(id, length - 4, 3);
  return individual >= 2 && characterOf(FINNISH, (number(id, 0, 6) * 1000 + individual) % 31) === id[length - 1];
}

/** Days are 40 more in D-numbers, months 40 or 80 more in numbers that are made for tests. */
function isNorwegian(id: Id): boolean {
  const day = number(id, 0, 2);
  if (!isMonthAndDay(number(id, 2, 2) % 40, day > 40 ? day - 40 : day)) return false;
  const first = (11 - (weighted(id, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
  const second = (11 - (weighted(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return first === id[9] && second === id[10];
}

/** Since 2007 numbers are given out that do not pass the old check: only the date is looked at. */
function isDanish(id: Id): boolean {
  return isDayFirst(id, 0);
}

function isIcelandic(id: Id): boolean {
  const day = number(id, 0, 2);
  if (!isMonthAndDay(number(id, 2, 2), day > 40 ? day - 40 : day)) return false;
  return (11 - (weighted(id, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === id[8];
}

/** Sex and century, date, serial number. */
function isBaltic(id: Id): boolean {
  // In Lithuania a first digit of 9 stands for an exception, which tells no date.
  if (id[0] === 0 || (id[0] !== 9 && !isYearFirst(id, 1))) return false;
  let check = weighted(id, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  if (check === 10) check = weighted(id, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
  return check % 10 === id[10];
}

/** Numbers since 2017 begin with 32 and tell no date. */
function isLatvian(id: Id): boolean {
  if (id[0] === 3 && id[1] === 2) return true;
  return isDayFirst(id, 0) && ((1101 - weighted(id, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11) % 10 === id[10];
}

/** Months are 20, 40, 60 or 80 more in other centuries than the 20th. */
function isPesel(id: Id): boolean {
  return (
    isMonthAndDay(number(id, 2, 2) % 20, number(id, 4, 2)) && weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0
  );
}

function isNip(id: Id): boolean {
  return weighted(id, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === id[9] && !isRepeated(id, 10);
}

/** Months of women are 50 more, and 20 more where a day has used its numbers up. Before 1954 there was no check digit. */
function isCzech(id: Id, length: number): boolean {
  const month = (number(id, 2, 2) % 50) % 20;
  if (!isMonthAndDay(month, number(id, 4, 2)) || number(id, 2, 2) > 82) return false;
  if (length === 9) return number(id, 6, 3) !== 0;
  const rest = remainder(id, 0, 10, 11);
  return rest === 0 || (remainder(id, 0, 9, 11) === 10 && id[9] === 0);
}

function isRomanian(id: Id): boolean {
  if (id[0] === 0 || !isYearFirst(id, 1)) return false;
  const check = weighted(id, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return (check === 10 ? 1 : check) === id[12];
}

/** Months are 20 more before 1900, and 40 more from 2000 on. */
function isBulgarian(id: Id): boolean {
  if (!isMonthAndDay(number(id, 2, 2) % 20, number(id, 4, 2)) || number(id, 2, 2) > 52) return false;
  return (weighted(id, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === id[9];
}

/** Day, month, the last three digits of the year. A check of 10 or 11 is written as 0. */
function isYugoslav(id: Id): boolean {
  if (!isDayFirst(id, 0)) return false;
  const check = 11 - (weighted(id, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return (check > 9 ? 0 : check) === id[12];
}

function isGreekTax(id: Id, length: number): boolean {
  const weights = length === 9 ? [256, 128, 64, 32, 16, 8, 4, 2] : [128, 64, 32, 16, 8, 4, 2];
  return !isRepeated(id, length) && (weighted(id, weights) % 11) % 10 === id[length - 1];
}

function isHungarian(id: Id): boolean {
  return id[0] === 8 && weighted(id, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === id[9];
}

function isSnils(id: Id): boolean {
  return !isRepeated(id, 11) && (weighted(id, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100 === number(id, 9, 2);
}

function isInn(id: Id, length: number): boolean {
  if (length === 10) return (weighted(id, [2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === id[9] && !isRepeated(id, 10);
  return (
    (weighted(id, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === id[10] &&
    (weighted(id, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === id[11]
  );
}

/** The check digit is 0 where the remainder is 1; with a remainder of 0 no number is given out. */
function isSlovenian(id: Id): boolean {
  const check = 11 - (weighted(id, [8, 7, 6, 5, 4, 3, 2]) % 11);
  return id[0] !== 0 && check !== 11 && check % 10 === id[7];
}

function isUkrainian(id: Id): boolean {
  const rest = weighted(id, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11;
  return ((rest + 11) % 11) % 10 === id[9] && !isRepeated(id, 10);
}

const SKATTEVERKET =
  'Skatteverket, SKV 704 and SKV 707; Luhn formula; https://en.wikipedia.org/wiki/Personal_identity_number_(Sweden)';

export const EUROPE_NORTH: readonly IdFormat[] = [
  {
    what: 'Personnummer, samordningsnummer, organisationsnummer (SE)',
    source: SKATTEVERKET,
    shapes: ['999999999999', '9999999999'],
    names: 'personnummer pnr personnr samordningsnummer organisationsnummer orgnr personalidentitynumber tin',
    isValid: isSwedish,
  },
  {
    what: 'The same with their dash, where they are no date with a time (SE)',
    source: SKATTEVERKET,
    shapes: [],
    anywhere: ['99999999-9999', '999999-9999', '99999999+9999', '999999+9999'],
    names: '',
    isValid: isSwedishAnywhere,
  },
  {
    what: 'Henkilötunnus (FI)',
    source:
      'Digital and Population Data Services Agency, the personal identity code; https://dvv.fi/en/personal-identity-code',
    shapes: ['999999999X', '999999A999X'],
    anywhere: ['999999-999X', '999999+999X', '999999A999X'],
    names: 'hetu henkilotunnus henkilötunnus personbeteckning personalidentitycode sotu tin',
    isValid: isFinnish,
  },
  {
    what: 'Veronumero (FI)',
    source:
      'https://www.vero.fi/en/detailed-guidance/guidance/48791/individual_tax_numbers__instructions_fo/: twelve digits',
    shapes: ['999999999999'],
    names: 'veronumero individualtaxnumber skattenummer',
    isValid: (id) => !isRepeated(id, 12),
  },
  {
    what: 'Fødselsnummer and D-nummer (NO)',
    source:
      'Forskrift til folkeregisterloven, section 2-2-3; two check digits by modulus 11; https://no.wikipedia.org/wiki/Fødselsnummer',
    shapes: ['99999999999'],
    anywhere: ['99999999999', '999999 99999'],
    names: 'fodselsnummer fødselsnummer fnr personnummer dnummer',
    isValid: isNorwegian,
  },
  {
    what: 'CPR-nummer (DK)',
    source: 'CPR-kontoret, Personnummeret i CPR-systemet; https://cpr.dk/',
    shapes: ['9999999999'],
    names: 'cpr cprnr cprnummer personnummer',
    isValid: isDanish,
  },
  {
    what: 'Kennitala (IS)',
    source: 'Registers Iceland, ID numbers: check digit by modulus 11; https://en.wikipedia.org/wiki/Kennitala',
    shapes: ['9999999999'],
    names: 'kennitala kt',
    isValid: isIcelandic,
  },
  {
    what: 'Isikukood (EE) and asmens kodas (LT)',
    source:
      'EVS 585:2007; Lietuvos Respublikos gyventojų registro įstatymas; https://www.riigiteataja.ee/akt/106032012004',
    shapes: ['99999999999'],
    names: 'isikukood ik asmenskodas asmens personalcode personalidcode',
    isValid: isBaltic,
  },
  {
    what: 'Personas kods (LV)',
    source:
      'Fizisko personu reģistra likums, section 7; https://en.wikipedia.org/wiki/National_identification_number#Latvia',
    shapes: ['99999999999'],
    names: 'personaskods personalcode',
    isValid: isLatvian,
  },
  {
    what: 'PESEL (PL)',
    source: 'Ustawa o ewidencji ludności, article 15; https://en.wikipedia.org/wiki/PESEL',
    shapes: ['99999999999'],
    names: 'pesel numerpesel',
    isValid: isPesel,
  },
  {
    what: 'NIP (PL)',
    source:
      'Ministerstwo Finansów, check digit by modulus 11; https://ec.europa.eu/taxation_customs/tin/tinByCountry.html',
    shapes: ['9999999999'],
    anywhere: ['999-999-99-99', '999-99-99-999'],
    names: 'nip',
    isValid: isNip,
  },
  {
    what: 'Rodné číslo (CZ, SK)',
    source: 'Zákon 133/2000 Sb., section 13; https://cs.wikipedia.org/wiki/Rodné_číslo',
    shapes: ['9999999999', '999999999'],
    anywhere: ['999999/9999'],
    names: 'rodnecislo rc birthnumber rodnéčíslo',
    isValid: isCzech,
  },
  {
    what: 'CNP (RO)',
    source: 'Legea 105/1996; check digit by modulus 11; https://github.com/vimishor/cnp-spec/blob/master/spec.md',
    shapes: ['9999999999999'],
    names: 'cnp codnumericpersonal cf cif codfiscal codulfiscal',
    isValid: isRomanian,
  },
  {
    what: 'EGN (BG)',
    source:
      'GRAO, uniform civil number: check digit by modulus 11; https://en.wikipedia.org/wiki/Unique_citizenship_number',
    shapes: ['9999999999'],
    names: 'egn егн ucn',
    isValid: isBulgarian,
  },
  {
    what: 'JMBG and EMŠO (RS, BA, ME, MK, SI)',
    source:
      'Zakon o jedinstvenom matičnom broju građana: check digit by modulus 11; https://en.wikipedia.org/wiki/Unique_Master_Citizen_Number',
    shapes: ['9999999999999'],
    names: 'jmbg emso emšo embg јмбг ембг',
    isValid: isYugoslav,
  },
  {
    what: 'OIB (HR)',
    source:
      'Zakon o osobnom identifikacijskom broju; ISO/IEC 7064, MOD 11,10; https://ec.europa.eu/taxation_customs/tin/tinByCountry.html',
    shapes: ['99999999999'],
    names: 'oib osobniidentifikacijskibroj',
    isValid: (id) => isMod11And10(id, 0, 11),
  },
  {
    what: 'AFM (GR)',
    source: 'AADE, check digit by modulus 11; https://ec.europa.eu/taxation_customs/tin/tinByCountry.html',
    // Older ones have eight digits, as if a zero stood before them.
    shapes: ['999999999', '99999999'],
    names: 'afm αφμ tin arithmosforologikoumitroou',
    isValid: isGreekTax,
  },
  {
    what: 'AMKA (GR)',
    source: 'IDIKA, AMKA: date of birth, Luhn formula; https://www.amka.gr/tieinai_en.html',
    shapes: ['99999999999'],
    names: 'amka αμκα',
    isValid: (id) => isDayFirst(id, 0) && isLuhn(id, 0, 11),
  },
  {
    what: 'Adóazonosító jel (HU)',
    source:
      'Act CL of 2017, annex 8: check digit by modulus 11; https://ec.europa.eu/taxation_customs/tin/tinByCountry.html',
    shapes: ['9999999999'],
    names: 'adoazonosito adóazonosító tin',
    isValid: isHungarian,
  },
  {
    what: 'SNILS (RU)',
    source: 'Social Fund of Russia, check number of the SNILS',
    shapes: ['99999999999'],
    anywhere: ['999-999-999 99', '999-999-999-99'],
    names: 'snils снилс',
    isValid: isSnils,
  },
  {
    what: 'INN (RU)',
    source:
      'Federal Tax Service of Russia, order of 29 June 2012: check digits by modulus 11; https://ru.wikipedia.org/wiki/Идентификационный_номер_налогоплательщика',
    shapes: ['999999999999', '9999999999'],
    names: 'inn инн',
    isValid: isInn,
  },
  {
    what: 'Number of the taxpayer’s card (UA)',
    source: 'State Tax Service of Ukraine, check digit by modulus 11; https://uk.wikipedia.org/wiki/РНОКПП',
    shapes: ['9999999999'],
    names: 'ipn rnokpp rntrc рнокпп іпн tin',
    isValid: isUkrainian,
  },
  {
    what: 'Davčna številka (SI)',
    source:
      'Zakon o davčni službi; European Commission, TIN by country: Slovenia; check digit by modulus 11; https://ec.europa.eu/taxation_customs/tin/tinByCountry.html',
    shapes: ['99999999'],
    names: 'davcnastevilka davčnaštevilka davcna ddv tin',
    isValid: isSlovenian,
  },
];
