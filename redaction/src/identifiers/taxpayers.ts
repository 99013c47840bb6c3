import { digit, digitsIn, isLuhn, isMod11And10, isOneOf, isRepeated, isVerhoeff, weighted } from './checks.ts';
import type { Id, IdFormat } from './format.ts';

const LETTER_A = 10;

const RIF_LETTERS = 'VEJPG';

/** Letter of the kind of holder; it counts four times its place among V, E, J, P, G. */
function isRif(id: Id): boolean {
  let place = 0;
  while (place < RIF_LETTERS.length && !isOneOf(RIF_LETTERS[place] ?? '', id, 0)) place++;
  if (place === RIF_LETTERS.length) return false;
  const rest = ((place + 1) * 4 + weighted(id, [3, 2, 7, 6, 5, 4, 3, 2], 1)) % 11;
  return (rest < 2 ? 0 : 11 - rest) === id[9];
}

/** The digits count with their place, then by powers of two, and never as less than a modulus of 9 tells. */
function isVkn(id: Id): boolean {
  let sum = 0;
  for (let index = 0; index < 9; index++) {
    const back = 9 - index;
    const shifted = (digit(id, index) + back) % 10;
    if (shifted !== 0) sum += (shifted * 2 ** back) % 9 || 9;
  }
  return (10 - (sum % 10)) % 10 === id[9] && !isRepeated(id, 10);
}

/** The letters of the taxpayers that are persons; the check digit is not looked at. */
function isUnp(id: Id): boolean {
  return digit(id, 0) < LETTER_A ? digit(id, 0) >= 1 && digit(id, 0) <= 7 : isOneOf('ABCEHKM', id, 0);
}

/** Nine digits by ISO/IEC 7064 in Serbia, eight by modulus 11 in Montenegro. It is also short for a gross domestic product. */
function isPib(id: Id, length: number): boolean {
  if (length === 9) return id[0] !== 0 && isMod11And10(id, 0, 9);
  return ((11 - (weighted(id, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === id[7] && !isRepeated(id, 8);
}

/** No letter is I, O or U. */
function isTunisian(id: Id): boolean {
  return isOneOf('ABCDEFGHJKLMNPQRSTVWXYZ', id, 7);
}

/** Those of British Columbia begin with 9, and have a check digit by modulus 11. */
function isHealthNumber(id: Id, length: number): boolean {
  if (id[0] === 9) return (11 - (weighted(id, [2, 4, 8, 5, 10, 9, 7, 3], 1) % 11)) % 11 === id[9];
  return id[0] !== 0 && length >= 10 && isLuhn(id, 0, 10);
}

function isMauritian(id: Id): boolean {
  return digit(id, 0) >= LETTER_A;
}

/** The second letter stands for the last digit of its value. */
const TAIWAN = [10, 11, 12, 13, 14, 15, 16, 17, 34, 18, 19, 20, 21, 22, 35, 23, 24, 25, 26, 27, 28, 29, 32, 30, 31, 33];

function isOldTaiwanese(id: Id): boolean {
  const area = TAIWAN[digit(id, 0) - LETTER_A] ?? 0;
  const second = (TAIWAN[digit(id, 1) - LETTER_A] ?? 0) % 10;
  const sum = ((area / 10) | 0) + (area % 10) * 9 + second * 8 + weighted(id, [7, 6, 5, 4, 3, 2, 1, 1], 2);
  return isOneOf('ABCD', id, 1) && sum % 10 === 0;
}

/** ATU, or U alone. */
function isAustrianUid(id: Id, length: number): boolean {
  const at = length - 8;
  let sum = 4;
  for (let index = 0; index < 7; index++) {
    const value = index % 2 === 0 ? digit(id, at + index) : digit(id, at + index) * 2;
    sum += value > 9 ? value - 9 : value;
  }
  return isOneOf('U', id, at - 1) && (10 - (sum % 10)) % 10 === id[length - 1];
}

function isSwissUid(id: Id): boolean {
  const check = (11 - (weighted(id, [5, 4, 3, 2, 7, 6, 5, 4], 3) % 11)) % 11;
  return isOneOf('C', id, 0) && isOneOf('H', id, 1) && isOneOf('E', id, 2) && check === id[11];
}

/** A number that is kept as one is tried with zeros before it, and has to be longer than those of amounts. */
function isTaxpayer(id: Id, length: number): boolean {
  let zeros = 0;
  while (id[zeros] === 0) zeros++;
  return length <= 20 && length - zeros >= 6 && digitsIn(id, length) >= 5 && !isRepeated(id, length);
}

export const TAXPAYERS: readonly IdFormat[] = [
  {
    what: 'UID (AT)',
    source: 'Bundesministerium für Finanzen, construction of the UID number: check digit',
    shapes: ['A99999999', 'AAA99999999'],
    names: 'uid',
    isValid: isAustrianUid,
  },
  {
    what: 'UID (CH)',
    source: 'Bundesamt für Statistik, UID: check digit by modulus 11; https://www.uid.admin.ch/',
    shapes: ['AAA999999999'],
    names: 'uid ide idi uidnumber unternehmensidentifikationsnummer',
    isValid: isSwissUid,
  },
  {
    what: 'RUT of businesses (UY)',
    source:
      'Dirección General Impositiva: twelve digits, check digit by modulus 11; https://www.agesic.gub.uy/innovaportal/file/1634/1/modelo_de_datos.pdf',
    shapes: ['999999999999'],
    names: 'rut registrounicotributario',
    isValid: (id) => (11 - (weighted(id, [4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === id[11],
  },
  {
    what: 'RIF (VE)',
    source: 'SENIAT, registro único de información fiscal: check digit by modulus 11',
    shapes: ['A999999999'],
    names: 'rif registrounicodeinformacionfiscal',
    isValid: isRif,
  },
  {
    what: 'Vergi kimlik numarası (TR)',
    source:
      'Gelir İdaresi Başkanlığı: check digit of the tax number; https://www.turkiye.gov.tr/gib-intvrg-vergi-kimlik-numarasi-dogrulama',
    shapes: ['9999999999'],
    names: 'vkn vergino vergikimlikno vergikimliknumarasi vergikimlik verginumarasi',
    isValid: isVkn,
  },
  {
    what: 'УНП (BY)',
    source:
      'Ministry of Taxes of Belarus: nine digits, or a letter and eight; https://be.wikipedia.org/wiki/Уліковы_нумар_плацельшчыка',
    shapes: ['X99999999', 'AA9999999'],
    names: 'unp унп unpnumber',
    isValid: isUnp,
  },
  {
    what: 'Matricule fiscal (TN)',
    source:
      'Direction générale des impôts of Tunisia: seven digits, a check letter, codes and the establishment; https://www.registre-entreprises.tn/',
    shapes: ['9999999A', '9999999AAA999'],
    names: 'mf matriculefiscal matriculefiscale',
    isValid: isTunisian,
  },
  {
    what: 'PIN of the Kenya Revenue Authority (KE)',
    source:
      'Kenya Revenue Authority: A or P, nine digits, a letter; https://www.kra.go.ke/individual/individual-pin-registration/learn-about-pin/about-pin',
    shapes: ['A999999999A'],
    names: 'krapin kra pinnumber',
    isValid: (id) => isOneOf('AP', id, 0),
  },
  {
    what: 'Numbers of health cards (CA)',
    source:
      'Ministry of Health of British Columbia, personal health number; OHIP number of Ontario: Luhn formula; https://www2.gov.bc.ca/assets/gov/health/practitioner-pro/software-development-guidelines/conformance-standards/vol-4b-app-rules-client-registry.pdf',
    shapes: ['9999999999', '9999999999AA'],
    names: 'phn bcphn personalhealthnumber healthnumber healthcard healthcardnumber ohip ohipnumber',
    isValid: isHealthNumber,
  },
  {
    what: 'National identity card (MU)',
    source:
      'Civil Status Division of Mauritius: initial of the surname, date of birth, seven characters; https://mnis.govmu.org/English/ID%20Card/Pages/default.aspx',
    shapes: ['A999999999999X', 'A99999999999X'],
    names: 'nid nationalidentifier nationalid',
    isValid: isMauritian,
  },
  {
    what: 'Resident certificate before 2021 (TW)',
    source: 'National Immigration Agency of Taiwan; check digit by modulus 10',
    shapes: ['AA99999999'],
    names: 'arc arcnumber uinumber residentcertificate natid taiwanid',
    isValid: isOldTaiwanese,
  },
  {
    what: 'Единен данъчен номер (MK)',
    source: 'Public Revenue Office of North Macedonia: check digit by modulus 11; http://www.ujp.gov.mk/en',
    shapes: ['9999999999999'],
    names: 'edb едб',
    isValid: (id) => ((11 - (weighted(id, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === id[12],
  },
  {
    what: 'Личен номер на чужденец (BG)',
    source: 'Ministry of Interior of Bulgaria: check digit by modulus 10',
    shapes: ['9999999999'],
    names: 'pnf lnch lnc лнч',
    isValid: (id) => weighted(id, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 === id[9],
  },
  {
    what: 'Poreski identifikacioni broj (RS, ME)',
    source:
      'Zakon o poreskom postupku i poreskoj administraciji (RS), article 26; Pravilnik o PIB (ME): check digits by ISO/IEC 7064, MOD 11,10, and by modulus 11',
    shapes: ['999999999', '99999999'],
    names: 'pib poreskiidentifikacionibroj',
    isValid: isPib,
  },
  {
    what: 'Taxpayer numbers, where the name says that it is one',
    source: 'https://www.oecd.org/tax/automatic-exchange/crs-implementation-and-assistance/tax-identification-numbers/',
    shapes: [],
    names: `nit nrt rnc ruc ntn nuit nifp nipt nuis ninea peid mst masothue masothuedn npwp nomorpokokwajibpajak voen vöen
      personenidentifikationsnummer numeroidentificacionfiscal numerodeidentificacionfiscal
      numerodeidentificacaofiscal numeroidentificacaofiscal numeroidentificaciontributaria
      numerodeidentificaciontributaria registrounicodecontribuyentes registrounicodelcontribuyentes
      registrounicotributario registronacionaldelcontribuyente registrofederaldecontribuyentes cadastrodepessoasfisicas
      numerodimmatriculationfiscale numeroimmatriculationfiscale numerodidentificationfiscale
      numerounicodeidentificacaotributaria numeroderegistretributari numeroidentificationfiscale identifiantfiscal
      taxregistrationnumber taxreferencenumber taxreference
      numeridentyfikacjipodatkowej taxidentifier inlandrevenue steueridentifikation`,
    isValid: isTaxpayer,
  },
  {
    what: 'Virtual identity number of Aadhaar (IN)',
    source:
      'UIDAI, circular 1 of 2018: sixteen digits; Verhoeff; https://uidai.gov.in/images/resource/UIDAI_Circular_11012018.pdf',
    shapes: ['9999999999999999'],
    names: 'aadhaarvid virtualid vid',
    isValid: (id) => digit(id, 0) > 1 && isVerhoeff(id, 16),
  },
];
