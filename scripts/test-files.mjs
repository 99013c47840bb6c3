import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { runTestFile } from './test-file.mjs';

/** Every `*.test.ts` of `tests/` and of the packages' own `test/`, as paths with slashes, in alphabetical order. */
export function findTestFiles(root) {
  const folders = [join(root, 'tests')];
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== 'node_modules') folders.push(join(root, entry.name, 'test'));
  }
  return folders
    .flatMap((folder) => testFilesIn(folder))
    .map((file) => relative(root, file).split(sep).join('/'))
    .sort();
}

function testFilesIn(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Runs the files, a few at a time, and prints a line for each and all that a failed one wrote. */
export async function runTestFiles(files, { node, root, concurrency, signal }) {
  const results = [];
  const waiting = [...files];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      if (signal.aborted) return;
      const result = await runTestFile(file, { node, cwd: root, env: testEnvironment(), signal });
      if (signal.aborted) return;
      results.push(result);
      print(result);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

export function hasFailed(result) {
  return result.problems.length > 0 || result.tests.some(({ outcome }) => outcome === 'failed');
}

/** The lines that end a run: what failed, what was left out and why, and the counts. */
export function summarize(results, ms) {
  const tests = results.flatMap((result) => result.tests.map((test) => ({ file: result.file, ...test })));
  const count = (wanted) => tests.filter(({ outcome }) => outcome === wanted).length;
  const lines = [''];
  for (const { file, name, reason } of tests.filter(({ outcome }) => outcome === 'skipped')) {
    lines.push(`skipped  ${file}: ${name}${reason ? ` (${reason})` : ''}`);
  }
  for (const { file, name } of tests.filter(({ outcome }) => outcome === 'failed'))
    lines.push(`failed   ${file}: ${name}`);
  for (const { file, problems } of results) for (const problem of problems) lines.push(`failed   ${file}: ${problem}`);
  const counts = `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
  lines.push(`${results.length} files, ${tests.length} tests: ${counts}, in ${(ms / 1000).toFixed(0)} s`);
  return lines;
}

function print(result) {
  const failed = hasFailed(result);
  if (failed) console.log(`\n${result.output.trimEnd()}`);
  const seconds = `${(result.ms / 1000).toFixed(1)} s`.padStart(8);
  console.log(`${failed ? 'FAILED' : 'ok    '} ${seconds}  ${result.file}  (${result.tests.length})`);
  for (const problem of result.problems) console.log(`       ${problem}`);
}

/** A developer's own settings of Borescope must not reach the processes under test. */
function testEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('BORESCOPE_') || name === 'BORESCOPE_REDACTION_CASES',
  );
  return Object.fromEntries(kept);
}
