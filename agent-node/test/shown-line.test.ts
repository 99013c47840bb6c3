import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { shownLineAt, shownLines } from '../src/sources/shown-line.ts';
import { splitLines } from '../src/sources/text.ts';

const redactor = createRedactor({});
const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj';
const source = splitLines(
  [
    'const port = 8080;',
    'const pem = `-----BEGIN PRIVATE KEY-----',
    ...Array.from({ length: 30 }, () => body),
    '-----END PRIVATE KEY-----`;',
    'listen(port);  ',
  ].join('\n'),
);

test(proves('redaction:source', 'lines in the middle of a key are hidden, however far above them it begins'), () => {
  assert.deepEqual(shownLines(source, 30, 31, redactor), Array(2).fill(shownLineAt(source, 20, redactor)));
  assert.match(shownLineAt(source, 20, redactor), /^\[redacted:[a-z-]+\]$/);
  assert.equal(shownLineAt(source, 34, redactor), 'listen(port);');
});

test('the lines of a file larger than what is looked at are still shown', () => {
  const large = splitLines(`${'let a;\n'.repeat(300_000)}listen(port);`);
  assert.equal(shownLineAt(large, 300_001, redactor), 'listen(port);');
});

test('a line past the end is empty', () => {
  assert.equal(shownLineAt(source, 999, redactor), '');
});
