import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runningIn } from '../../scripts/testing/process-group.ts';
import { runTestFile } from '../../scripts/testing/test-file.ts';
import { hasFailed, summarize } from '../../scripts/testing/test-files.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'borescope-runner-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a test file of this text with the runner of `npm test`. */
function run(name: string, text: string) {
  const file = join(folder, `${name}.test.mjs`);
  writeFileSync(file, `import { test } from 'node:test';\n${text}`);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return runTestFile(file, { node: process.execPath, cwd: root, env, signal: new AbortController().signal });
}

test('a file whose tests pass is told test by test', async () => {
  const result = await run('good', `test('one', () => {}); test('two', { skip: 'no disk' }, () => {});`);
  assert.equal(hasFailed(result), false);
  assert.deepEqual(result.tests, [
    { name: 'one', outcome: 'passed' },
    { name: 'two', outcome: 'skipped', reason: 'no disk' },
  ]);
  assert.ok(summarize([result], 1000).some((line) => line.includes('two (no disk)')));
});

test('a suite that is skipped as a whole is told with its reason', async () => {
  const suite = `import { describe } from 'node:test'; describe('five', { skip: 'no engine' }, () => test('six', () => {}));`;
  const result = await run('without', suite);
  assert.equal(hasFailed(result), false);
  assert.deepEqual(result.tests, [{ name: 'five', outcome: 'skipped', reason: 'no engine' }]);
});

test('a failed test fails its file, and its output is kept', async () => {
  const result = await run('bad', `test('three', () => { throw new Error('broken on purpose'); });`);
  assert.equal(hasFailed(result), true);
  assert.match(result.output, /broken on purpose/);
});

test('a file that cannot be loaded, or holds no test, fails', async () => {
  const broken = await run('broken', `import './not-there.mjs';`);
  assert.equal(hasFailed(broken), true);
  const empty = await run('empty', '');
  assert.deepEqual(empty.problems, ['holds no test']);
});

test('a file that leaves a process behind fails, and the process is ended', async () => {
  const result = await run(
    'leaky',
    `import { spawn } from 'node:child_process';
    test('four', () => {
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      child.unref();
      console.log('group: ' + process.pid);
    });`,
  );
  assert.equal(result.problems.length, 1);
  assert.match(result.problems[0] ?? '', /^left a process behind: /);
  const group = Number(/group: (\d+)/.exec(result.output)?.[1]);
  assert.ok(group > 0);
  assert.deepEqual(runningIn(group), []);
});
