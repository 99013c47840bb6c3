import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { hides, hidesEverywhere, stays } from './hiding.ts';

const redactor = createRedactor({});

/** Numbers of the authorities' own examples, or made with their checksum. */
const ANYWHERE =
  `536-90-4399 912-53-1234 1EG4-TE5-MK73 529.982.247-25 11.222.333/0001-81 HEGG560427MVZRRL04 12.531.909-2
  20-12345678-6 001-1234567-3 12345678Z 12345678-Z X1234567L RSSMRA85T10A562S 255081416802538 15070649C103 AB123456C
  MORGA657054SM9IJ 85.07.30-033.28 756.9217.0769.85 811228-9874 131052-308T 131052A308T 736028/5163 123-456-32-18
  112-233-445-95 AFZPK7190K 27AAPFU0939F1ZV 11010519491231002X S1234567D A123456(3) 8001015009087
  35345-1234567-1`.split(/\s+/);

/** With the name that tells them, and a digit that makes them wrong where there is a check. */
const UNDER_NAMES: readonly (readonly [name: string, value: string, wrong?: string])[] = [
  ['itin', '912531234', '912491234'],
  ['aba', '021000021', '021000022'],
  ['routing', '011401533', '011401534'],
  ['npi', '1234567893', '1234567890'],
  ['sin', '123456782', '123456783'],
  ['cpf', '52998224725', '52998224724'],
  ['cnpj', '11222333000181', '11222333000182'],
  ['rut', '125319092', '125319093'],
  ['cuit', '20123456786', '20123456787'],
  ['nif', '12345678Z', '12345678A'],
  ['partitaIva', '07643520567', '07643520568'],
  ['steuerId', '86095742719', '86095742718'],
  ['nhsNumber', '9434765919', '9434765918'],
  ['bsn', '111222333', '111222334'],
  ['nif', '123456789', '123456780'],
  ['ppsn', '1234567T', '1234567U'],
  ['ahv', '7569217076985', '7569217076986'],
  ['personnummer', '8112289874', '8112289875'],
  ['fnr', '29029600013', '29029600012'],
  ['cpr', '0211671234', '0213671234'],
  ['kennitala', '1201743399', '1201743389'],
  ['isikukood', '37605030299', '37605030298'],
  ['asmensKodas', '38703181745', '38703181746'],
  ['pesel', '44051401359', '44051401358'],
  ['rodneCislo', '7103192745', '7103192746'],
  ['cnp', '1800101221144', '1800101221145'],
  ['egn', '7523169263', '7523169264'],
  ['jmbg', '0101006500006', '0101006500007'],
  ['oib', '33392005961', '33392005962'],
  ['afm', '094259216', '094259217'],
  ['inn', '7707083893', '7707083894'],
  ['aadhaar', '234123412346', '234123412347'],
  ['rrn', '9710139019902', '9713139019902'],
  ['mynumber', '123456789018', '123456789019'],
  ['citizenId', '3100600445635', '3100600445636'],
  ['tcKimlik', '10000000146', '10000000147'],
  ['teudatZehut', '123456782', '123456783'],
  ['tfn', '123456782', '123456783'],
  ['medicare', '2123456701', '2123456711'],
  ['abn', '51824753556', '51824753557'],
  ['imei', '490154203237518', '490154203237519'],
  ['wallet', '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed', '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg'],
  ['phone', '(202) 555-0143', '555-01'],
  ['mobileNumber', '07700 900123', '07700'],
  ['passport', 'A1234567', 'Abcdefgh'],
  ['identityNumber', '44051401359', '5'],
  ['abgabenkontonummer', '931736581', '931736582'],
  ['tic', '00123123T', '00123123U'],
  ['davcnaStevilka', '15012557', '15012558'],
  ['libyanId', '119801234567', '319801234567'],
  ['identityCard', '110101491001001'],
  ['sfz', '110101491001001', '110101491301001'],
  ['cin', '01234567', '0123456'],
  ['philhealthNo', '123456789012', '12345678901'],
  ['companyRegistration', '201912345607', '181912345607'],
  ['licensePlate', 'BMA1234', '123456'],
  ['handelsregister', 'HRB12345', 'HRB1234567'],
  ['vatNumber', 'ATU12345678', 'standard'],
  ['vatNumber', 'IS12345', 'IS12'],
  ['vatNumber', 'GBHA599', 'GBHA59'],
  ['vatId', 'CHE-109.322.551 MWST', '20.5'],
  ['passport', '12AB34567', 'ABCDEFGH'],
];

function kindOf(name: string, value: unknown): string | undefined {
  const telling = redactor.telling(name);
  return telling === undefined ? undefined : redactor.fits(telling, value);
}

test(
  proves('redaction:identifier', 'numbers of persons whose form and check are strong are hidden in any text'),
  () => {
    for (const number of ANYWHERE) {
      const kind = /^(536|912)/.test(number) ? 'us-ssn' : 'national-id';
      hidesEverywhere(number, kind);
    }
    hides('', 'AB 12 34 56 C', '', 'national-id');
    hides('n° ', '2 55 08 14 168 025 38', '.', 'national-id');
    hides('', '2341 2341 2346', '', 'national-id');
    hides('call ', '(202) 555-0143', '', 'phone');
    hides('call ', '202-555-0143', ' now', 'phone');
  },
);

test('with a wrong check, and within something longer, they stay', () => {
  stays(
    '666-12-1234',
    '000-12-3456',
    '078-05-1120', // printed in wallets, nobody's
    '912-49-1234',
    '529.982.247-24',
    '11.222.333/0001-82',
    'HEGG560427MVZRRL05',
    '12.531.909-3',
    '20-12345678-7',
    '12345678A',
    'X1234567M',
    'RSSMRA85T10A562T',
    '255081416802539',
    '15070649C104',
    'BG123456C',
    'AB123456E',
    '85.07.30-033.29',
    '756.9217.0769.86',
    '811228-9875',
    '131052-308U',
    '736028/5164',
    '2341 2341 2347',
    '11010519491231002Y',
    'S1234567E',
    'A123456(4)',
    '8001015009088',
    '536-90-43991',
    '1536-90-4399',
    '1-536-90-4399',
    'x12345678Z',
    '12345678Zx',
    '0.85073003328',
    '202-555-014',
    '102-555-0143',
    '911-555-0143',
  );
});

test(
  proves('redaction:identifier', 'under a name that tells, a value is hidden where it is valid, and only there'),
  () => {
    for (const [name, value, wrong] of UNDER_NAMES) {
      assert.notEqual(kindOf(name, value), undefined, `${name}: ${value}`);
      assert.notEqual(redactor.text(`{"${name}":"${value}","n":1}`), undefined, `${name}: ${value} in JSON`);
      const inText = redactor.text(`/a?${name}=${value}&b=2`)?.text ?? '';
      assert.match(inText, /=\[redacted:[a-z-]+\]&b=2$/, `${name}: ${value} in a URL`);
      if (wrong !== undefined) assert.equal(kindOf(name, wrong), undefined, `${name}: ${wrong}`);
    }
  },
);

test(proves('redaction:identifier', 'the name may be written in any case, and as words before the value'), () => {
  for (const [name, value] of UNDER_NAMES) {
    const words = name.replace(/[A-Z]/g, ' $&').toLowerCase();
    for (const form of [words.replace(/ /g, '_'), words.replace(/ /g, '-'), name.toUpperCase(), `customer_${name}`]) {
      assert.notEqual(kindOf(form, value), undefined, `${form}: ${value}`);
    }
    // A short one is found as the value of its key only.
    if (value === 'GBHA599' || !/^[A-Z0-9]/.test(value)) continue;
    for (const text of [
      `The ${words} is ${value}.`,
      `${words.toUpperCase()} ${value}`,
      `${words}: ${value}, as told`,
    ]) {
      assert.notEqual(redactor.text(text), undefined, text);
    }
  }
});

test('under its name a number is found in a sentence, too', () => {
  assert.equal(kindOf('phone', 'call me at 020 7946 0958, please'), 'phone');
  assert.equal(kindOf('pesel', '44051401359 (confirmed)'), 'national-id');
  assert.equal(kindOf('pesel', '44051401358 (refused)'), undefined);
  assert.equal(kindOf('phone', 'x44051401359x'), undefined);
});

test('labels that tell nothing, and numbers that are none, stay', () => {
  stays(
    'SSN count 536904399',
    'the order 21000021 of routing',
    'page 12345678',
    'ERROR 2026-11-29 12:13:14 SSN missing',
    'build 20261129 passed, 100000 tests',
    'phone at 2026-11-29',
    'vat: 20.50',
    '"vat": 1999',
    'passport.js 10.2.3',
    'SELECT 123456789 FROM ssn',
    'took 1234567 ns',
  );
});

test('such a name alone hides nothing, and no name of another thing tells', () => {
  for (const [name, value] of [
    ['id', 5],
    ['idNumber', 5],
    ['phone', true],
    ['phone', 'home'],
    ['phone', null],
    ['pesel', { value: '44051401359' }],
    ['total', 44051401359],
    ['vat', 2146056],
    ['tva', 199.5],
    ['uid', '44051401359'],
    ['runId', 125319092],
    ['phoneUpdatedAt', 1763718000000],
    ['phoneCount', 1234567],
    ['hasPhone', 1234567],
    ['telemetry', 1234567],
  ] as const) {
    assert.equal(kindOf(name, value), undefined, `${name}: ${JSON.stringify(value)}`);
  }
  stays('phone: none', '"phone":null', 'idNumber: 5', 'mobile=1&tel=0', 'pesel: 44051401358');
});

test('numbers are kept as numbers, too: leading zeros are lost', () => {
  assert.equal(kindOf('pesel', 44051401359), 'national-id');
  assert.equal(kindOf('pesel', 44051401359n), 'national-id');
  assert.equal(kindOf('aba', 21000021), 'bank-routing');
  assert.equal(kindOf('phone', 2025550143), 'phone');
  for (const value of [44051401358, 44051401359.5, Number.NaN, Infinity, -44051401359, 10n ** 40n]) {
    assert.equal(kindOf('pesel', value), undefined, String(value));
  }
});

test(proves('redaction:identifier', 'behind the word that tells it in a sentence a valid number is hidden'), () => {
  hides('PESEL ', '44051401359', ' ok', 'national-id');
  hides('my Aadhaar number is ', '234123412346', ' with more', 'national-id');
  hides('NHS number: ', '943 476 5919', '.', 'national-id');
  hides('SSN ', '536904399', '.', 'us-ssn');
  hides('Routing no. ', '021000021', '', 'bank-routing');
  hides('TC Kimlik No: ', '10000000146', '', 'national-id');
  hides('passport number is ', 'A1234567', ', issued', 'national-id');
  hides('tel ', '(020) 7946 0958', '', 'phone');
  hides('\\"userPesel\\":\\"', '44051401359', '\\"', 'national-id');
  stays('PESEL 44051401358', 'phone 12, tel 3', 'the passport of 2026', 'mobile first; 12345678', 'page 44051401359');
});
