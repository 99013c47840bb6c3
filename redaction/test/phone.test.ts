import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { hides, hidesEverywhere, stays } from './hiding.ts';

/** Numbers that telephone authorities keep for films and examples. */
const NUMBERS = `+12025550143 +442079460958 +33199001234 +61491570156 +353209120000 +46701740605 +4930123456789
  +81312345678 +861012345678 +5511961234567 +2348031234567 +919812345678 +35712345678 +6621234567`.split(/\s+/);

test(proves('redaction:phone', 'international telephone numbers are known by calling code and length'), () => {
  for (const number of NUMBERS) hidesEverywhere(number, 'phone');
  for (const number of [
    '+1 202 555 0143',
    '+1 (202) 555-0143',
    '+1-202-555-0143',
    '+1.202.555.0143',
    '+(1) 202 555 0143',
    '+44 (0) 20 7946 0958',
    '+44 20/7946-0958',
    '+49 30 123456-789',
    '+33\u00a01\u00a099\u00a000\u00a012\u00a034',
  ]) {
    hides('call ', number, ' now', 'phone');
    hides('call ', number, '.', 'phone');
    hides('{"to":"', number, '"}', 'phone');
  }
  hides('tel:', '+12025550143', ';ext=1', 'phone');
  hides('/u?to=', '%2B12025550143', '&a=1', 'phone');
});

test('a plus and digits alone are a telephone number, whatever the plan says', () => {
  for (const number of ['+8990123456', '+49030123456789012']) {
    hides('', number, '', 'phone');
    stays(`call ${number} now`, `+${number}`, `${number}+1`);
  }
  stays('+123456789', '+899012345678901234', '+8990123456.5', '+8990123456e5');
});

test(proves('redaction:phone', 'numbers with 00 or with the area code in brackets are known, too'), () => {
  for (const number of ['00442079460958', '0044 20 7946 0958', '001 202 555 0143', '0039 06 12345678'])
    hidesEverywhere(number, 'phone');
  for (const number of [
    '(202) 555-0143',
    '(202)555-0143',
    '(202) 555 0143',
    '(202).555.0143',
    '1 (202) 555-0143',
    '1-(202)-555-0143',
    '(020) 7946 0958',
    '(01) 99 00 12 34',
    '(11) 91234-5678',
    '8 (912) 345-67-89',
  ])
    hides('call ', number, ' now', 'phone');
  hides('电话', '+12025550143', '。', 'phone');
});

test('brackets and zeros that are no telephone number stay', () => {
  stays(
    'round(202) 555-0143',
    'list[1](202) 555-0143',
    '(2024) 123-4567',
    '(12) 34 56',
    '(202) 555-01',
    '(202) 555-01432-12345',
    '(202) 555.0143e',
    '(100)',
    '(1) 202 555 0143', // a numbered item
    '(123) 456-789=x',
    '0000123456789',
    '00123',
    '0012345678',
    '1.0044207946095',
    '12:00442079460958',
    '0036000291452', // GTIN-13
    '00100000000000',
    '00 12 34',
  );
});

test('a plus with digits that is no telephone number stays', () => {
  stays(
    '+1 202 555 014', // length
    'to +1202555014378',
    'to +2101234567890', // no such calling code
    '+00000000000',
    '+100 points',
    'a+12025550143',
    '2+12025550143',
    '++12025550143',
    '2026-11-21T10:11:12+0100',
    '1.0.0+20130313144700',
    '1.0.0-alpha+12025550143',
    'x/+12025550143',
    '+12025550143abc',
    '+1.5e10',
    '+1, +2, +3',
  );
});
