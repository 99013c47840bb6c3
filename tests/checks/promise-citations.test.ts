import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { citationsOf } from '../../scripts/check/promise-citations.ts';
// Under another name, so that the check does not take the call below for a citation.
import { proves as titleOf } from '../proves.ts';

const inFile = (source: string) => citationsOf('a.test.ts', source);

describe('a citation of a promise', () => {
  test('counts as the title of a test that runs', () => {
    assert.deepEqual(inFile(`test(proves('a:b', 'title'), () => {});`).cited, ['a:b']);
    assert.deepEqual(inFile(`describe('x', () => { it(proves(['a', 'b'], 'title'), { timeout: 1 }, f); });`).cited, [
      'a',
      'b',
    ]);
    assert.deepEqual(inFile(`for (const n of [1]) await t.test(proves('a', \`\${n}\`), f);`).cited, ['a']);
  });

  test('is void in a test that does not run, outside of one, and where its id is computed', () => {
    const nothing = (source: string) => {
      const { cited, void: reasons } = inFile(source);
      assert.deepEqual(cited, []);
      return reasons.length;
    };
    assert.equal(nothing(`test.skip(proves('a', 'title'), f);`), 1);
    assert.equal(nothing(`test(proves('a', 'title'), { skip: true }, f);`), 1);
    assert.equal(nothing(`test(proves('a', 'title'), { todo: 'later' }, f);`), 1);
    assert.equal(nothing(`describe(proves('a', 'title'), f);`), 1);
    assert.equal(nothing(`proves('a', 'title');`), 1);
    assert.equal(nothing(`test(proves(id, 'title'), f);`), 1);
    assert.equal(nothing(`// test(proves('a', 'title'), f);`), 0);
  });

  test('stands in the title, where a reader of the report sees it', () => {
    assert.equal(titleOf('wire:versions', 'the highest version wins'), 'the highest version wins [wire:versions]');
  });
});
