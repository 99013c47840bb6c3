import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LIMITS } from '@borescope/agent-protocol';
import { shares } from '../src/probes/share.ts';

it('a place gets what its actions ask for together', () => {
  assert.deepEqual(shares([[1], [2, 3]]), [1, 5]);
  assert.deepEqual(shares([]), []);
});

it('one place never gets more than one action may ask for', () => {
  assert.deepEqual(shares([[20, 20]]), [LIMITS.maxOverheadPercent]);
});

it('all places together never get more than that either, each in proportion', () => {
  assert.deepEqual(shares([[20], [15, 5]]), [10, 10]);
  assert.deepEqual(shares([[10], [20], [10]]), [5, 10, 5]);
});
