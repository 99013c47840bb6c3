import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';

const redactor = createRedactor({});

/** Names of numbers that are also words, or names of amounts and settings. */
const NAMES =
  `vat tva mwst iva gst btw moms tin pan nit rut dni pin sin nif abn acn cui cif ci cc cf fin nic nie nip inn
  pib ice uid spi nid rg tz mst ruc rif dic ird ein aba routing npi phone mobile cell tel passport documento cedula
  idNumber identityNumber taxpayer licensePlate matricule bsn utr nin cin eid dl upn`.split(/\s+/);

const EVERYDAY = [
  ...['19.99', '19,99', '2000.00', '12500.50', '12.500,50', '1,250.00', '1,250,000', '1 250 000,00', '$12,500.00'],
  ...['0.12345678', '3.14159265', '20%', '20.00 %', '7.5e3', '1.2.3', '10.20.30', 'v1.2.3'],
  ...['2026-11-29', '29.11.2026', '11/29/2026', '2026-11-29T12:00:00Z', '2026-11-29 12:13:14', '12:30', '12:30:45'],
  ...['1920x1080', '1024x768', 'standard', 'none', 'true', 'en-US', '10-20', '5'],
];

const COUNTS = [0, 5, 19, 99, 19.99, 0.21, 2000, 9999, 12500.5, -5];

function kindOf(name: string, value: unknown): string | undefined {
  const telling = redactor.telling(name);
  return telling === undefined ? undefined : redactor.fits(telling, value);
}

test(proves('redaction:ordinary', 'amounts, dates, sizes and versions stay, whatever the name says'), () => {
  for (const name of NAMES) {
    if (redactor.name(name) !== undefined) continue;
    for (const value of EVERYDAY) {
      assert.equal(kindOf(name, value), undefined, `${name}: ${value}`);
      for (const text of [
        `${name}: ${value}`,
        `${name} ${value} and`,
        `{"${name}":"${value}"}`,
        `?${name}=${value}&a=1`,
      ]) {
        assert.equal(redactor.text(text), undefined, text);
      }
    }
    for (const address of ['127.0.0.1', '10.0.0.255', '192.168.1.20']) {
      assert.equal(kindOf(name, address), undefined, `${name}: ${address}`);
    }
    for (const value of COUNTS) {
      assert.equal(kindOf(name, value), undefined, `${name}: ${value}`);
      assert.equal(redactor.text(`{"${name}":${value}}`), undefined, `${name}: ${value}`);
    }
  }
});

test('a price of value added tax stays, also in cents, and a number of it does not', () => {
  for (const name of ['vat', 'tva', 'mwst', 'gst', 'btw', 'moms', 'dic', 'ddv']) {
    for (const value of ['19.99', '2000', '150000', '12500000']) assert.equal(kindOf(name, value), undefined, value);
    for (const value of [19, 2000, 150000, 12500000, 100000000]) assert.equal(kindOf(name, value), undefined, name);
    for (const value of ['DE136695976', 'ATU13585627', 'FR40303265045']) {
      assert.equal(kindOf(name, value), 'national-id', `${name}: ${value}`);
    }
  }
  for (const text of ['vat: 2000', 'mwst: 19', '{"vat": "19.99"}', 'gst = 18', 'VAT 20.50 included', 'iva: 22']) {
    assert.equal(redactor.text(text), undefined, text);
  }
});

test('what an amount or a date looks like at first is hidden where it goes on', () => {
  assert.equal(kindOf('cedula', '12.345.678'), 'national-id');
  assert.equal(kindOf('rut', '12.531.909-2'), 'national-id');
  assert.equal(kindOf('phone', '01.23.45.67.89'), 'phone');
  assert.equal(kindOf('phone', '1-800-555-0199'), 'phone');
  assert.equal(kindOf('personnummer', '1981-12-28-9874'), 'national-id');
  assert.equal(kindOf('cpf', '529.982.247-25'), 'national-id');
  assert.equal(kindOf('pesel', '44051401358, 44051401359'), 'national-id');
});
