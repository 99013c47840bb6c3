import { characterOf, digit, digitsIn, isLuhn, isRepeated, number, remainder, weighted } from './checks.ts';
import type { Id, IdFormat } from './format.ts';

/** Nearly all places of the post office have a number whose digits add up to a multiple of five. */
const LA_POSTE = 356_000_000;

function isSiret(id: Id): boolean {
  if (isLuhn(id, 0, 14)) return !isRepeated(id, 14);
  return number(id, 0, 9) === LA_POSTE && weighted(id, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) % 5 === 0;
}

function isIco(id: Id): boolean {
  return !isRepeated(id, 8) && (11 - (weighted(id, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === id[7];
}

function isRegon(id: Id, length: number): boolean {
  if (isRepeated(id, length) || (weighted(id, [8, 9, 2, 3, 4, 5, 6, 7]) % 11) % 10 !== id[8]) return false;
  return length === 9 || (weighted(id, [2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11) % 10 === id[13];
}

function isEdrpou(id: Id): boolean {
  const whole = number(id, 0, 8);
  const middle = whole >= 30_000_000 && whole <= 60_000_000;
  let check = weighted(id, middle ? [7, 1, 2, 3, 4, 5, 6] : [1, 2, 3, 4, 5, 6, 7]) % 11;
  if (check === 10) check = weighted(id, middle ? [9, 3, 4, 5, 6, 7, 8] : [3, 4, 5, 6, 7, 8, 9]) % 11;
  return check % 10 === id[7] && !isRepeated(id, 8);
}

/** No rate: 0.12345678 has as many digits. */
function isCvr(id: Id): boolean {
  return id[0] !== 0 && weighted(id, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 && !isRepeated(id, 8);
}

/** The digits before the last, divided by 11 or, in the longer one of persons, by 13. */
function isOgrn(id: Id, length: number): boolean {
  return id[0] !== 0 && remainder(id, 0, length - 1, length === 13 ? 11 : 13) % 10 === id[length - 1];
}

/** With a remainder of 0 none is given out. */
function isSlovenianBusiness(id: Id): boolean {
  const rest = weighted(id, [7, 6, 5, 4, 3, 2]) % 11;
  return rest !== 0 && (11 - rest) % 10 === id[6];
}

function isFinnishBusiness(id: Id): boolean {
  return weighted(id, [7, 9, 10, 5, 8, 4, 2, 1]) % 11 === 0 && !isRepeated(id, 8);
}

function isNorwegianBusiness(id: Id): boolean {
  return (11 - (weighted(id, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === id[8] && !isRepeated(id, 9);
}

function isEstonianBusiness(id: Id): boolean {
  let check = weighted(id, [1, 2, 3, 4, 5, 6, 7]) % 11;
  if (check === 10) check = weighted(id, [3, 4, 5, 6, 7, 8, 9]) % 11;
  return id[0] !== 0 && check % 10 === id[7];
}

/** Letters without I, O, Z, S and V count from 10 on. */
const CREDIT = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const CREDIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

function isSocialCredit(id: Id): boolean {
  let sum = 0;
  for (let index = 0; index < 17; index++) {
    let value = 0;
    while (value < CREDIT.length && characterOf(CREDIT, value) !== id[index]) value++;
    if (value === CREDIT.length) return false;
    sum += value * (CREDIT_WEIGHTS[index] ?? 0);
  }
  return characterOf(CREDIT, (31 - (sum % 31)) % 31) === id[17];
}

/** The first digit is the check. */
function isJapaneseCorporate(id: Id): boolean {
  return 9 - (weighted(id, [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], 1) % 9) === id[0];
}

/** Where the seventh digit is 7, its product may count as 0 or 1. */
function isTaiwaneseBusiness(id: Id): boolean {
  let sum = 0;
  for (let index = 0; index < 8; index++) {
    const product = digit(id, index) * ([1, 2, 1, 2, 1, 2, 4, 1][index] ?? 0);
    sum += ((product / 10) | 0) + (product % 10);
  }
  return !isRepeated(id, 8) && (sum % 5 === 0 || (id[6] === 7 && (sum + 1) % 5 === 0));
}

/** Businesses of one person are that person. */
export const BUSINESSES: readonly IdFormat[] = [
  {
    what: 'SIREN (FR)',
    source: 'INSEE, répertoire Sirene; Luhn formula; https://avis-situation-sirene.insee.fr/',
    shapes: ['999999999'],
    names: 'siren numerosiren',
    isValid: (id) => isLuhn(id, 0, 9) && !isRepeated(id, 9),
  },
  {
    what: 'SIRET (FR)',
    source:
      'INSEE, répertoire Sirene; Luhn formula, and the sum of the digits for La Poste; https://fr.wikipedia.org/wiki/Système_d’identification_du_répertoire_des_établissements',
    shapes: ['99999999999999'],
    names: 'siret numerosiret',
    isValid: isSiret,
  },
  {
    what: 'IČO (CZ, SK)',
    source:
      'Zákon 89/1995 Sb., section 21: check digit by modulus 11; https://cs.wikipedia.org/wiki/Identifikační_číslo_osoby',
    shapes: ['99999999'],
    names: 'ico ičo identifikacnicisloosoby',
    isValid: isIco,
  },
  {
    what: 'REGON (PL)',
    source:
      'Rozporządzenie Rady Ministrów of 30 November 2015 on the REGON: check digits by modulus 11; https://bip.stat.gov.pl/en/regon/',
    shapes: ['999999999', '99999999999999'],
    names: 'regon numerregon',
    isValid: isRegon,
  },
  {
    what: 'ЄДРПОУ (UA)',
    source: 'State Statistics Service of Ukraine, check digit by modulus 11; https://uk.wikipedia.org/wiki/Код_ЄДРПОУ',
    shapes: ['99999999'],
    names: 'edrpou єдрпоу',
    isValid: isEdrpou,
  },
  {
    what: 'ОГРН and ОГРНИП (RU)',
    source:
      'Federal Tax Service of Russia, order of 30 October 2017 on the registers: remainder by 11, and by 13; https://ru.wikipedia.org/wiki/Основной_государственный_регистрационный_номер',
    shapes: ['9999999999999', '999999999999999'],
    names: 'ogrn ogrnip огрн огрнип',
    isValid: isOgrn,
  },
  {
    what: 'Matična številka (SI)',
    source: 'https://pisrs.si/pregledPredpisa?id=URED7599, register of companies: check digit by modulus 11',
    shapes: ['9999999', '9999999X99'],
    names: 'maticna maticnastevilka matičnaštevilka',
    isValid: isSlovenianBusiness,
  },
  {
    what: 'CVR-nummer (DK)',
    source: 'Erhvervsstyrelsen, check of the CVR number by modulus 11',
    shapes: ['99999999'],
    names: 'cvr cvrnummer cvrnr',
    isValid: isCvr,
  },
  {
    what: 'Y-tunnus (FI)',
    source: 'Finnish Patent and Registration Office, Business ID: check digit by modulus 11',
    shapes: ['99999999'],
    names: 'ytunnus alv alvnro alvnumero',
    isValid: isFinnishBusiness,
  },
  {
    what: 'Organisasjonsnummer (NO)',
    source:
      'Brønnøysundregistrene: check digit by modulus 11; behind it MVA where it is one of value added tax; https://nn.wikipedia.org/wiki/Organisasjonsnummer',
    shapes: ['999999999', '999999999AAA'],
    names: 'organisasjonsnummer orgnr mva mvanummer',
    isValid: isNorwegianBusiness,
  },
  {
    what: 'Registrikood (EE)',
    source: 'RIK, e-Business Register: check digit by modulus 11; https://ariregister.rik.ee/',
    shapes: ['99999999'],
    names: 'registrikood',
    isValid: isEstonianBusiness,
  },
  {
    what: 'Unified social credit code (CN)',
    source:
      'GB 32100-2015; check character by modulus 31; https://www.oecd.org/tax/automatic-exchange/crs-implementation-and-assistance/tax-identification-numbers/China-TIN.pdf',
    shapes: ['XX999999XXXXXXXXXX'],
    names: 'uscc socialcreditcode unifiedsocialcreditcode 统一社会信用代码',
    isValid: isSocialCredit,
  },
  {
    what: 'Corporate number (JP)',
    source:
      'National Tax Agency of Japan, ordinance on the corporate number: check digit by modulus 9; https://www.nta.go.jp/taxes/tetsuzuki/mynumberinfo/houjinbangou/',
    shapes: ['9999999999999'],
    names: 'corporatenumber hojinbango houjinbangou 法人番号',
    isValid: isJapaneseCorporate,
  },
  {
    what: 'Unified business number (TW)',
    source:
      'Fiscal Information Agency of Taiwan, check of the number: divisible by 5 since 2023; https://www.fia.gov.tw/singlehtml/3?cntId=c4d9cff38c8642ef8872774ee9987283',
    shapes: ['99999999'],
    names: 'ubn unifiedbusinessnumber 統一編號',
    isValid: isTaiwaneseBusiness,
  },
  {
    what: 'Identifiant commun de l’entreprise (MA)',
    source: 'Décret 2-11-63 on the ICE: remainder by 97; https://www.ice.gov.ma/ICE/Guide_ICE.pdf',
    shapes: ['999999999999999'],
    names: 'ice identifiantcommun identifiantcommundelentreprise icenumber',
    isValid: (id) => remainder(id, 0, 15, 97) === 0 && !isRepeated(id, 15),
  },
  {
    what: 'Business number and number of QST (CA)',
    source:
      'Canada Revenue Agency: nine digits by Luhn, and those of the account; Revenu Québec: ten digits, TQ, account; https://www.canada.ca/en/services/taxes/business-number.html',
    shapes: ['999999999', '999999999AA9999', '9999999999AA9999'],
    names: 'businessnumber gst gsthst hst qst',
    isValid: (id, length) => !isRepeated(id, 9) && (length === 16 || isLuhn(id, 0, 9)),
  },
  {
    what: 'Numbers of companies, where the name says that it is one of a register',
    source:
      'https://www.gleif.org/en/about-lei/code-lists/gleif-registration-authorities-list: five to eighteen characters',
    shapes: [],
    names: `companyregistrationnumber companyregno companyregistrationno companyregistryid kvknummer kvknumber idno bulstat eik еик булстат maticnibroj matičnibroj
      firmenbuchnummer crnnumber registeredcompanynumber orgnummer`,
    isValid: (id, length) => length <= 18 && digitsIn(id, length) >= 5 && !isRepeated(id, length),
  },
];
