import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { hides } from './hiding.ts';

const redactor = createRedactor({});

/** Made with the checksum of each, or examples of the authorities; then one that is wrong where there is a check. */
const NUMBERS: readonly (readonly [name: string, value: string, wrong?: string])[] = [
  // Cards, licences, pupils.
  ['eid', '221-2781042-67', '221278104264'],
  ['identiteitskaartnummer', 'YS460Q1Z9', 'OS460Q1Z9'],
  ['rijbewijsnummer', '5144895644', '51448956'],
  ['numeroCni', '207660438862', '20766043886'],
  ['numeroSoporte', 'FXJ237602', 'FX237602'],
  ['dowodOsobisty', 'GVL 487362', 'GVL 487368'],
  ['szemelyi', '203250NQ', '203250N'],
  ['obcanskyPrukaz', '123456785', '1234567'],
  ['adt', 'AB123456', 'AB1234'],
  ['upn', 'N890307804617', 'N890307804619'],
  ['upn', 'M43129225732S', 'M43129225732N'],
  ['deaNumber', 'AB1234563', 'AB1234564'],
  ['drivingLicence', 'HD68 16916863549', 'HD68169'],
  ['patente', 'U1A0B1C2DE', 'U1A0B1C2'],
  ['cnh', '12548070467', '12548070469'],
  ['tituloEleitor', '0043 5687 0906', '0043 5687 0907'],
  ['rg', '50.273.024-X', '50.273'],
  ['claveElector', 'ZYORES33041868M096', 'ZYORES33141868M096'],
  ['dui', '00016297-5', '00016297-6'],
  ['identidad', '0801-1990-12345', '0801-1990-123'],
  ['civilId', '993121780823', '993121780829'],
  ['qatarId', '28412345678', '2841234'],
  ['cnie', 'BK123456', 'BK'],
  ['ghanaCard', 'GHA-123456789-0', 'GHA-1234'],
  ['philsys', '1234-5678-9012-3456', '1234-5678'],
  ['cmnd', '123456780', '12345678'],
  // Insurance.
  ['ramq', 'IWJI 5857 0988', 'IWJI 5899 0988'],
  ['nhi', 'YVZ7752', 'YVZ7753'],
  ['nhi', 'GSK82AH', 'GSK82AI'],
  ['ihi', '8003 6081 6669 0503', '8003 6081 6669 0504'],
  ['rpps', '14282272682', '14282272685'],
  ['niss', '25870420829', '25870420825'],
  ['utente', '671349617', '6713496'],
  ['taj', '899 129 639', '899 129 633'],
  ['pis', '512.77698.83-3', '512.77698.83-4'],
  ['cns', '818 0852 5389 9875', '818 0852 5389 9877'],
  ['imss', '07322794251', '07322794255'],
  ['uan', '712929577977', '7129295'],
  ['bpjs', '0001234567890', '00012345'],
  ['basicPensionNumber', '1234-567890', '1234-56'],
  ['bhxh', '0123456789', '0123456'],
  // Taxes and businesses.
  ['atin', '967-93-4355', '967-90-4355'],
  ['ptin', 'P30212299', 'A30212299'],
  ['veronumero', '123456789123', '1234567891'],
  ['onderwijsnummer', '107386064', '107386065'],
  ['ogrn', '7760866644080', '7760866644087'],
  ['ogrnip', '839280907764772', '839280907764774'],
  ['maticnaStevilka', '4020979', '4020972'],
  ['onrc', 'J12/345/2012', 'K12/345/2012'],
  ['pib', '713598895', '713598898'],
  ['pib', '07643691', '07643692'],
  ['cui', 'RO45630', 'RO45634'],
  ['codFiscal', '7920427649717', '7920427649710'],
  ['rfc', 'DKUF581210', 'DKUF581310'],
  ['dni', '10117410-2'],
  ['fiscalCode', '07643520567', '07643520568'],
  // Accounts and devices.
  ['ccc', '5912 3152 92 6026076879', '5912 3152 92 6026076873'],
  ['cisloUctu', '19-2000145399/0800', '19-2'],
  ['kontonummer', '0000.40.90403', '0000.40.90404'],
  ['taxCode', '0100109106', '0100109107'],
  ['ci', '5468004 LP', '5468004 XX'],
  ['personalausweis', 'LZPMT1TXZ6', 'LZPMTOTXZ6'],
  ['passport', 'C01X00T478', 'CLIENTNAME'],
  ['imsi', '262019876543210', '162019876543210'],
  ['iccid', '8949 0200 0010 0720 4518', '7949 0200 0010 0720 4518'],
  ['meid', 'A0000000002329', 'A000000000232G'],
  ['imei', '35-209900-176148', '35-209900-17'],
];

test(
  proves('redaction:identifier', 'numbers of documents, insurances and devices are hidden under their names'),
  () => {
    for (const [name, value, wrong] of NUMBERS) {
      const telling = redactor.telling(name);
      assert(telling !== undefined, name);
      assert.notEqual(redactor.fits(telling, value), undefined, `${name}: ${value}`);
      assert.notEqual(redactor.text(`{"${name}":"${value}","n":1}`), undefined, `${name}: ${value} in JSON`);
      assert.notEqual(redactor.text(`the ${name}: ${value}, as told`), undefined, `${name}: ${value} in a sentence`);
      if (wrong !== undefined) assert.equal(redactor.fits(telling, wrong), undefined, `${name}: ${wrong}`);
    }
    hides('my driver license number is ', '12345678', '.', 'national-id');
    hides('DL# ', 'S5222590', ' expired', 'national-id');
    hides('TAJ ', '899 129 639', '.', 'national-id');
    hides('numer dowodu: ', 'GVL487362', ' ok', 'national-id');
  },
);

test('both letters of a number of Ireland, and months and days that Belgium counts on, are looked at', () => {
  for (const [name, value] of [
    ['pps', '1234567FA'],
    ['pps', '6433435FT'],
    ['niss', '85.07.33-033.35'],
    ['latvianPersonasKods', '161175-19997'],
    ['nif', '459876546'],
    ['cedula', '3050031112'],
    ['rrn', '970720-0012101'],
    ['hetu', '131052+308T'],
    ['passport', 'JCU9J4T2'],
  ] as const) {
    const telling = redactor.telling(name);
    assert(telling !== undefined, name);
    assert.notEqual(redactor.fits(telling, value), undefined, `${name}: ${value}`);
  }
});
