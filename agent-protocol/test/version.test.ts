import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { CLOSE, negotiate, PROTOCOL } from '../src/version.ts';

const versions = (min: number, max: number) => ({ min, max });

describe('the protocol version', () => {
  test(proves('wire:versions', 'is the highest that both sides speak'), () => {
    assert.equal(negotiate(versions(1, 3), versions(2, 4)), 3);
    assert.equal(negotiate(versions(2, 4), versions(1, 3)), 3);
    assert.equal(negotiate(versions(2, 2), versions(1, 4)), 2);
  });

  test('lets either side be upgraded first, by one', () => {
    const older = versions(1, 2);
    const newer = versions(2, 3);
    assert.equal(negotiate(older, newer), 2);
    assert.equal(negotiate(newer, older), 2);
  });

  test('is none where the ranges do not meet', () => {
    assert.equal(negotiate(versions(1, 2), versions(3, 4)), undefined);
    assert.equal(negotiate(versions(3, 4), versions(1, 2)), undefined);
  });

  test('is none where the range offered is upside down', () => {
    assert.equal(negotiate(versions(3, 1), versions(1, 3)), undefined);
  });

  test('of this build is offered to itself', () => {
    assert.equal(negotiate(PROTOCOL), PROTOCOL.max);
    assert.ok(PROTOCOL.max - PROTOCOL.min <= 1, 'N and N-1');
  });
});

test('close codes lie in the range that RFC 6455 leaves to applications, each once', () => {
  const codes = Object.values(CLOSE);
  assert.equal(new Set(codes).size, codes.length);
  for (const code of codes) assert.ok(code >= 4000 && code <= 4999);
});
