import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { anchorsOf, localLinks, npmScripts, promiseNames, settingNames } from '../../scripts/check/doc-claims.ts';

describe('the claims of a page', () => {
  test('are its links inside the repository, outside of code', () => {
    const page = 'a [x](limits.md#limits)\n```\n[y](no.md)\n```\n![z](flow.svg) [w](https://example.org) [v](#here)';
    assert.deepEqual(localLinks(page), [
      { target: 'limits.md#limits', line: 1 },
      { target: 'flow.svg', line: 5 },
      { target: '#here', line: 5 },
    ]);
  });

  test('are the headings that others link to, as GitHub names them', () => {
    const page =
      '# The broker\n## What a condition, or `x`, may say\n```\n# no heading\n```\n### borescope wait &lt;id&gt;';
    assert.deepEqual([...anchorsOf(page)], ['the-broker', 'what-a-condition-or-x-may-say', 'borescope-wait-id']);
  });

  test('are the promises that it names as tests', () => {
    const page = '`tokens:bound`, `probe:place`, tokens:silent\n```\n`tokens:no`\n```\n`tokens:own-limits` `tokens:*`';
    assert.deepEqual(promiseNames(page, new Set(['tokens'])), [
      { name: 'tokens:bound', line: 1 },
      { name: 'tokens:own-limits', line: 5 },
    ]);
  });

  test('are npm scripts and settings', () => {
    assert.deepEqual(npmScripts('`npm start -- --once`, npm run test:nodes, npm test, npm install'), [
      'start',
      'test:nodes',
      'test',
    ]);
    assert.deepEqual(
      [...settingNames('`BORESCOPE_URL` BORESCOPE_DATA_DIR, BORESCOPE_')],
      ['BORESCOPE_URL', 'BORESCOPE_DATA_DIR'],
    );
  });
});
