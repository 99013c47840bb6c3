import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCases } from '../scripts/labelled-case.ts';
import { score } from '../scripts/score-cases.ts';

const path = process.env['BORESCOPE_REDACTION_CASES'];

/** Recall in percent that the rules of this form have to reach; raise them with the rules. */
const FLOORS: ReadonlyMap<string, number> = new Map([
  ['token / literal / text', 97],
  ['token / literal / under its key', 97],
  ['key-context / literal / under its key', 97],
  ['national-id / literal / under its key', 95],
  ['core / literal / text', 99],
  ['core / literal / under its key', 99],
  ['core / literal / EMAIL / text', 99],
  ['core / literal / CREDIT_CARD / text', 99],
  ['core / literal / JWT / text', 99],
]);

test('labelled cases: recall by tier, and harmless values that stay', {
  skip: path === undefined ? 'BORESCOPE_REDACTION_CASES names no file of labelled cases' : false,
}, async () => {
  const cases = readCases(path ?? '');
  assert.ok(cases.length > 100);
  const recall = new Map([...(await score(cases, false)).recall, ...(await score(cases, true)).recall]);
  for (const [name, floor] of FLOORS) {
    const row = recall.get(name);
    if (row === undefined) continue;
    assert.ok((100 * row.hits) / row.of >= floor, `${name}: ${row.hits} of ${row.of}`);
  }
  const harmless = (await score(cases, false)).falseAlarms.get('hard-negative / literal');
  assert.ok(harmless !== undefined && harmless.hits / harmless.of <= 0.01, 'harmless values that changed');
});

test('the score counts a case as its labels say', async () => {
  const base = {
    id: '1',
    entity: 'EMAIL',
    tier: 'core',
    origin: 'literal',
    kind: 'detect',
    values: [],
    key: undefined,
  };
  const { recall, falseAlarms, details } = await score(
    [
      { ...base, text: 'mail a@example.com', values: ['a@example.com'], shouldMatch: true },
      { ...base, text: 'nothing here', values: ['nothing'], shouldMatch: true },
      { ...base, text: 'abc', key: 'password', values: ['abc'], shouldMatch: true, tier: 'key-context' },
      { ...base, text: 'b@example.com', shouldMatch: false },
      { ...base, text: 'plain', shouldMatch: false, tier: 'hard-negative' },
    ],
    false,
  );
  assert.deepEqual(Object.fromEntries(recall), {
    'core / literal / text': { hits: 1, of: 2 },
    'key-context / literal / text': { hits: 0, of: 1 },
    'key-context / literal / under its key': { hits: 1, of: 1 },
  });
  assert.deepEqual(Object.fromEntries(falseAlarms), {
    'core / literal': { hits: 1, of: 1 },
    'hard-negative / literal': { hits: 0, of: 1 },
  });
  assert.equal(details.length, 3);
});

test('another redactor is scored beside ours, without kinds of its own', async () => {
  const base = { id: '1', entity: 'EMAIL', origin: 'literal', kind: 'detect', values: [], key: 'password' };
  const { recall, falseAlarms } = await score(
    [
      { ...base, tier: 'core', text: 'a', shouldMatch: true },
      { ...base, tier: 'core', text: 'b', shouldMatch: false },
      { ...base, tier: 'hard-negative', text: 'c', shouldMatch: false },
    ],
    false,
    { redact: async () => ({ text: '', kinds: undefined }), hides: () => false },
  );
  assert.deepEqual(recall.get('core / literal / text'), { hits: 1, of: 1 });
  assert.deepEqual(Object.fromEntries(falseAlarms), { 'hard-negative / literal': { hits: 1, of: 1 } });
});
