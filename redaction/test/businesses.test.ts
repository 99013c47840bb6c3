import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';

const redactor = createRedactor({});

/** Numbers of the authorities themselves and of well-known companies, or made with their checksum; then a wrong one. */
const NUMBERS: readonly (readonly [name: string, value: string, wrong?: string])[] = [
  ['siren', '732829320', '732829321'],
  ['siret', '73282932000074', '73282932000075'],
  ['siret', '35600000000048', '35600000000046'], // La Poste, by Luhn
  ['siret', '35600000009075', '35600000009076'], // La Poste, by the sum of its digits
  ['ico', '27082440', '27082441'],
  ['regon', '123456785', '123456784'],
  ['regon', '12345678512347', '12345678512348'],
  ['edrpou', '00032129', '00032128'],
  ['cvr', '24256790', '24256791'],
  ['ytunnus', '0112038-9', '0112038-8'],
  ['organisasjonsnummer', '923609016', '923609017'],
  ['mva', '923609016MVA', '12500.50'],
  ['registrikood', '10234561', '10234567'],
  ['uscc', '91350100M000100Y43', '91350100M000100Y44'],
  ['corporateNumber', '7000012050002', '6000012050002'],
  ['ubn', '22099131', '22099132'],
  ['ice', '001525713000097', '001525713000098'],
  ['businessNumber', '123456782RT0001', '123456783RT0001'],
  ['qst', '1234567890TQ0001', '1234.50'],
  ['ird', '49091850', '49091851'],
  ['ird', '136410132', '136410133'],
  ['rut', '210778720012', '210778720013'],
  ['rif', 'J-00012345-4', 'J-00012345-5'],
  ['vkn', '1234567890', '1234567891'],
  ['unp', '191234567', '091234567'],
  ['uid', 'ATU13585627', 'ATU13585628'],
  ['uid', 'CHE-109.322.551', 'CHE-109.322.552'],
  ['rfc', 'XAXX010101000', 'XAXX011301000'],
  ['matriculeFiscal', '1234567M/A/M/000', '1234567I'],
  ['kraPin', 'P051123456W', 'B051123456W'],
  ['edb', '4030000375897', '4030000375898'],
  ['nit', '900123456-8', '55555555'],
  ['npwp', '01.234.567.8-901.000', '1234'],
  ['dic', 'CZ27082440', 'CZ1'],
  ['vat', 'IS83822', '83822'],
  ['clabe', '032180000118359719', '032180000118359718'],
  ['cbu', '2850590940090418135201', '2850590940090418135202'],
  ['kontonummer', '86011117947', '86011117948'],
  ['phn', '9698658215', '9698658216'],
  ['nss', '281234567840', '281234567841'],
  ['cif', 'A58818501', 'A58818502'],
  ['cartaoCidadao', '000000000ZZ4', '000000000ZZ5'],
  ['dpi', '2222222220101', '2222222229901'],
  ['bilheteDeIdentidade', '006151112LA041', '006151112LA04'],
  ['cedula', '1-0234-0567', '1111111'],
  ['idCard', '44051401359', '5'],
  ['taxCode', 'RSSMRA85T10A562S', 'P0000000'],
  ['bsn', '10464554', '10464555'],
  ['afm', '94259216', '94259217'],
  ['jmbg', '0101006500006', '0101006500007'],
  ['aadhaarVid', '2345678901234565', '2345678901234560'],
  ['nid', 'D1506831234561', '12345'],
  ['pnf', '1000001237', '1000001238'],
  ['cell', '07700 900123', '07700'],
];

test(
  proves('redaction:identifier', 'numbers of businesses, taxpayers and accounts are hidden under their own names'),
  () => {
    for (const [name, value, wrong] of NUMBERS) {
      const telling = redactor.telling(name);
      assert(telling !== undefined, name);
      assert.notEqual(redactor.fits(telling, value), undefined, `${name}: ${value}`);
      assert.notEqual(redactor.text(`{"${name}":"${value}"}`), undefined, `${name}: ${value} in JSON`);
      if (wrong !== undefined) assert.equal(redactor.fits(telling, wrong), undefined, `${name}: ${wrong}`);
    }
  },
);

test('a national number of an account has a kind of its own', () => {
  const telling = redactor.telling('clabe');
  assert(telling !== undefined);
  assert.equal(redactor.fits(telling, '032180000118359719'), 'bank-account');
});
