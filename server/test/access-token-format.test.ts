import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { mintToken, tokenHash, tokenKind } from '../src/access/token-format.ts';

test('a token names its kind and carries 192 random bits', () => {
  const seen: number[] = [];
  const token = mintToken('mcp', (bytes) => {
    seen.push(bytes * 8);
    return randomBytes(bytes);
  });
  assert.match(token, /^bore_mcp_[A-Za-z0-9_-]{32}[0-9a-z]{7}$/);
  assert.deepEqual(seen, [192]);
  assert.match(mintToken('agent', randomBytes), /^bore_agt_/);
  assert.match(mintToken('admin', randomBytes), /^bore_adm_/);
});

test('the kind is read back from every token that was made', () => {
  for (const kind of ['mcp', 'agent', 'admin'] as const) {
    for (let round = 0; round < 100; round += 1) assert.equal(tokenKind(mintToken(kind, randomBytes)), kind);
  }
});

test(proves('tokens:form', 'any single wrong character is told without a look-up'), () => {
  const token = mintToken('mcp', randomBytes);
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === 'x' ? 'y' : 'x';
    assert.equal(tokenKind(token.slice(0, at) + other + token.slice(at + 1)), undefined, `position ${at}`);
  }
});

test('a cut, a doubled and a foreign text are no tokens', () => {
  const token = mintToken('admin', randomBytes);
  for (const text of [token.slice(0, -1), `${token}a`, token + token, '', 'bore_mcp_', `ghp_${'a'.repeat(36)}`]) {
    assert.equal(tokenKind(text), undefined);
  }
});

test('the hash is the SHA-256 in hex', () => {
  assert.equal(tokenHash('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
