import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor, RULES } from '@borescope/redaction';

const KEY = 'k1';
const keyed = createRedactor({ pseudonym: (kind, value) => `${KEY}${kind.length}x${value.length}` });

test('a finding tells type, length class and pseudonym, and never the value', () => {
  assert.deepEqual(keyed.hide('secret-name', 'string', 'hunter2-hunter2'), {
    kind: 'secret-name',
    of: 'string',
    length: 16,
    pseudonym: 'k111x15',
  });
  assert.deepEqual(keyed.hide('secret-name', 'object'), { kind: 'secret-name', of: 'object' });
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 1024, 1025].map((length) => createRedactor({}).hide('x', 'string', 'a'.repeat(length)).length),
    [0, 1, 2, 4, 4, 8, 1024, 2048],
  );
});

test('what could be guessed by trying all of it has no pseudonym', () => {
  for (const kind of ['payment-card', 'code-name', 'payment-name', 'personal-name', 'policy-name', 'unexamined'])
    assert.equal(keyed.hide(kind, 'string', '4111111111111111').pseudonym, undefined, kind);
  assert.equal(keyed.hide('secret-name', 'string', 'short').pseudonym, undefined);
  assert.equal(keyed.text('4111111111111111')?.findings[0]?.pseudonym, undefined);
});

test('a long value has no pseudonym: making one would hold the application up', () => {
  assert.notEqual(keyed.hide('secret-name', 'string', 'x'.repeat(8192)).pseudonym, undefined);
  assert.equal(keyed.hide('secret-name', 'string', 'x'.repeat(8193)).pseudonym, undefined);
});

test('the placeholder carries the pseudonym, and equal values have equal ones', () => {
  const found = keyed.text('anna@example.com and anna@example.com');
  assert.equal(found?.text, '[redacted:email:k15x16] and [redacted:email:k15x16]');
  assert.equal(found?.findings.length, 2);
});

test('a pseudonym that cannot be made leaves the value hidden', () => {
  const failing = createRedactor({
    pseudonym: () => {
      throw new Error('no key');
    },
  });
  assert.equal(failing.text('anna@example.com')?.text, '[redacted:email]');
});

test('whole says that the finding is all of the text', () => {
  assert.equal(keyed.text(' anna@example.com\n')?.whole, true);
  assert.equal(keyed.text('to anna@example.com')?.whole, false);
  assert.equal(keyed.text('anna@example.com bob@example.com')?.whole, false);
});

test('findings that overlap become one', () => {
  assert.equal(keyed.text('password=anna@example.com')?.findings.length, 1);
  const found = createRedactor({}).text('mail x=anna@example.com:pw@example.org end');
  assert.doesNotMatch(found?.text ?? '', /anna|pw/);
});

/** Kinds that another rule tells as well as its own. */
const TOLD_ELSEWHERE = ['private-ip-address'];

test('every rule says what it hides and where its format comes from', () => {
  for (const rule of RULES) {
    assert.match(rule.kind, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(rule.what.length > 10 && rule.source.length > 5, rule.kind);
    const isAsked = rule.anchors.length > 0 || rule.beginnings !== undefined;
    assert.equal(!isAsked, TOLD_ELSEWHERE.includes(rule.kind), rule.kind);
  }
});
