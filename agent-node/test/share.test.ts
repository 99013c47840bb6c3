import assert from 'node:assert/strict';
import { it } from 'node:test';
import { shares } from '../src/probes/share.ts';

it('a place gets what its actions ask for together', () => {
  assert.deepEqual(shares([[1], [2, 3]], 20), [1, 5]);
  assert.deepEqual(shares([], 20), []);
});

it('one place never gets more than one action may ask for', () => {
  assert.deepEqual(shares([[20, 20]], 20), [20]);
});

it('all places together never get more than that either, each in proportion', () => {
  assert.deepEqual(shares([[20], [15, 5]], 20), [10, 10]);
  assert.deepEqual(shares([[10], [20], [10]], 20), [5, 10, 5]);
});

it('all together get no more than the runtime lets be taken', () => {
  assert.deepEqual(shares([[20], [20]], 5), [2.5, 2.5]);
});
