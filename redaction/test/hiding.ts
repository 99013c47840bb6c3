import assert from 'node:assert/strict';
import { createRedactor } from '@borescope/redaction';

const redactor = createRedactor({});

/** Hides exactly `secret` in the text, under this kind. */
export function hides(before: string, secret: string, after: string, kind: string): void {
  const text = before + secret + after;
  assert.equal(redactor.text(text)?.text ?? text, `${before}[redacted:${kind}]${after}`);
}

/** Hides it where people and programs write it: alone, in a sentence, in JSON, in a URL, in a list. */
export function hidesEverywhere(secret: string, kind: string): void {
  hides('', secret, '', kind);
  hides('It is ', secret, ', they said.', kind);
  hides('{"v":"', secret, '","n":1}', kind);
  hides("{ v: '", secret, "' }", kind);
  hides('/a?v=', secret, '&n=1', kind);
  hides('a,', secret, ',b', kind);
  hides('(', secret, ')', kind);
}

export function stays(...texts: string[]): void {
  for (const text of texts) assert.equal(redactor.text(text), undefined, text);
}
