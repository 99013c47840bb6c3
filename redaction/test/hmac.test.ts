import assert from 'node:assert/strict';
import { createHmac as reference } from 'node:crypto';
import { it } from 'node:test';
import { createHmac } from '@borescope/redaction';

it('gives what node:crypto gives, for texts and keys of every length around a block', () => {
  const alphabet = 'aß€😀 \0Z';
  for (let length = 0; length < 140; length++) {
    const text = alphabet
      .repeat(length)
      .slice(0, length)
      .replace(/[\ud800-\udbff]$/, '');
    for (const key of ['', 'key', text]) {
      const expected = reference('sha256', key).update(text).digest('base64url').slice(0, 40);
      assert.equal(createHmac(key)(text, 40), expected, `length ${length}`);
    }
  }
});
