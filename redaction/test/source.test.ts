import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor, TEXT_LIMIT } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';

const redactor = createRedactor({});
const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj';

function lines(text: string): string[] {
  return (redactor.source(text) ?? text).split('\n');
}

test(proves('redaction:source', 'a secret over several lines of source is hidden on each of them'), () => {
  const source = [
    'const pem = `-----BEGIN PRIVATE KEY-----',
    body,
    body,
    '-----END PRIVATE KEY-----`;',
    'const config = {',
    '  password:',
    "    'hunter2hunter2',",
    '  port: 8080,',
    '};',
  ].join('\n');
  const shown = lines(source);
  assert.equal(shown.length, 9);
  assert.ok(!shown.join('\n').includes(body));
  assert.ok(!shown.join('\n').includes('hunter2'));
  assert.match(shown[1] ?? '', /^\[redacted:[a-z-]+\]$/);
  assert.equal(shown[7], '  port: 8080,');
});

test('source in which nothing is found is left as it is', () => {
  assert.equal(redactor.source('const a = 1;\nconst b = 2;'), undefined);
});

test('source behind the limit of what is looked at is hidden, line by line', () => {
  const text = `${'let a;\n'.repeat(Math.ceil(TEXT_LIMIT / 7))}let b;\nlet c;`;
  const shown = lines(text);
  assert.equal(shown.length, text.split('\n').length);
  assert.match(shown.at(-1) ?? '', /redacted:unexamined/);
});
