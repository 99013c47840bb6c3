import {
  characterOf,
  digit,
  digitsIn,
  isLuhn,
  isMod11And10,
  isMonthAndDay,
  isOneOf,
  isRepeated,
  number,
  remainder,
  weighted,
} from './checks.ts';
import type { Id, IdFormat } from './format.ts';

const NIF_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE';
const LETTER_A = 10;
const LETTER_J = 19;
const LETTER_X = 33;

/** Of seven digits a leading zero is left out. */
function isNif(id: Id, length: number): boolean {
  return characterOf(NIF_LETTERS, number(id, 0, length - 1) % 23) === id[length - 1];
}

/** The first letter stands for a digit: X, Y, Z for 0, 1, 2. */
function isNie(id: Id): boolean {
  const first = digit(id, 0) - LETTER_X;
  if (first < 0 || first > 2) return false;
  return characterOf(NIF_LETTERS, (first * 10_000_000 + number(id, 1, 7)) % 23) === id[8];
}

/** Values of the letters A to Z, and of the digits as of the first ten, at places that are counted odd. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
/** Letters that replace digits where two people would have the same code. */
const OMOCODIA = 'LMNPQRSTUV';
const DIGIT_PLACES = [6, 7, 9, 10, 12, 13, 14];

function isFiscalCode(id: Id): boolean {
  if (!isOneOf('ABCDEHLMPRST', id, 8)) return false;
  for (let index = 0; index < DIGIT_PLACES.length; index++) {
    const place = DIGIT_PLACES[index] ?? 0;
    if (digit(id, place) >= LETTER_A && !isOneOf(OMOCODIA, id, place)) return false;
  }
  let sum = 0;
  for (let index = 0; index < 15; index++) {
    const value = digit(id, index);
    const place = value < LETTER_A ? value : value - LETTER_A;
    sum += index % 2 === 0 ? (ODD[place] ?? 0) : place;
  }
  return (sum % 26) + LETTER_A === id[15];
}

/** Sex, year, month (beyond 12 where it is not known), department, commune, order; the key is 97 less the remainder. */
function isNir(id: Id): boolean {
  const sex = digit(id, 0);
  const month = number(id, 3, 2);
  if (sex < 1 || sex > 8 || month < 1 || (month > 12 && month < 20)) return false;
  const corsica = digit(id, 6);
  if (corsica === 0 && digit(id, 5) === 0) return false;
  if (corsica < LETTER_A) return 97 - remainder(id, 0, 13, 97) === number(id, 13, 2);
  // 2A and 2B count as 19 and 18.
  if (corsica > LETTER_A + 1 || digit(id, 5) !== 2) return false;
  let rest = remainder(id, 0, 5, 97);
  rest = (rest * 100 + 29 - corsica) % 97;
  for (let index = 7; index < 13; index++) rest = (rest * 10 + digit(id, index)) % 97;
  return 97 - rest === number(id, 13, 2);
}

/** Office, date of birth, letter as two digits, serial number; the sums of the digits of the products. */
const PENSION = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];

function isPensionNumber(id: Id): boolean {
  const day = number(id, 2, 2);
  if (!isMonthAndDay(number(id, 4, 2), day > 50 ? day - 50 : day)) return false;
  const letter = digit(id, 8) - LETTER_A + 1;
  let sum = 0;
  for (let index = 0; index < PENSION.length; index++) {
    const value =
      index < 8 ? digit(id, index) : index === 8 ? (letter / 10) | 0 : index === 9 ? letter % 10 : digit(id, index - 1);
    const product = value * (PENSION[index] ?? 0);
    sum += ((product / 10) | 0) + (product % 10);
  }
  return sum % 10 === id[11];
}

/** As Luhn, but from the left, with the letter as two digits. */
function isHealthInsurance(id: Id): boolean {
  const letter = digit(id, 0) - LETTER_A + 1;
  let sum = ((letter / 10) | 0) + crossSum((letter % 10) * 2);
  for (let index = 1; index < 9; index++) sum += index % 2 === 1 ? digit(id, index) : crossSum(digit(id, index) * 2);
  return sum % 10 === id[9];
}

function crossSum(value: number): number {
  return value > 9 ? value - 9 : value;
}

/** Letters that are given out, and pairs that are not. */
function isNino(id: Id): boolean {
  if (isOneOf('DFIQUV', id, 0) || isOneOf('DFIOQUV', id, 1) || digit(id, 8) > LETTER_A + 3) return false;
  return !(
    (isOneOf('B', id, 0) && isOneOf('G', id, 1)) ||
    (isOneOf('G', id, 0) && isOneOf('B', id, 1)) ||
    (isOneOf('N', id, 0) && isOneOf('KT', id, 1)) ||
    (isOneOf('KT', id, 0) && isOneOf('N', id, 1)) ||
    (isOneOf('Z', id, 0) && isOneOf('Z', id, 1))
  );
}

function isNhs(id: Id): boolean {
  const check = 11 - (weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return !isRepeated(id, 10) && id[9] === (check === 11 ? 0 : check);
}

/** Five letters of the surname, filled with nines; decade, month (50 more for women), day, year; initials; two letters. */
function isUkLicence(id: Id): boolean {
  for (let index = 2; index < 5; index++) if (digit(id, index) < LETTER_A && id[index] !== 9) return false;
  const month = number(id, 6, 2);
  return (
    isMonthAndDay(month > 50 ? month - 50 : month, number(id, 8, 2)) && (digit(id, 12) >= LETTER_A || id[12] === 9)
  );
}

function isBsn(id: Id, length: number): boolean {
  const weights = length === 9 ? [9, 8, 7, 6, 5, 4, 3, 2, -1] : [8, 7, 6, 5, 4, 3, 2, -1];
  return weighted(id, weights) % 11 === 0 && !isRepeated(id, length);
}

/** Numbers of pupils who have no other begin with 10, and leave 5. */
function isEducationNumber(id: Id): boolean {
  return number(id, 0, 2) === 10 && (weighted(id, [9, 8, 7, 6, 5, 4, 3, 2, -1]) + 11) % 11 === 5;
}

/** Where a day has used its numbers up, month and day are zeros, and then the day counts on. */
function isBelgianAnywhere(id: Id): boolean {
  return number(id, 4, 2) <= 31 && isBelgian(id);
}

/** From 2000 on a 2 is put before the first nine digits. Months of numbers that are not for citizens are 20 or 40 more. */
function isBelgian(id: Id): boolean {
  const month = number(id, 2, 2) % 20;
  if (month > 12 || number(id, 2, 2) > 52) return false;
  const serial = number(id, 0, 9);
  const check = number(id, 9, 2);
  return serial !== 0 && (97 - (serial % 97) === check || 97 - ((2_000_000_000 + serial) % 97) === check);
}

/** The second letter, of A to I since 2013, counts ninefold; W, T and X of the older ones do not count. */
function isPps(id: Id, length: number): boolean {
  const second = length === 9 && digit(id, 8) < LETTER_J ? digit(id, 8) - LETTER_A + 1 : 0;
  const rest = (weighted(id, [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23;
  return characterOf('WABCDEFGHIJKLMNOPQRSTUV', rest) === id[7];
}

function isPortuguese(id: Id): boolean {
  const check = 11 - (weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return id[0] !== 0 && id[8] === (check > 9 ? 0 : check) && !isRepeated(id, 9);
}

function isAustrian(id: Id): boolean {
  const month = number(id, 6, 2);
  return month <= 15 && number(id, 4, 2) <= 31 && weighted(id, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === id[3];
}

/** 756 is the country; the check is that of an EAN-13. */
function isSwiss(id: Id): boolean {
  return number(id, 0, 3) === 756 && weighted(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}

/** Letters and digits of German identity cards and passports: no vowels, and none that look like a digit. */
function isGermanDocument(id: Id, length: number): boolean {
  for (let index = 0; index < length; index++) if (isOneOf('ABDEIOQSU', id, index)) return false;
  return digitsIn(id, length) >= 1;
}

/** Letters of Cyprus, from the digits at odd places by a table, and those at even places as they are. */
function isCypriot(id: Id): boolean {
  let sum = 0;
  for (let index = 0; index < 8; index++) sum += index % 2 === 0 ? (ODD[digit(id, index)] ?? 0) : digit(id, index);
  return (sum % 26) + LETTER_A === id[8];
}

/** HRA is also an allowance for rent: a round number is one. */
function isRegister(id: Id, length: number): boolean {
  const digits = digitsIn(id, length);
  return length <= 10 && digits >= 3 && digits <= 6 && (digits < length || number(id, length - 2, 2) !== 0);
}

const BELGIAN =
  'Arrêté royal of 3 April 1984 on the identification number, article 2; https://www.ibz.rrn.fgov.be/nl/rijksregister/instructies-rijksregister/it-lijst/, IT 000';

export const EUROPE_WEST: readonly IdFormat[] = [
  {
    what: 'NIF of citizens (ES)',
    source:
      'Real Decreto 1065/2007, article 19; Ministerio del Interior, check letter by modulo 23; https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/',
    shapes: ['99999999A', '9999999A'],
    anywhere: ['99999999A', '99999999-A', '9999999-A'],
    names: 'nif dni documento',
    isValid: isNif,
  },
  {
    what: 'NIE of foreigners (ES)',
    source:
      'Real Decreto 1065/2007, article 20; Ministerio del Interior, check letter by modulo 23; https://es.wikipedia.org/wiki/Número_de_identidad_de_extranjero',
    shapes: ['A9999999A'],
    anywhere: ['A9999999A', 'A9999999-A', 'A-9999999-A', 'A-9999999A'],
    names: 'nie nif dni extranjero',
    isValid: isNie,
  },
  {
    what: 'Codice fiscale of persons (IT)',
    source: 'Decreto ministeriale 23 December 1976, articles 2 to 6; https://it.wikipedia.org/wiki/Codice_fiscale',
    shapes: ['AAAAAAXXAXXAXXXA'],
    anywhere: ['AAAAAAXXAXXAXXXA'],
    names: 'codicefiscale codfiscale cf fiscalcode taxcode tin',
    isValid: isFiscalCode,
  },
  {
    what: 'Partita IVA (IT)',
    source: 'Agenzia delle Entrate, check digit by Luhn; https://it.wikipedia.org/wiki/Partita_IVA',
    shapes: ['99999999999'],
    names: 'partitaiva piva iva taxcode codicefiscale codfiscale fiscalcode cf',
    isValid: (id) => isLuhn(id, 0, 11) && !isRepeated(id, 11),
  },
  {
    what: 'Driving licence and identity card (IT)',
    source: 'Ministero dell’Interno: letters and digits of the documents in use',
    shapes: ['A9XXXXXXXA', 'AA9999999A', 'AA9999999', 'AA99999AA', '9999999AA'],
    names: `patente patentediguida numeropatente drivinglicence licencenumber licensenumber cartaidentita cartadidentita
      numerocartaidentita`,
    isValid: () => true,
  },
  {
    what: 'NIR, the number of social security (FR)',
    source: 'INSEE, numéro d’inscription au répertoire; décret 82-103; https://xml.insee.fr/schema/nir.html',
    shapes: ['999999999999999', '999999A99999999'],
    anywhere: ['999999999999999', '9 99 99 99 999 999 99', '9 99 99 9A 999 999 99', '9999999999999 99'],
    names: 'nir insee securitesociale secu numerosecuritesociale',
    isValid: isNir,
  },
  {
    what: 'Numéro fiscal (FR)',
    source:
      'Direction générale des Finances publiques: the check is the remainder of the first ten digits by 511; https://ec.europa.eu/taxation_customs/tin/tinByCountry.html',
    shapes: ['9999999999999'],
    names: 'numerofiscal spi nif tin',
    isValid: (id) => digit(id, 0) < 4 && number(id, 0, 10) % 511 === number(id, 10, 3),
  },
  {
    what: 'Steuer-Identifikationsnummer (DE)',
    source:
      'Bundeszentralamt für Steuern, calculation of the check digit; ISO/IEC 7064, MOD 11,10; https://de.wikipedia.org/wiki/Steuerliche_Identifikationsnummer',
    shapes: ['99999999999'],
    names: 'steuerid steueridentifikationsnummer idnr identifikationsnummer tin taxid steueridnr',
    isValid: (id) => id[0] !== 0 && isMod11And10(id, 0, 11),
  },
  {
    what: 'Steuernummer (DE)',
    source:
      'ELSTER, forms of the tax number of the Länder: ten, eleven or thirteen digits; https://de.wikipedia.org/wiki/Steuernummer',
    shapes: ['9999999999', '99999999999', '9999999999999'],
    names: 'steuernummer steuernr stnr',
    isValid: (id, length) => !isRepeated(id, length),
  },
  {
    what: 'Rentenversicherungsnummer (DE)',
    source: 'Verordnung über die Versicherungsnummer (VKVV), sections 2 to 4; https://www.gesetze-im-internet.de/vkvv/',
    shapes: ['99999999A999'],
    anywhere: ['99999999A999'],
    names: 'rvnr rentenversicherungsnummer sozialversicherungsnummer svnr vsnr versicherungsnummer',
    isValid: isPensionNumber,
  },
  {
    what: 'Krankenversichertennummer (DE)',
    source:
      'Section 290 SGB V; GKV-Spitzenverband, calculation of the check digit; https://www.gesetze-im-internet.de/sgb_5/__290.html',
    shapes: ['A999999999'],
    names: 'kvnr krankenversichertennummer versichertennummer krankenversicherung',
    isValid: isHealthInsurance,
  },
  {
    what: 'Identity cards and passports (DE)',
    source: 'Passverwaltungsvorschrift, serial numbers; letters of the alphabet without vowels',
    shapes: ['A99999999', 'AXXXXXXXX', 'AXXXXXXXX9'],
    names: `personalausweis personalausweisnummer personalausweisnr pwnr ausweisnummer ausweisnr ausweis reisepass
      passnummer passnr`,
    isValid: isGermanDocument,
  },
  {
    what: 'Driving licence (DE)',
    source:
      'Fahrerlaubnis-Verordnung, annex 8: authority, serial number, check character, copy; https://www.gesetze-im-internet.de/fev_2010/anlage_8.html',
    shapes: ['X99XXXXXXXX', 'A9999999999', 'AA99999999A', 'AA999999999'],
    names: 'fuhrerschein fuehrerschein führerschein fuhrerscheinnummer fuehrerscheinnummer',
    isValid: (id, length) => digitsIn(id, length) >= 5,
  },
  {
    what: 'Numbers of physicians and their places (DE)',
    source: 'Kassenärztliche Bundesvereinigung, guideline under section 75 SGB V',
    shapes: ['999999999'],
    names: 'lanr bsnr arztnummer betriebsstattennummer betriebsstaettennummer',
    isValid: (id) => !isRepeated(id, 9),
  },
  {
    what: 'National insurance number (GB)',
    source:
      'HMRC National Insurance Manual, NIM39110; https://www.gov.uk/hmrc-internal-manuals/national-insurance-manual/nim39110',
    shapes: ['AA999999A'],
    anywhere: ['AA999999A', 'AA 99 99 99 A', 'AA-99-99-99-A'],
    names: 'nino nationalinsurance nationalinsurancenumber ninumber tin taxidentifier',
    isValid: isNino,
  },
  {
    what: 'NHS number (GB)',
    source: 'NHS Data Dictionary, NHS NUMBER: modulus 11; https://www.datadictionary.nhs.uk/attributes/nhs_number.html',
    shapes: ['9999999999'],
    names: 'nhs nhsnumber nhsno',
    isValid: isNhs,
  },
  {
    what: 'Unique taxpayer reference (GB)',
    source:
      'HMRC, check digit of the UTR by modulus 11; https://www.oecd.org/tax/automatic-exchange/crs-implementation-and-assistance/tax-identification-numbers/UK-TIN.pdf',
    shapes: ['9999999999'],
    names: 'utr taxpayerreference',
    isValid: (id) => characterOf('21987654321', weighted(id, [6, 7, 8, 9, 10, 5, 4, 3, 2], 1) % 11) === id[0],
  },
  {
    what: 'Driving licence (GB)',
    source: 'DVLA, driver number; https://en.wikipedia.org/wiki/Driving_licence_in_the_United_Kingdom',
    shapes: ['AAXXX999999AX9AA'],
    anywhere: ['AAXXX999999AX9AA'],
    names: 'drivinglicence drivernumber licence licencenumber driverslicense',
    isValid: isUkLicence,
  },
  {
    what: 'Burgerservicenummer (NL)',
    source: 'Wet algemene bepalingen burgerservicenummer; the elfproef; https://www.burgerservicenummer.nl/',
    // Without its leading zero where it was kept as a number.
    shapes: ['999999999', '99999999'],
    names: 'bsn burgerservicenummer sofinummer sofi onderwijsnummer',
    isValid: isBsn,
  },
  {
    what: 'Onderwijsnummer (NL)',
    source: 'Dienst Uitvoering Onderwijs, onderwijsnummer: the elfproef with a remainder of 5',
    shapes: ['999999999'],
    names: 'onderwijsnummer persoonsgebondennummer pgn',
    isValid: isEducationNumber,
  },
  {
    what: 'Rijksregisternummer, numéro national (BE)',
    source: BELGIAN,
    shapes: ['99999999999'],
    names: `rijksregisternummer rijksregister numeronational nrn niss insz nationaalnummer nationalnumber bisnummer
      numerobis bisnumber numeroderegistrenational registrenational nationalregisternummer`,
    isValid: isBelgian,
  },
  {
    what: 'The same with a day of the month (BE)',
    source: BELGIAN,
    shapes: [],
    anywhere: ['99999999999', '99.99.99-999.99', '99.99.99 999 99', '999999-999-99'],
    names: '',
    isValid: isBelgianAnywhere,
  },
  {
    what: 'Matricule (LU)',
    source: 'Loi of 19 June 2013 on the identification of natural persons: Luhn, and Verhoeff',
    shapes: ['9999999999999'],
    names: 'matricule',
    isValid: (id) => isLuhn(id, 0, 12) && isMonthAndDay(number(id, 4, 2), number(id, 6, 2)),
  },
  {
    what: 'PPS number (IE)',
    source:
      'Department of Social Protection: check letter by modulus 23; https://en.wikipedia.org/wiki/Personal_Public_Service_Number',
    shapes: ['9999999A', '9999999AA'],
    names: 'pps ppsn ppsnumber ppsno personalpublicservicenumber tin',
    isValid: isPps,
  },
  {
    what: 'NIF (PT)',
    source:
      'Portaria 271/84; check digit by modulus 11; https://www.oecd.org/tax/automatic-exchange/crs-implementation-and-assistance/tax-identification-numbers/Portugal-TIN.pdf',
    shapes: ['999999999'],
    names: 'nif contribuinte numerocontribuinte nipc',
    isValid: isPortuguese,
  },
  {
    what: 'Sozialversicherungsnummer (AT)',
    source:
      'Section 31 ASVG: check digit by modulus 11; https://de.wikipedia.org/wiki/Sozialversicherungsnummer#Österreich',
    shapes: ['9999999999'],
    names: 'svnr sozialversicherungsnummer svnummer vnr vsnr versicherungsnummer',
    isValid: isAustrian,
  },
  {
    what: 'AHV number (CH)',
    source:
      'Zentrale Ausgleichsstelle, new AHV number: EAN-13; https://en.wikipedia.org/wiki/National_identification_number#Switzerland',
    shapes: ['9999999999999'],
    anywhere: ['756.9999.9999.99', '7569999999999'],
    names: 'ahv avs ahvnummer ahvnr numeroavs',
    isValid: isSwiss,
  },
  {
    what: 'Abgabenkontonummer (AT)',
    source:
      'Bundesministerium für Finanzen, tax number of nine digits; check digit by Luhn; https://de.wikipedia.org/wiki/Abgabenkontonummer',
    shapes: ['999999999'],
    names: 'abgabenkontonummer steuernummer tin',
    isValid: (id) => isLuhn(id, 0, 9) && !isRepeated(id, 9),
  },
  {
    what: 'Taxpayer number (CY)',
    source:
      'European Commission, TIN by country: Cyprus; check letter by modulo 26; https://ec.europa.eu/taxation_customs/tin/tinByCountry.html',
    shapes: ['99999999A'],
    names: 'tin tic taxidentificationcode',
    isValid: isCypriot,
  },
  {
    what: 'Identity card and taxpayer number (MT)',
    source:
      'European Commission, TIN by country: Malta; nine digits, or seven and one of eight letters; https://ec.europa.eu/taxation_customs/tin/tinByCountry.html',
    shapes: ['9999999A', '999999999'],
    names: 'tin identitycard idcard',
    isValid: (id, length) => (length === 9 ? !isRepeated(id, 9) && number(id, 0, 2) > 0 : isOneOf('MGAPLHBZ', id, 7)),
  },
  {
    what: 'Register of companies (DE)',
    source:
      'Handelsregisterverordnung, section 13: department, number, and a letter in some courts; https://www.handelsregister.de/',
    shapes: [],
    names: 'handelsregister handelsregisternummer hrb hra hrbnummer hranummer registernummer',
    isValid: isRegister,
  },
];
