import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor, preparation } from '@borescope/redaction';

// The tables are the same for every redactor of a process: these tests need one of their own, and go on from each other.
const steps = preparation();
const text = 'a@example.com 4111 1111 1111 1111 password=abcdefgh';
const redacted = '[redacted:email] [redacted:payment-card] password=[redacted:secret-name]';

test('what the first text takes comes in several steps, and a text may come between them', () => {
  assert.ok(steps.length > 5);
  for (const step of steps.slice(0, 3)) step();
  assert.equal(createRedactor({}).text(text)?.text, redacted);
});

test('steps that are left when all is there do nothing', () => {
  for (const step of steps) step();
  assert.equal(createRedactor({}).text(text)?.text, redacted);
  assert.deepEqual(preparation(), []);
});
