import { execFileSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { root } from '../prepare.mjs';
import type { Progress } from '../progress.mjs';
import { NODE_MAJORS, nodeOf } from './node-versions.ts';
import type { FileResult } from './test-file.ts';
import { findTestFiles, hasFailed, runTestFiles, summarize } from './test-files.ts';

/** What the agent does in the application depends on the version of V8; the rest is tested once. */
const DEFAULT_PARTS = ['agent-node/', 'tests/e2e/'];

/** Runs the agent's and the end-to-end tests on every supported Node and prints a table; the exit code. */
export async function runOnNodes(wanted: readonly string[], progress: Progress): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

  const parts = wanted.length === 0 ? DEFAULT_PARTS : wanted;
  const files = findTestFiles(root).filter((file) => parts.some((part) => file.includes(part)));
  if (files.length === 0) {
    console.error(`no test file has ${parts.join(' or ')} in its path`);
    return 2;
  }

  const rows: string[][] = [['node', 'files', 'passed', 'failed', 'skipped', 'seconds']];
  let failed = false;
  for (const major of NODE_MAJORS) {
    if (stopping.signal.aborted) break;
    const node = await progress.step(`Node ${major}`, () => nodeOf(major, join(root, '.cache', 'nodes')));
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    progress.say(`${files.length} test files on Node ${version}`);
    const begun = performance.now();
    // Tests that run npm find the node of this round on the path.
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` };
    const results = await runTestFiles(files, { node, cwd: root, concurrency: 2, env, signal: stopping.signal });
    const ms = performance.now() - begun;
    for (const line of summarize(results, ms)) console.log(line);
    failed ||= results.some(hasFailed);
    rows.push([version, String(results.length), ...counts(results), (ms / 1000).toFixed(0)]);
  }
  console.log(`\n${table(rows)}`);
  if (stopping.signal.aborted) console.log('interrupted');
  return failed || stopping.signal.aborted ? 1 : 0;
}

function counts(results: readonly FileResult[]): string[] {
  const tests = results.flatMap((result) => result.tests);
  const of = (wanted: string) => String(tests.filter(({ outcome }) => outcome === wanted).length);
  return [of('passed'), of('failed'), of('skipped')];
}

function table(rows: readonly (readonly string[])[]): string {
  return rows
    .map((row) => row.map((cell, index) => (index === 0 ? cell.padEnd(10) : cell.padStart(8))).join(''))
    .join('\n');
}
