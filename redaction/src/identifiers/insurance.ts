import { digit, isLuhn, isMonthAndDay, isOneOf, isRepeated, number, weighted } from './checks.ts';
import type { Id, IdFormat } from './format.ts';

/** Four letters of the names, date of birth with 50 more for women, two digits. */
function isQuebec(id: Id): boolean {
  return isMonthAndDay(number(id, 6, 2) % 50, number(id, 8, 2));
}

/** 1 for persons, 2 for employers; ten primes as weights, and 9 less the last digit of the sum. */
function isNiss(id: Id): boolean {
  return digit(id, 0) <= 2 && 9 - (weighted(id, [29, 23, 19, 17, 13, 11, 7, 5, 3, 2]) % 10) === id[10];
}

function isTaj(id: Id): boolean {
  return weighted(id, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === id[8] && !isRepeated(id, 9);
}

/** PIS, PASEP, NIT, NIS: check digit by modulus 11. */
function isPis(id: Id): boolean {
  const check = 11 - (weighted(id, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return (check > 9 ? 0 : check) === id[10] && !isRepeated(id, 11);
}

/** Definite ones begin with 1 or 2, provisional ones with 7 to 9. */
function isCns(id: Id): boolean {
  const sum = weighted(id, [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  return isOneOf('12789', id, 0) && sum % 11 === 0;
}

const notRepeated = (id: Id, length: number): boolean => !isRepeated(id, length);

/** Health insurance and social insurance. */
export const INSURANCE: readonly IdFormat[] = [
  {
    what: 'Health insurance number (CA, Québec)',
    source: 'https://www.ramq.gouv.qc.ca, carte d’assurance maladie: letters of the names, date of birth, two digits',
    shapes: ['AAAA99999999'],
    names: 'ramq nam numeroassurancemaladie assurancemaladie healthcard healthinsurancenumber',
    isValid: isQuebec,
  },
  {
    what: 'RPPS number of health professionals (FR)',
    source: 'https://esante.gouv.fr, répertoire partagé des professionnels: eleven digits; Luhn formula',
    shapes: ['99999999999'],
    names: 'rpps numerorpps',
    isValid: (id) => isLuhn(id, 0, 11) && !isRepeated(id, 11),
  },
  {
    what: 'Número de identificação da Segurança Social (PT)',
    source: 'Instituto da Segurança Social, NISS: eleven digits, check digit by modulus 10; https://www.seg-social.pt/',
    shapes: ['99999999999'],
    names: 'niss numeroniss numerosegurancasocial numerodesegurancasocial segurancasocial',
    isValid: isNiss,
  },
  {
    what: 'Número de utente (PT)',
    source: 'Serviço Nacional de Saúde, portaria 981/95 on the user’s card: nine digits',
    shapes: ['999999999'],
    names: 'utente numeroutente numerodeutente numerosns',
    isValid: notRepeated,
  },
  {
    what: 'TAJ (HU)',
    source: 'Act XX of 1996 on identification, annex: nine digits, check digit by modulus 10',
    shapes: ['999999999'],
    names: 'taj tajszam tajszám',
    isValid: isTaj,
  },
  {
    what: 'PIS, PASEP, NIT and NIS (BR)',
    source: 'Caixa Econômica Federal, cadastro NIS: eleven digits, check digit by modulus 11',
    shapes: ['99999999999'],
    names: 'pis pasep pispasep nis nit nitpis numeropis',
    isValid: isPis,
  },
  {
    what: 'Cartão nacional de saúde (BR)',
    source: 'Ministério da Saúde, portaria 940/2011 and the routine of check of the CNS: modulus 11',
    shapes: ['999999999999999'],
    names: 'cns cartaosus cartaonacionaldesaude numerocns',
    isValid: isCns,
  },
  {
    what: 'Número de seguridad social (MX)',
    source: 'Instituto Mexicano del Seguro Social: office, years, serial number; Luhn formula',
    shapes: ['99999999999'],
    names: 'nss imss numeroimss numeroseguridadsocial numerodeseguridadsocial seguridadsocial',
    isValid: (id) => isLuhn(id, 0, 11) && !isRepeated(id, 11),
  },
  {
    what: 'Provident fund, state insurance and health account (IN)',
    source:
      'EPFO, universal account number: twelve digits; ESIC: ten or seventeen; National Health Authority, ABHA: fourteen',
    shapes: ['999999999999', '9999999999', '99999999999999999', '99999999999999'],
    names: 'uan uannumber uanno esic esicnumber abha abhanumber abhaid',
    isValid: notRepeated,
  },
  {
    what: 'Basic pension number (JP)',
    source: '国民年金法, article 14: four and six digits',
    shapes: ['9999999999'],
    names: '基礎年金番号 kisonenkin basicpensionnumber',
    isValid: notRepeated,
  },
  {
    what: 'BPJS (ID)',
    source: 'Law 24 of 2011 on the social insurance agency: thirteen digits, or eleven for workers',
    shapes: ['9999999999999', '99999999999'],
    names: 'bpjs nobpjs nomorbpjs',
    isValid: notRepeated,
  },
  {
    what: 'Social insurance book (VN)',
    source: 'Quyết định 595/QĐ-BHXH: ten digits; of the card of health insurance two letters and thirteen digits',
    shapes: ['9999999999', 'AA9999999999999'],
    names: 'bhxh bhyt masobhxh sobaohiem',
    isValid: notRepeated,
  },
];
