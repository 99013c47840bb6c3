import { digit, digitsIn, isLuhn, isRepeated, number, weighted } from './checks.ts';
import type { Id, IdFormat } from './format.ts';

export const BANK_ACCOUNT = 'bank-account';

/** Bank, branch, account, check digit. */
function isClabe(id: Id): boolean {
  let sum = 0;
  for (let index = 0; index < 17; index++) sum += (digit(id, index) * ([3, 7, 1][index % 3] ?? 0)) % 10;
  return (10 - (sum % 10)) % 10 === id[17];
}

const CBU_BANK = [7, 1, 3, 9, 7, 1, 3];
const CBU_ACCOUNT = [3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3];

function isCbu(id: Id): boolean {
  return (
    (10 - (weighted(id, CBU_BANK) % 10)) % 10 === id[7] && (10 - (weighted(id, CBU_ACCOUNT, 8) % 10)) % 10 === id[21]
  );
}

/** Kontonummer: check digit by modulus 11; those of the former Postbanken have seven digits by Luhn, with zeros before them. */
function isNorwegianAccount(id: Id, length: number): boolean {
  if (length === 7) return isLuhn(id, 0, 7) && !isRepeated(id, 7);
  if (number(id, 0, 4) === 0) return isLuhn(id, 4, 11) && !isRepeated(id, 11);
  return !isRepeated(id, 11) && (11 - (weighted(id, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === id[10];
}

const CCC = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];

/** Bank and office, then the account: each has a check digit by modulus 11, powers of two as weights. */
function isCcc(id: Id): boolean {
  return cccCheck(weighted(id, [4, 8, 5, 10, 9, 7, 3, 6])) === id[8] && cccCheck(weighted(id, CCC, 10)) === id[9];
}

function cccCheck(sum: number): number {
  const rest = sum % 11;
  return rest < 2 ? rest : 11 - rest;
}

/** Accounts that have no IBAN, or are told by their national number. */
export const BANK_ACCOUNTS: readonly IdFormat[] = [
  {
    kind: BANK_ACCOUNT,
    what: 'CLABE (MX)',
    source: 'Banco de México, circular 3/2012: check digit by modulus 10',
    shapes: ['999999999999999999'],
    names: 'clabe clabeinterbancaria clavebancaria clavebancariaestandarizada',
    isValid: isClabe,
  },
  {
    kind: BANK_ACCOUNT,
    what: 'CBU and CVU (AR)',
    source:
      'Banco Central de la República Argentina, comunicación A 2622: two check digits by modulus 10; https://es.wikipedia.org/wiki/Clave_Bancaria_Uniforme',
    shapes: ['9999999999999999999999'],
    names: 'cbu cvu clavebancariauniforme',
    isValid: isCbu,
  },
  {
    kind: BANK_ACCOUNT,
    what: 'Kontonummer (NO)',
    source:
      'Bits AS, account numbers of eleven digits: check digit by modulus 11; https://www.ecbs.org/iban/norway-bank-account-number.html',
    shapes: ['99999999999', '9999999'],
    names: 'kontonummer kontonr bankkontonummer',
    isValid: isNorwegianAccount,
  },
  {
    kind: BANK_ACCOUNT,
    what: 'Código cuenta cliente (ES)',
    source:
      'Banco de España, structure of the CCC: two check digits by modulus 11; https://es.wikipedia.org/wiki/Código_cuenta_cliente',
    shapes: ['99999999999999999999'],
    names: 'ccc codigocuentacliente cuentabancaria numerocuenta numerodecuenta',
    isValid: isCcc,
  },
  {
    kind: BANK_ACCOUNT,
    what: 'Číslo účtu (CZ)',
    source:
      'Česká národní banka, vyhláška 169/2011 Sb. on the construction of account numbers: prefix, number, bank; https://www.penize.cz/osobni-ucty/424173-tajemstvi-cisla-uctu-klicem-pro-banky-je-11',
    shapes: [],
    names: 'cislouctu čísloúčtu bankovniucet cislobankovnihouctu bankovnispojeni',
    isValid: (id, length) => length >= 8 && length <= 20 && digitsIn(id, length) === length && !isRepeated(id, length),
  },
];
