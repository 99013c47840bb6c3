import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type FileResult, type RunOptions, runTestFile } from './test-file.ts';

/** Every `*.test.ts` of `tests/` and of the packages' own `test/`, as paths with slashes, in alphabetical order. */
export function findTestFiles(root: string): string[] {
  const folders = [join(root, 'tests')];
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== 'node_modules') folders.push(join(root, entry.name, 'test'));
  }
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => relative(root, path).split(sep).join('/'))
    .sort();
}

/** Runs the files, a few at a time, and prints a line for each and all that a failed one wrote. */
export async function runTestFiles(
  files: readonly string[],
  { concurrency, ...options }: RunOptions & { concurrency: number },
): Promise<FileResult[]> {
  const results: FileResult[] = [];
  const waiting = [...files];
  const env = testEnvironment(options.env);
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined && !options.signal.aborted; file = waiting.shift()) {
      const result = await runTestFile(file, { ...options, env });
      if (options.signal.aborted) return;
      results.push(result);
      print(result);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

export function hasFailed(result: FileResult): boolean {
  return result.problems.length > 0 || result.tests.some(({ outcome }) => outcome === 'failed');
}

/** The lines that end a run: what was left out and why, what failed, and the counts. */
export function summarize(results: readonly FileResult[], ms: number): string[] {
  const tests = results.flatMap((result) => result.tests.map((test) => ({ file: result.file, ...test })));
  const of = (wanted: string) => tests.filter(({ outcome }) => outcome === wanted);
  const counts = `${of('passed').length} passed, ${of('failed').length} failed, ${of('skipped').length} skipped`;
  return [
    '',
    ...of('skipped').map(({ file, name, reason }) => `skipped  ${file}: ${name}${reason ? ` (${reason})` : ''}`),
    ...of('failed').map(({ file, name }) => `failed   ${file}: ${name}`),
    ...results.flatMap(({ file, problems }) => problems.map((problem) => `failed   ${file}: ${problem}`)),
    `${results.length} files, ${tests.length} tests: ${counts}, in ${(ms / 1000).toFixed(0)} s`,
  ];
}

function print(result: FileResult): void {
  const failed = hasFailed(result);
  if (failed) console.log(`\n${result.output.trimEnd()}`);
  const seconds = `${(result.ms / 1000).toFixed(1)} s`.padStart(8);
  console.log(`${failed ? 'FAILED' : 'ok    '} ${seconds}  ${result.file}  (${result.tests.length})`);
  for (const problem of result.problems) console.log(`       ${problem}`);
}

/** A developer's own settings of Borescope must not reach the processes under test. */
function testEnvironment(own: RunOptions['env']): RunOptions['env'] {
  const kept = Object.entries(own).filter(
    ([name]) => !name.startsWith('BORESCOPE_') || name === 'BORESCOPE_REDACTION_CASES',
  );
  return Object.fromEntries(kept);
}
