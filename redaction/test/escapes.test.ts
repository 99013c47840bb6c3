import { test } from 'node:test';
import { hides, stays } from './hiding.ts';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const JWT = 'eyJhbGciOiJub25lIn0.e30.abc';

/** What is written where a control character, a quote or a space was meant, and joins the word behind it. */
const ESCAPES = [
  ...[
    '\\n',
    '\\r',
    '\\t',
    '\\b',
    '\\f',
    '\\v',
    '\\u0022',
    '\\u003d',
    '\\x0a',
    '\\\\n',
    '%20',
    '%3D',
    '%22',
    '%0A',
    '%2520',
  ],
  ...['\u001b[31m', '\u001b[1;38;5;196m', '\\u001b[32m', '\\x1b[0m', '\\e[33m', '\\033[1m'],
];

test('what begins behind an escape is found, and the escape stays', () => {
  for (const lead of ESCAPES) {
    for (const before of ['', 'a', 'say ']) {
      hides(before + lead, TOKEN, '', 'github-token');
      hides(before + lead, TOKEN, `${lead}end`, 'github-token');
      hides(before + lead, JWT, ' end', 'jwt');
      hides(before + lead, '4111 1111 1111 1111', '.', 'payment-card');
      hides(before + lead, 'GB33BUKB20201555555555', '.', 'iban');
      hides(before + lead, '+12025550143', '.', 'phone');
      hides(before + lead, '8.8.8.8', ':80', 'ip-address');
      hides(before + lead, 'fe80::1', '', 'private-ip-address');
      hides(before + lead, '00:00:5e:00:53:af', ' up', 'mac-address');
      hides(`${before + lead}--token `, 'abc123', '', 'secret-name');
    }
  }
});

test('escapes around ordinary words change nothing', () => {
  stays(
    'C:\\new\\table\\versions\\xe\\users',
    'a\\nb\\tc %41%42 100% of 50%25',
    '\u001b[31mred\u001b[0m',
    '\u001b[',
    '%',
    '%4',
    '\\u00',
    '\\',
    '50%4111 points',
  );
});
