import { characterOf, digit, isMonthAndDay, isOneOf, isRepeated, number, weighted } from './checks.ts';
import type { Id, IdFormat } from './format.ts';

const CIF = 'JABCDEFGHI';

/** Letter of the kind of entity, seven digits, and a check that is a digit or its letter. */
function isCif(id: Id): boolean {
  if (!isOneOf('ABCDEFGHJNPQRSUVW', id, 0)) return false;
  let sum = 0;
  for (let index = 1; index < 8; index++) {
    const value = index % 2 === 0 ? digit(id, index) : digit(id, index) * 2;
    sum += value > 9 ? value - 9 : value;
  }
  const check = (10 - (sum % 10)) % 10;
  return id[8] === check || isOneOf(CIF[check] ?? '', id, 8);
}

/** K: under fourteen, L: Spaniards who live abroad, M: foreigners without a NIE; the letter is that of a NIF. */
function isOtherNif(id: Id): boolean {
  return isOneOf('KLM', id, 0) && isOneOf('TRWAGMYFPDXBNJZSQVHLCKE'[number(id, 1, 7) % 23] ?? '', id, 8);
}

/** Province, serial number, remainder by 97; leading zeros of the serial number do not count, and are counted by many. */
function isSpanishSocialSecurity(id: Id): boolean {
  const province = number(id, 0, 2);
  const serial = number(id, 2, 8);
  const check = number(id, 10, 2);
  const isShort = serial < 10_000_000 && (serial + province * 10_000_000) % 97 === check;
  return province > 0 && (isShort || number(id, 0, 10) % 97 === check);
}

const DEPARTMENTS = 'LPORPOPTCBCHTJSCBEBNPD';

function isBolivian(id: Id, length: number): boolean {
  for (let at = 0; at < DEPARTMENTS.length; at += 2) {
    if (characterOf(DEPARTMENTS, at) === id[length - 2] && characterOf(DEPARTMENTS, at + 1) === id[length - 1])
      return true;
  }
  return false;
}

/** Municipality at the end: department and its number. */
function isGuatemalan(id: Id): boolean {
  const department = number(id, 9, 2);
  return department >= 1 && department <= 22 && number(id, 11, 2) > 0;
}

/** `YYMMDD` first; then sex and century, serial number. */
function isCuban(id: Id): boolean {
  return isMonthAndDay(number(id, 2, 2), number(id, 4, 2));
}

/** Letters count from 10 on, every second character from the right double. */
function isCitizensCard(id: Id): boolean {
  let sum = 0;
  for (let index = 11; index >= 0; index--) {
    const value = index % 2 === 1 ? digit(id, index) : digit(id, index) * 2;
    sum += value > 9 && index % 2 === 0 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** The check, a digit or a letter, by two tables. */
function isPeruvian(id: Id, length: number): boolean {
  if (length === 8) return !isRepeated(id, 8);
  const rest = weighted(id, [3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return id[8] === characterOf('65432110987', rest) || id[8] === characterOf('KJIHGFEDCBA', rest);
}

/** RO may stand before it where it is one of value added tax. Weights from the right, as if zeros stood before the number. */
function isRomanian(id: Id, length: number): boolean {
  const hasPrefix = isOneOf('R', id, 0) && isOneOf('O', id, 1);
  if (!hasPrefix && digit(id, 0) > 9) return false;
  const weights = [7, 5, 3, 2, 1, 7, 5, 3, 2];
  const from = hasPrefix ? 2 : 0;
  let sum = 0;
  for (let index = length - 2, at = 8; index >= from; index--, at--) sum += digit(id, index) * (weights[at] ?? 0);
  return ((sum * 10) % 11) % 10 === id[length - 1];
}

const notRepeated = (id: Id, length: number): boolean => !isRepeated(id, length);

/** Under names of Romance languages that are the same in several countries. */
export const ROMANCE: readonly IdFormat[] = [
  {
    what: 'Cédula and carné of identity (BO, CO, CR, CU, PA, PE, PY, VE)',
    source:
      'Registraduría Nacional (CO): up to ten digits; Tribunal Supremo de Elecciones (CR): nine; Dirección de Migración (CR): eleven and twelve; SEGIP (BO): up to eight and the department; https://www.hacienda.go.cr/consultapagos/ayuda_cedulas.htm',
    shapes: [
      ...['99999', '999999', '9999999', '99999999', '999999999', '9999999999', '99999999999', '999999999999'],
      ...['A9999999', 'A99999999', '999999AA', '9999999AA', '99999999AA'],
    ],
    names: `cedula cédula ceduladeidentidad cedulaidentidad ceduladeciudadania cedulaciudadania ceduladeextranjeria cedulaextranjeria
      cedulafisica cedulajuridica ceduladepersonafisica ceduladepersonajuridica ceduladeresidencia dimex carnetdeidentidad
      carnetidentidad carnedeidentidad carneidentidad carnetdeextranjeria carnetextranjeria carnedeextranjeria
      numerodecedula numerocedula`,
    isValid: notRepeated,
  },
  {
    what: 'Carnet de identidad with its department (BO)',
    source: 'Ley 145 of 2011 on the SEGIP: up to eight digits and the letters of the department',
    shapes: ['99999AA', '999999AA', '9999999AA', '99999999AA'],
    names: 'ci carnet carnetdeidentidad cedula cédula',
    isValid: isBolivian,
  },
  {
    what: 'Carné de identidad (CU)',
    source:
      'Registro del Estado Civil de Cuba: date of birth, eleven digits; https://www.postdata.club/issues/201609/es-usted-unico-en-cuba.html',
    shapes: ['99999999999'],
    names: 'numeroidentidad numerodeidentidad',
    isValid: isCuban,
  },
  {
    what: 'DPI, código único de identificación (GT)',
    source:
      'RENAP, código único de identificación: number, check digit, department, municipality; https://portal.sat.gob.gt/portal/descarga/6524/factura-electronica-fel/25542/fel-reglas-y-validaciones.pdf',
    shapes: ['9999999999999'],
    names: 'cui dpi',
    isValid: isGuatemalan,
  },
  {
    what: 'CUI, the DNI with its check character (PE)',
    source:
      'RENIEC, código único de identificación: eight digits, and a check digit or letter; https://www.gob.pe/235-documento-nacional-de-identidad-dni',
    shapes: ['99999999', '99999999X'],
    names: 'cui dni cedulaunicadeidentidad',
    isValid: isPeruvian,
  },
  {
    what: 'CIF of companies (ES)',
    source:
      'Orden EHA/451/2008 on the number of tax identification of legal entities; check as in Real Decreto 1065/2007; https://es.wikipedia.org/wiki/Código_de_identificación_fiscal',
    shapes: ['A9999999X'],
    names: 'cif nif',
    isValid: isCif,
  },
  {
    what: 'NIF that begins with K, L or M (ES)',
    source: 'Real Decreto 1065/2007, articles 19 and 20',
    shapes: ['A9999999A'],
    names: 'nif',
    isValid: isOtherNif,
  },
  {
    what: 'Número de la Seguridad Social (ES)',
    source: 'Tesorería General de la Seguridad Social: remainder by 97',
    shapes: ['999999999999'],
    names: 'nss numeroseguridadsocial numerodeseguridadsocial seguridadsocial numerodeafiliacion',
    isValid: isSpanishSocialSecurity,
  },
  {
    what: 'CUI and CIF of businesses (RO)',
    source: 'Ordonanța 92/2003, check digit by modulus 11; https://ro.wikipedia.org/wiki/Cod_de_identificare_fiscală',
    shapes: [
      ...['99999', '999999', '9999999', '99999999', '999999999', '9999999999'],
      ...['AA99999', 'AA999999', 'AA9999999', 'AA99999999', 'AA999999999', 'AA9999999999'],
    ],
    names: 'cui cif cf codfiscal codulfiscal codulunicdeinregistrare codunicdeinregistrare',
    isValid: isRomanian,
  },
  {
    what: 'Number of the trade register (RO)',
    source: 'Legea 265/2022 on the register of trade: kind of the merchant, county, number, year',
    shapes: ['A9999999', 'A99999999', 'A999999999', 'A9999999999', 'A99999999999', 'A999999999999', 'A9999999999999'],
    names: 'onrc nrregcom numarregistrulcomertului nrregistrulcomertului numardeordineinregistrulcomertului',
    isValid: (id) => isOneOf('JFC', id, 0),
  },
  {
    what: 'Cartão de cidadão (PT)',
    source:
      'Autoridade Nacional de Segurança, check digit of the document number of the Cartão de Cidadão; https://www.autenticacao.gov.pt/documents/20126/115760/Validação+de+Número+de+Documento+do+Cartão+de+Cidadão.pdf',
    shapes: ['999999999XX9'],
    names: 'cc cartaocidadao cartaodecidadao cartaodocidadao numerodecartaodecidadao numerocartaocidadao',
    isValid: isCitizensCard,
  },
  {
    what: 'Bilhete de identidade (AO, MZ)',
    source:
      'Direcção Nacional de Identificação: nine digits, province, three digits; in Mozambique twelve digits and a letter',
    shapes: ['999999999AA999', '999999999999A'],
    names: 'bi bilhetedeidentidade bilheteidentidade nif',
    isValid: () => true,
  },
  {
    what: 'Número de identificação fiscal, numéro d’identification fiscale (AO, DZ)',
    source:
      'Administração Geral Tributária (AO): ten digits; Direction générale des impôts (DZ): fifteen or twenty; https://nifenligne.mfdgi.gov.dz/',
    shapes: ['9999999999', '999999999999999', '99999999999999999999'],
    names: 'nif',
    isValid: notRepeated,
  },
];
