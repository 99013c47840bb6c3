import {
  characterOf,
  digit,
  digitsIn,
  isMonthAndDay,
  isOneOf,
  isRepeated,
  number,
  remainder,
  weighted,
} from './checks.ts';
import type { Id, IdFormat } from './format.ts';

/** The last two digits are the remainder of the others by 97, and 97 for none. */
function isBelgianCard(id: Id): boolean {
  return (remainder(id, 0, 10, 97) || 97) === number(id, 10, 2) && !isRepeated(id, 12);
}

/** Letters count from 10 on; the check digit stands behind them. */
function isPolishCard(id: Id): boolean {
  return weighted(id, [7, 3, 1, 0, 7, 3, 1, 7, 3]) % 10 === id[3];
}

const PUPIL = 'ABCDEFGHJKLMNPQRTUVWXYZ';

/** Local authority, school, year and number; the letter before them is the check. The last of temporary ones is a letter. */
function isPupil(id: Id): boolean {
  const last = digit(id, 12);
  let value = last;
  if (last > 9) {
    value = 0;
    while (value < PUPIL.length && characterOf(PUPIL, value) !== last) value++;
  }
  const sum = weighted(id, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 1) + value * 13;
  return characterOf(PUPIL, sum % 23) === id[0];
}

/** Registrants of the DEA: kind, initial of the name; the sum of the odd digits and twice that of the even ones. */
function isDea(id: Id): boolean {
  const odd = digit(id, 2) + digit(id, 4) + digit(id, 6);
  const even = digit(id, 3) + digit(id, 5) + digit(id, 7);
  return isOneOf('ABCDEFGHJKLMPRSTUX', id, 0) && (odd + even * 2) % 10 === id[8];
}

/** Serial number, state of Brazil, two check digits by modulus 11; a remainder of 10 counts as 0. */
function isVoter(id: Id): boolean {
  const state = number(id, 8, 2);
  const first = (weighted(id, [2, 3, 4, 5, 6, 7, 8, 9]) % 11) % 10;
  const second = ((digit(id, 8) * 7 + digit(id, 9) * 8 + digit(id, 10) * 9) % 11) % 10;
  if (state < 1 || state > 28) return false;
  // In São Paulo and Minas Gerais a remainder of 0 is written as 1.
  const isFirst = first === id[10] || (state <= 2 && first === 0 && id[10] === 1);
  return isFirst && (second === id[11] || (state <= 2 && second === 0 && id[11] === 1));
}

/** Two check digits by modulus 11; where the first is 10, two are taken from the second. */
function isDriver(id: Id): boolean {
  if (isRepeated(id, 11)) return false;
  const first = weighted(id, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
  const rest = (weighted(id, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11) - (first === 10 ? 2 : 0);
  const second = rest < 0 ? rest + 11 : rest;
  return (first === 10 ? 0 : first) === id[9] && (second === 10 ? 0 : second) === id[10];
}

/** Documento único de identidad: check digit by modulus 10. */
function isSalvadoran(id: Id): boolean {
  return (10 - (weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 10)) % 10 === id[8] && !isRepeated(id, 9);
}

/** Century, date of birth, serial number, check digit by modulus 11. */
function isKuwaiti(id: Id): boolean {
  if (!isMonthAndDay(number(id, 3, 2), number(id, 5, 2))) return false;
  return 11 - (weighted(id, [2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11) === id[11];
}

/** Six consonants of the names, date of birth, state, sex, digits. */
function isElector(id: Id): boolean {
  return isMonthAndDay(number(id, 8, 2), number(id, 10, 2)) && isOneOf('HM', id, 14);
}

const notRepeated = (id: Id, length: number): boolean => !isRepeated(id, length);
const always = (): boolean => true;

/** Most of it digits; of eight and nine characters some countries mix letters in. */
function isPassport(id: Id, length: number): boolean {
  const digits = digitsIn(id, length);
  if (length < 6 || length > 11) return false;
  if (length === 8 || length === 9) return digits >= 1;
  return length === 10 ? digits >= 3 : digits >= 5 && length - digits <= 3;
}

/** Cards, licences and passports that have a number of their own. */
export const DOCUMENTS: readonly IdFormat[] = [
  {
    what: 'Identity card (BE)',
    source: 'https://www.ibz.rrn.fgov.be/nl/identiteitsdocumenten/eid/, IT 195: remainder by 97',
    shapes: ['999999999999'],
    names:
      'eid eidnumber eidnummer kaartnummereid identiteitskaart identiteitskaartnummer identitycard idcard cartedidentite',
    isValid: isBelgianCard,
  },
  {
    what: 'Identity card, passport and driving licence (NL)',
    source:
      'https://www.rvig.nl/reisdocumenten, numbers of documents: no letter O, a digit at the end; RDW: ten digits',
    shapes: ['AAXXXXXX9', '9999999999'],
    names: `identiteitskaart identiteitskaartnummer documentnummer paspoortnummer idkaart idkaartnummer rijbewijs
      rijbewijsnummer`,
    isValid: (id, length) => length === 10 || !(isOneOf('O', id, 0) || isOneOf('O', id, 1)),
  },
  {
    what: 'Identity card and driving licence (FR)',
    source:
      'Décret 55-1397 on the national identity card; Code de la route, R. 221-1: twelve digits, or nine characters',
    shapes: ['999999999999', 'XXXXXXXXX'],
    names: `cni numerocni cartedidentite cartenationaledidentite numerocartedidentite numerodecartedidentite permis
      permisdeconduire numeropermis numeropermisdeconduire`,
    isValid: (id, length) => digitsIn(id, length) >= 4 && !isRepeated(id, length),
  },
  {
    what: 'Support number of documents of identity (ES)',
    source: 'Real Decreto 1553/2005 on the national identity document, article 11: three letters and six digits',
    shapes: ['AAA999999'],
    names: 'idesp numerosoporte numerodesoporte',
    isValid: always,
  },
  {
    what: 'Dowód osobisty (PL)',
    source: 'Rozporządzenie on the identity card, Dz.U. 2015 poz. 212: three letters, check digit by modulus 10',
    shapes: ['AAA999999'],
    names: 'dowod dowodosobisty dowódosobisty numerdowodu nrdowodu seriainumerdowodu idcard identitycard',
    isValid: isPolishCard,
  },
  {
    what: 'Identity card (HU)',
    source: 'Act LXVI of 1992, section 29: six digits and two letters',
    shapes: ['999999AA'],
    names: 'szemelyi szemelyiigazolvany személyiigazolvány szemelyiszam okmanyazonosito',
    isValid: always,
  },
  {
    what: 'Identity card (CZ, SK, BG)',
    source:
      'Zákon 269/2021 Sb. on identity cards; Закон за българските лични документи: nine digits, or two letters and six',
    shapes: ['999999999', 'AA999999'],
    names: 'obcanskyprukaz občanskýprůkaz cisloobcanskehoprukazu obcianskypreukaz občianskypreukaz личнакарта',
    isValid: notRepeated,
  },
  {
    what: 'Identity card (GR)',
    source: 'Υπουργική απόφαση 3021/19/53/2005: one or two letters and six digits',
    shapes: ['A999999', 'AA999999'],
    names: 'adt αδτ tautotita ταυτότητα arithmostautotitas',
    isValid: always,
  },
  {
    what: 'Unique pupil number (GB)',
    source: 'https://www.gov.uk/government/publications/unique-pupil-numbers: check letter by modulus 23',
    shapes: ['A999999999999', 'A99999999999A'],
    names: 'upn uniquepupilnumber pupilnumber',
    isValid: isPupil,
  },
  {
    what: 'Registration number of the DEA and of state boards (US)',
    source: '21 CFR 1301.11; https://www.deadiversion.usdoj.gov, registration number: check digit by modulus 10',
    shapes: ['AX9999999'],
    names: 'dea deanumber deano dearegistration medicallicense medicallicence medicallicensenumber',
    isValid: isDea,
  },
  {
    what: 'Driving licence (IN)',
    source: 'Central Motor Vehicles Rules, 1989, form 7: state, office, year, seven digits',
    shapes: ['AA9999999999999', 'AA99999999999'],
    names: 'drivinglicence drivinglicense dl dlnumber dlno driverlicense driverslicense',
    isValid: always,
  },
  {
    what: 'Driving licence (JP)',
    source: '道路交通法施行規則, form 14: twelve digits, of which the last tells how often it was lost',
    shapes: ['999999999999'],
    names: '運転免許証 運転免許証番号 免許証番号 menkyo untenmenkyo',
    isValid: notRepeated,
  },
  {
    what: 'Carteira nacional de habilitação (BR)',
    source: 'Conselho Nacional de Trânsito, number of the CNH: two check digits by modulus 11',
    shapes: ['99999999999'],
    names: 'cnh numerocnh carteiradehabilitacao carteiranacionaldehabilitacao',
    isValid: isDriver,
  },
  {
    what: 'Título de eleitor (BR)',
    source: 'Tribunal Superior Eleitoral, resolução 21.538/2003, article 12: two check digits by modulus 11',
    shapes: ['999999999999'],
    names: 'titulo tituloeleitor titulodeeleitor tituloeleitoral',
    isValid: isVoter,
  },
  {
    what: 'Registro geral (BR)',
    source: 'Lei 7.116/1983 on the identity card: seven to nine digits of the state, the last also an X',
    shapes: ['99999999X', '99999999', '9999999X', 'AA99999999'],
    names: 'rg registrogeral carteiradeidentidade numerorg',
    isValid: notRepeated,
  },
  {
    what: 'Clave de elector (MX)',
    source: 'Instituto Nacional Electoral, clave de elector: consonants of the names, date of birth, state, sex',
    shapes: ['AAAAAA99999999A999'],
    names: 'claveelector clavedeelector ine ife',
    isValid: isElector,
  },
  {
    what: 'Documento único de identidad (SV)',
    source: 'Registro Nacional de las Personas Naturales, DUI: check digit by modulus 10',
    shapes: ['999999999'],
    names: 'dui documentounicodeidentidad',
    isValid: isSalvadoran,
  },
  {
    what: 'Documento nacional de identificación and cédula (HN, NI, PA)',
    source:
      'Registro Nacional de las Personas (HN): thirteen digits; Consejo Supremo Electoral (NI): thirteen and a letter',
    shapes: ['9999999999999', '9999999999999A'],
    names: 'dni identidad numerodeidentidad numeroidentidad cedula cédula',
    isValid: notRepeated,
  },
  {
    what: 'Civil number (KW)',
    source:
      'Public Authority for Civil Information, law 32 of 1982: date of birth, check digit by modulus 11; https://www.oecd.org/content/dam/oecd/en/topics/policy-issue-focus/aeoi/kuwait-tin.pdf',
    shapes: ['999999999999'],
    names: 'civilid civilidnumber civilnumber kuwaitid',
    isValid: isKuwaiti,
  },
  {
    what: 'Numbers of residents (QA, BH, OM, JO, IQ)',
    source: 'Ministries of Interior: eleven digits that begin with 2 or 3 (QA); eight to twelve digits of others',
    shapes: ['99999999', '999999999', '9999999999', '99999999999', '999999999999'],
    names: 'qatarid qatariid bahrainid bahraincpr omanid jordanid jordaniannationalnumber iraqid residentcard',
    isValid: notRepeated,
  },
  {
    what: 'National identity card (MA, DZ, SN)',
    source: 'Loi 04-20 on the CNIE (MA): one or two letters and digits; NIN (DZ): eighteen digits; CNI (SN): thirteen',
    shapes: ['A99999', 'A999999', 'AA9999', 'AA99999', 'AA999999', '999999999999999999', '9999999999999'],
    names: 'cnie cin numerocin numerocnie cni numerocni nin',
    isValid: notRepeated,
  },
  {
    what: 'National identity numbers (BD, UG, TZ, RW, GH)',
    source:
      'Bangladesh Election Commission: ten, thirteen or seventeen digits; NIRA (UG): fourteen characters; NIDA (TZ): twenty digits; NIDA (RW): sixteen; NIA (GH): GHA, nine digits, a check digit',
    shapes: [
      ...['9999999999', '9999999999999', '99999999999999999', 'AA99999999XXXX', 'AA999999999XXX', 'AA9999999XXXXX'],
      ...['99999999999999999999', '9999999999999999', 'AAA9999999999'],
    ],
    names: 'nid nidnumber nidno nida nidanumber ghanacard ghanacardnumber nin ninnumber',
    isValid: notRepeated,
  },
  {
    what: 'PhilSys number and card (PH)',
    source: 'Republic Act 11055: twelve digits of the number, sixteen of the card',
    shapes: ['999999999999', '9999999999999999'],
    names: 'philsys philsysnumber philsysid psn pcn',
    isValid: notRepeated,
  },
  {
    what: 'Identity card of nine digits and family card (VN, ID)',
    source: 'Nghị định 05/1999/NĐ-CP on the identity card: nine digits; Law 24 of 2013 (ID): sixteen digits',
    shapes: ['999999999', '9999999999999999'],
    names: 'cmnd chungminhnhandan nokk nomorkk kartukeluarga nomorkartukeluarga',
    isValid: notRepeated,
  },
  {
    what: 'Passports',
    source: 'ICAO Doc 9303, part 4: at most nine letters and digits; national numbers of ten and eleven digits',
    shapes: [],
    names: `passport passportno passportnumber traveldocument passeport pasaporte reisepass passaporto paspoort
      passnr passnummer passnumber паспорт pasport pasaport pasaportno`,
    isValid: isPassport,
  },
];
