import {
  characterOf,
  digit,
  digitsIn,
  isLuhn,
  isOneOf,
  isRepeated,
  isYearFirst,
  luhnSum,
  number,
  weighted,
} from './checks.ts';
import type { Id, IdFormat } from './format.ts';

const US_SSN = 'us-ssn';

/** Of advertisements, and so never anybody's. */
const NOBODYS = [78051120, 219099999];

function isSsn(id: Id): boolean {
  const area = number(id, 0, 3);
  if (area === 0 || area === 666 || area >= 900) return false;
  const whole = number(id, 0, 9);
  for (let index = 0; index < NOBODYS.length; index++) if (NOBODYS[index] === whole) return false;
  return number(id, 3, 2) !== 0 && number(id, 5, 4) !== 0 && !isRepeated(id, 9) && whole !== 123456789;
}

/** Groups that have been given out: 50 to 65, 70 to 88, 90 to 92, 94 to 99; 93 is for adoptions. */
function isItin(id: Id): boolean {
  const group = number(id, 3, 2);
  if (id[0] !== 9 || group < 50 || group === 89 || group === 93) return false;
  return group <= 65 || group >= 70;
}

/** First two digits: Federal Reserve districts, thrift institutions, electronic transfers, travellers' cheques. */
function isRouting(id: Id): boolean {
  const district = number(id, 0, 2);
  const isDistrict = district <= 12 || (district >= 21 && district <= 32) || (district >= 61 && district <= 72);
  if (!(isDistrict || district === 80) || isRepeated(id, 9)) return false;
  return weighted(id, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0;
}

/** The prefix 80840 of cards for health care adds 24 to the sum of Luhn. */
function isNpi(id: Id): boolean {
  return (id[0] === 1 || id[0] === 2) && (luhnSum(id, 0, 10) + 24) % 10 === 0;
}

/** Letters without S, L, O, I, B and Z. */
function isMbi(id: Id): boolean {
  if (id[0] === 0) return false;
  for (let index = 0; index < 11; index++) if (isOneOf('SLOIBZ', id, index)) return false;
  return true;
}

function isCpf(id: Id): boolean {
  if (isRepeated(id, 11)) return false;
  return (
    ((weighted(id, [10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10 === id[9] &&
    ((weighted(id, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10) % 11) % 10 === id[10]
  );
}

const CNPJ = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

/** Letters, given out since 2026, count as their ASCII code less 48: seven more than here. */
function isCnpj(id: Id): boolean {
  return !isRepeated(id, 14) && cnpjCheck(id, 12) === id[12] && cnpjCheck(id, 13) === id[13];
}

function cnpjCheck(id: Id, length: number): number {
  let sum = 0;
  for (let index = 0; index < length; index++) {
    const value = digit(id, index);
    sum += (value > 9 ? value + 7 : value) * (CNPJ[13 - length + index] ?? 0);
  }
  return sum % 11 < 2 ? 0 : 11 - (sum % 11);
}

/** The letter Ñ stands between N and O in the table of values, and so counts letters from O on one higher. */
function isCurp(id: Id): boolean {
  if (!isYearFirst(id, 4) || !isOneOf('HMX', id, 10)) return false;
  let sum = 0;
  for (let index = 0; index < 17; index++) {
    const value = digit(id, index);
    sum += (value > 23 ? value + 1 : value) * (18 - index);
  }
  return (10 - (sum % 10)) % 10 === id[17];
}

/** Values as for the CURP, but with `&` in the place of Ñ, which changes no other. Companies have one letter fewer. */
function isRfc(id: Id, length: number): boolean {
  const lead = length - 9;
  if (!isYearFirst(id, lead)) return false;
  let sum = length === 12 ? 37 * 13 : 0;
  for (let index = 0; index < length - 1; index++) {
    const value = digit(id, index);
    sum += (value > 23 ? value + 1 : value) * (length - index);
  }
  const check = 11 - (sum % 11);
  return id[length - 1] === (check === 11 ? 0 : check);
}

function isRut(id: Id, length: number): boolean {
  let sum = 0;
  for (let index = length - 2, place = 0; index >= 0; index--, place++) sum += digit(id, index) * (2 + (place % 6));
  const check = 11 - (sum % 11);
  return !isRepeated(id, length) && id[length - 1] === (check === 11 ? 0 : check === 10 ? characterOf('K', 0) : check);
}

function isCuit(id: Id): boolean {
  const check = 11 - (weighted(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return !isRepeated(id, 11) && id[10] === (check === 11 ? 0 : check === 10 ? 9 : check);
}

/** Province, 30 for citizens abroad, 50 for foreigners. */
function isEcuadorian(id: Id): boolean {
  const province = number(id, 0, 2);
  const isProvince = (province >= 1 && province <= 24) || province === 30 || province === 50;
  return isProvince && digit(id, 2) < 7 && isLuhn(id, 0, 10);
}

const IRS = 'https://www.irs.gov/individuals/individual-taxpayer-identification-number';
const RECEITA =
  'Receita Federal do Brasil, calculation of the check digits of CPF and CNPJ; https://en.wikipedia.org/wiki/Cadastro_de_Pessoas_Físicas';

export const AMERICAS: readonly IdFormat[] = [
  {
    kind: US_SSN,
    what: 'Social security number (US)',
    source: 'https://www.ssa.gov/employer/randomization.html',
    shapes: ['999999999'],
    anywhere: ['999-99-9999', '999 99 9999'],
    names: 'ssn socialsecurity socialsecuritynumber tin taxid',
    isValid: isSsn,
  },
  {
    kind: US_SSN,
    what: 'Individual taxpayer identification number (US)',
    source: IRS,
    shapes: ['999999999'],
    anywhere: ['999-99-9999', '999 99 9999'],
    names: 'itin ssn tin taxid taxpayer',
    isValid: isItin,
  },
  {
    kind: US_SSN,
    what: 'Adoption taxpayer identification number (US)',
    source: 'https://www.irs.gov/individuals/adoption-taxpayer-identification-number',
    shapes: ['999999999'],
    names: 'atin',
    isValid: (id) => id[0] === 9 && number(id, 3, 2) === 93,
  },
  {
    what: 'Preparer tax identification number (US)',
    source: 'https://www.irs.gov/tax-professionals/ptin-requirements-for-tax-return-preparers: P and eight digits',
    shapes: ['A99999999'],
    names: 'ptin preparertaxidentificationnumber',
    isValid: (id) => isOneOf('P', id, 0),
  },
  {
    what: 'Employer identification number (US)',
    source: 'https://www.irs.gov/businesses/small-businesses-self-employed/employer-id-numbers',
    shapes: ['999999999'],
    names: 'ein fein employerid employeridentification',
    isValid: (id) => number(id, 0, 2) > 0 && !isRepeated(id, 9),
  },
  {
    kind: 'bank-routing',
    what: 'ABA routing number (US)',
    source: 'https://www.frbservices.org/resources/routing-number-directory',
    shapes: ['999999999'],
    names: 'aba routing routingnumber routingno rtn abarouting',
    isValid: isRouting,
  },
  {
    kind: 'npi',
    what: 'National provider identifier of health care (US)',
    source:
      '45 CFR 162.406; CMS, requirements for the check digit of the NPI; https://www.cms.gov/regulations-and-guidance/administrative-simplification/nationalprovidentstand/downloads/npicheckdigit.pdf',
    shapes: ['9999999999'],
    names: 'npi provideridentifier',
    isValid: isNpi,
  },
  {
    what: 'Medicare beneficiary identifier (US)',
    source: 'https://www.cms.gov/medicare/new-medicare-card/understanding-the-mbi-format',
    shapes: ['9AX9AX9AA99'],
    anywhere: ['9AX9-AX9-AA99', '9AX9AX9AA99'],
    names: 'mbi medicare medicareid beneficiary',
    isValid: isMbi,
  },
  {
    what: 'Social insurance number (CA)',
    source: 'https://www.canada.ca/en/employment-social-development/services/sin.html; Luhn formula',
    shapes: ['999999999'],
    anywhere: ['999-999-999'],
    names: 'sin socialinsurance socialinsurancenumber',
    isValid: (id) => id[0] !== 0 && id[0] !== 8 && isLuhn(id, 0, 9) && !isRepeated(id, 9),
  },
  {
    what: 'CPF (BR)',
    source: RECEITA,
    shapes: ['99999999999'],
    anywhere: ['999.999.999-99'],
    names: 'cpf cadastrodepessoa cpfcnpj cpfoucnpj',
    isValid: isCpf,
  },
  {
    what: 'CNPJ (BR)',
    source: RECEITA,
    shapes: ['XXXXXXXXXXXX99'],
    anywhere: ['99.999.999/9999-99'],
    names: 'cnpj cpfcnpj cpfoucnpj cnpjcpf',
    isValid: isCnpj,
  },
  {
    what: 'CURP (MX)',
    source: 'Diario Oficial de la Federación, 18 October 2021, instructions for the CURP; https://www.gob.mx/curp/',
    shapes: ['AAAA999999AAAAAAX9'],
    anywhere: ['AAAA999999AAAAAAX9'],
    names: 'curp',
    isValid: isCurp,
  },
  {
    what: 'RFC (MX)',
    source:
      'SAT, annex 1-A of the Resolución Miscelánea Fiscal; https://www.infomex.org.mx/jspsi/documentos/2005/seguimiento/06101/0610100162005_065.doc',
    shapes: ['AAAA999999XXX', 'AAA999999XXX'],
    anywhere: ['AAAA999999XXX'],
    names: 'rfc',
    isValid: isRfc,
  },
  {
    what: 'RFC whose check is not looked at, also without its homoclave (MX)',
    source: 'SAT, Resolución Miscelánea Fiscal, rule 2.7.1.23: also the generic ones, XAXX010101000 and XEXX010101000',
    shapes: ['AAAA999999XXX', 'AAA999999XXX', 'AAAA999999'],
    names: 'rfc registrofederaldecontribuyentes',
    isValid: (id, length) => isYearFirst(id, length === 12 ? 3 : 4),
  },
  {
    what: 'RUT (CL)',
    source:
      'Servicio de Impuestos Internos, check digit by modulo 11; https://es.wikipedia.org/wiki/Rol_Único_Tributario',
    shapes: ['99999999X', '9999999X'],
    anywhere: ['99.999.999-X', '9.999.999-X'],
    names: 'rut rolunico',
    isValid: isRut,
  },
  {
    what: 'CUIT and CUIL (AR)',
    source: 'AFIP, check digit by modulo 11; https://es.wikipedia.org/wiki/Clave_Única_de_Identificación_Tributaria',
    shapes: ['99999999999'],
    anywhere: ['99-99999999-9'],
    names: 'cuit cuil ruc',
    isValid: isCuit,
  },
  {
    what: 'DNI (AR, PE)',
    source:
      'RENAPER and RENIEC: seven or eight digits; https://en.wikipedia.org/wiki/Documento_Nacional_de_Identidad_(Argentina)',
    shapes: ['99999999', '9999999'],
    names: 'dni documento',
    isValid: (id, length) => !isRepeated(id, length),
  },
  {
    what: 'Cédula (EC)',
    source: 'Registro Civil, check digit by modulo 10',
    shapes: ['9999999999'],
    names: 'cedula ci',
    isValid: isEcuadorian,
  },
  {
    what: 'Cédula (DO)',
    source: 'Junta Central Electoral, check digit by modulo 10',
    shapes: ['99999999999'],
    anywhere: ['999-9999999-9'],
    names: 'cedula',
    isValid: (id) => isLuhn(id, 0, 11) && !isRepeated(id, 11),
  },
  {
    what: 'Cédula (UY)',
    source: 'Dirección Nacional de Identificación Civil, check digit by modulo 10',
    shapes: ['99999999'],
    anywhere: ['9.999.999-9'],
    names: 'cedula ci',
    isValid: (id) => !isRepeated(id, 8) && (10 - (weighted(id, [2, 9, 8, 7, 6, 3, 4]) % 10)) % 10 === id[7],
  },
  {
    what: 'Driver license (US)',
    source: 'AAMVA DL/ID Card Design Standard: letters and digits as each state has them',
    shapes: ['A999999', 'A9999999', 'A99999999', 'A999999999', 'A999999999999', 'A9999999999999', 'A99999999999999'],
    names: 'driverlicense driverslicense driverlicence drivinglicence licensenumber licencenumber dl dlnumber dlno',
    isValid: (id, length) => digitsIn(id, length) >= 6,
  },
  {
    what: 'The same of digits alone (US)',
    source: 'AAMVA DL/ID Card Design Standard: seven to nine digits in Pennsylvania, Texas, New York and others',
    shapes: ['9999999', '99999999', '999999999'],
    names: 'driverlicense driverslicense driverlicensenumber driverslicensenumber dlnumber dlno',
    isValid: (id, length) => !isRepeated(id, length),
  },
  {
    kind: 'phone',
    what: 'Telephone numbers as they are written in North America, `202-555-0143`',
    source: 'North American Numbering Plan, https://www.nanpa.com/numbering',
    shapes: ['9999999999'],
    anywhere: ['999-999-9999'],
    names: 'phone',
    isValid: (id) => digit(id, 0) > 1 && digit(id, 3) > 1 && number(id, 1, 2) !== 11 && number(id, 4, 2) !== 11,
  },
];
