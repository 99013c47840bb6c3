import { root } from '../prepare.mjs';
import { findTestFiles, hasFailed, runTestFiles, summarize } from './test-files.ts';

/** Runs the test files whose path holds one of `wanted`, or all; the exit code. */
export async function runTests(wanted: readonly string[], say: (text: string) => void): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

  const files = findTestFiles(root).filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
  if (files.length === 0) {
    console.error(`no test file has ${wanted.join(' or ')} in its path`);
    return 2;
  }
  say(`${files.length} test files`);
  const begun = performance.now();
  const options = { node: process.execPath, cwd: root, concurrency: 2, env: process.env, signal: stopping.signal };
  const results = await runTestFiles(files, options);
  for (const line of summarize(results, performance.now() - begun)) console.log(line);
  if (stopping.signal.aborted) console.log('interrupted');
  return stopping.signal.aborted || results.some(hasFailed) ? 1 : 0;
}
