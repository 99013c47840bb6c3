import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADVERSARIAL } from './adversarial.ts';

// The redactor takes `charCodeAt` once, when it loads: replaced before that, it counts every character that is read.
let reads = 0;
const charCodeAt = String.prototype.charCodeAt;
String.prototype.charCodeAt = function (this: string, index: number) {
  reads++;
  return charCodeAt.call(this, index);
};
const { createRedactor, RULES } = await import('@borescope/redaction');
String.prototype.charCodeAt = charCodeAt;

const redactor = createRedactor({ keyNames: ['shoe size'] });
const anchors = [...new Set(RULES.flatMap((rule) => rule.anchors))];
const PIECES = [
  ...ADVERSARIAL,
  ...anchors,
  ...anchors.map((anchor) => `${anchor} `),
  ...anchors.map((anchor) => `-${anchor}a1=`),
];

/** Reads of one character that the worst text may cost: a constant, whatever the length. */
const MOST_READS = 50;

function readsOf(piece: string, length: number): number {
  const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
  reads = 0;
  redactor.text(text);
  return reads;
}

test('no text makes the redactor read a character more than a constant number of times', () => {
  const KIB = 1024;
  for (const piece of PIECES) {
    const short = readsOf(piece, 2 * KIB);
    const long = readsOf(piece, 8 * KIB);
    // Fewer than characters where a value is read to its end by one search of the engine's own.
    assert.ok(short > 0, `${JSON.stringify(piece)} was not counted`);
    assert.ok(long <= MOST_READS * 8 * KIB, `${JSON.stringify(piece)}: ${long / (8 * KIB)} reads of a character`);
    assert.ok(long <= 5 * short, `${JSON.stringify(piece)}: ${short} reads for 2 KiB, ${long} for 8 KiB`);
  }
});

test('names are read a constant number of times, too', () => {
  for (const piece of ['a', 'aB', 'a_', 'password', 'password_', 'p_', '1a', 'Pa', '_', 'apiKey', 'shoe size ']) {
    const count = (length: number) => {
      reads = 0;
      redactor.name(piece.repeat(length / piece.length));
      return reads;
    };
    assert.ok(count(64 * 1024) <= 5 * count(16 * 1024), piece);
  }
});
