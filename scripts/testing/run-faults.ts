import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../prepare.mjs';
import { hasFailed, runTestFiles, summarize } from './test-files.ts';

const FOLDER = 'tests/faults';

/** Runs the fault tests whose path holds one of `wanted`, or all, those that only run here included; the exit code. */
export async function runFaults(wanted: readonly string[], say: (text: string) => void): Promise<number> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());

  const files = readdirSync(join(root, FOLDER))
    .filter((name) => name.endsWith('.test.ts') || name.endsWith('.long.ts'))
    .map((name) => `${FOLDER}/${name}`)
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort();
  if (files.length === 0) {
    console.error(`no file of fault tests has ${wanted.join(' or ')} in its path`);
    return 2;
  }
  say(`${files.length} files of fault tests`);
  const begun = performance.now();
  // One at a time: a machine that is busy with another fault is a fault of its own.
  const env = { ...process.env, FAULTS: 'long' };
  const options = { node: process.execPath, cwd: root, concurrency: 1, env, signal: stopping.signal };
  const results = await runTestFiles(files, options);
  for (const line of summarize(results, performance.now() - begun)) console.log(line);
  if (stopping.signal.aborted) console.log('interrupted');
  return stopping.signal.aborted || results.some(hasFailed) ? 1 : 0;
}
