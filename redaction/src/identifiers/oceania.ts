import { digit, isLuhn, isOneOf, isRepeated, number, weighted } from './checks.ts';
import type { Id, IdFormat } from './format.ts';

function isTfn(id: Id, length: number): boolean {
  const sum = weighted(id, length === 9 ? [1, 4, 3, 7, 5, 8, 6, 9, 10] : [10, 7, 8, 4, 6, 3, 5, 1]);
  return sum % 11 === 0 && !isRepeated(id, length);
}

function isMedicare(id: Id): boolean {
  return digit(id, 0) >= 2 && digit(id, 0) <= 6 && weighted(id, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === id[8];
}

function isAbn(id: Id): boolean {
  return id[0] !== 0 && (weighted(id, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0;
}

function isAcn(id: Id): boolean {
  return !isRepeated(id, 9) && (10 - (weighted(id, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 === id[8];
}

/** One of two tables of weights; the second where the first gives 10. Eight digits count as nine with a zero before. */
function isIrd(id: Id, length: number): boolean {
  const at = 9 - length;
  let check = irdCheck(id, length, [3, 2, 7, 6, 5, 4, 3, 2], at);
  if (check === 10) check = irdCheck(id, length, [7, 4, 3, 2, 5, 2, 7, 6], at);
  return check === id[length - 1] && !isRepeated(id, length);
}

function irdCheck(id: Id, length: number, weights: readonly number[], at: number): number {
  let sum = 0;
  for (let index = 0; index < length - 1; index++) sum += digit(id, index) * (weights[index + at] ?? 0);
  return (11 - (sum % 11)) % 11;
}

const NHI = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

/** Letters without I and O count from 1 on; of the older form, which ends with a digit, the check is looked at. */
function isNhi(id: Id): boolean {
  let sum = 0;
  for (let index = 0; index < 3; index++) {
    const value = nhiValue(id, index);
    if (value === 0) return false;
    sum += value * (7 - index);
  }
  if (digit(id, 5) > 9) return nhiValue(id, 5) > 0 && nhiValue(id, 6) > 0;
  const check = 11 - ((sum + weighted(id, [4, 3, 2], 3)) % 11);
  return check !== 11 && check % 10 === id[6];
}

function nhiValue(id: Id, at: number): number {
  for (let index = 0; index < NHI.length; index++) if (isOneOf(NHI[index] ?? '', id, at)) return index + 1;
  return 0;
}

export const OCEANIA: readonly IdFormat[] = [
  {
    what: 'Tax file number (AU)',
    source:
      'Australian Taxation Office, check of the TFN by modulus 11; https://www.ato.gov.au/Individuals/Tax-file-number/',
    shapes: ['999999999', '99999999'],
    names: 'tfn taxfile taxfilenumber',
    isValid: isTfn,
  },
  {
    what: 'Medicare card (AU)',
    source:
      'Services Australia, Medicare card number: check digit by modulus 10; https://www.servicesaustralia.gov.au/medicare-card',
    shapes: ['9999999999', '99999999999'],
    names: 'medicare medicarenumber medicarecard',
    isValid: isMedicare,
  },
  {
    what: 'Australian business number (AU)',
    source: 'https://abr.business.gov.au/Help/AbnFormat',
    shapes: ['99999999999'],
    names: 'abn businessnumber',
    isValid: isAbn,
  },
  {
    what: 'Australian company number (AU)',
    source: 'ASIC, check digit of the ACN; https://en.wikipedia.org/wiki/Australian_Company_Number',
    shapes: ['999999999'],
    names: 'acn companynumber',
    isValid: isAcn,
  },
  {
    what: 'Individual healthcare identifier (AU)',
    source: 'Healthcare Identifiers Act 2010; AS 5017: sixteen digits that begin with 80036; Luhn formula',
    shapes: ['9999999999999999'],
    names: 'ihi ihinumber individualhealthcareidentifier healthcareidentifier hpii',
    isValid: (id) => number(id, 0, 5) === 80036 && isLuhn(id, 0, 16),
  },
  {
    what: 'IRD number (NZ)',
    source:
      'Inland Revenue, Resident and Non-Resident Withholding Tax specification, check digit of the IRD number; https://www.ird.govt.nz/-/media/Project/IR/PDF/2020RWTNRWTSpecificationDocumentv10.pdf',
    shapes: ['99999999', '999999999'],
    names: 'ird irdnumber irdno inlandrevenuenumber',
    isValid: isIrd,
  },
  {
    what: 'National Health Index (NZ)',
    source:
      'HISO 10046 Consumer Health Identity Standard: check digit by modulus 11, and letters since 2026; https://en.wikipedia.org/wiki/NHI_Number',
    shapes: ['AAA9999', 'AAA99AA'],
    names: 'nhi nhinumber nationalhealthindex nationalhealthindexnumber',
    isValid: isNhi,
  },
];
