import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { hides, hidesEverywhere, stays } from './hiding.ts';

const redactor = createRedactor({});
const CARD = 'payment-card';

/** First digits and lengths of the schemes; the last digit is made to pass. */
const CARDS = `4242424242424240 4222222222220 5555555555554440 2223003122003220 378282246310000 371449635398430
  6011111111111110 30569309025900 36227206271660 3566002020360500 6200000000000000 6304000000000000 6771798021000000
  5019555544445550 6331101999990010 2200000000000000 9792030000000000 9860000000000000 8600000000000000
  135410000000000 213100000000000 9704000000000000000 6011000000000000000`
  .split(/\s+/)
  .map(withCheckDigit);

/** ISO/IEC 7812-1 annex B. */
function withCheckDigit(number: string): string {
  for (let digit = 0; digit < 10; digit++) {
    const whole = number.slice(0, -1) + digit;
    let sum = 0;
    for (let back = 0; back < whole.length; back++) {
      const value = Number(whole[whole.length - 1 - back]) * (back % 2 === 0 ? 1 : 2);
      sum += value > 9 ? value - 9 : value;
    }
    if (sum % 10 === 0) return whole;
  }
  return number;
}

const SEPARATORS = [' ', '-', '.', '_', '+', '%20', '\u00a0', '\u202f', '\u2011', '\u2013'];

test(proves('redaction:card', 'cards of every scheme are known, with what people and programs write between'), () => {
  for (const card of CARDS) {
    const wrong = card.slice(0, -1) + ((Number(card.at(-1)) + 1) % 10);
    hidesEverywhere(card, CARD);
    hides('卡号', card, '。', CARD);
    hides('{ ref: ', card, 'n }', CARD);
    hides('', card, '.0', CARD);
    assert.equal(redactor.number(BigInt(card))?.kind, CARD, card);
    if (Number.isSafeInteger(Number(card))) assert.equal(redactor.number(Number(card))?.kind, CARD, card);
    stays(wrong, `${wrong}n`);
    assert.equal(redactor.number(BigInt(wrong)), undefined);
    if (card.length !== 16) continue;
    for (const separator of SEPARATORS) {
      const grouped = (number: string) => number.replaceAll(/(\d{4})(?=\d)/g, `$1${separator}`);
      hides('pay ', grouped(card), ' now', CARD);
      stays(grouped(wrong));
    }
  }
});

test('shorter cards are grouped as they are printed, or as a field parts them', () => {
  hides('', '3782 822463 10005', '', CARD);
  hides('', '3782 8224 6310 005', '', CARD);
  hides('', '3056 930902 5904', '', CARD);
  hides('', '3056 9309 0259 04', '', CARD);
});

test('a fraction, a word and a bigger number hold no card', () => {
  stays(
    '4242424242424242.5',
    '4242424242424242ns',
    '4242424242424242.0.1',
    'é4242424242424242',
    '42424242424242424242',
  );
});
