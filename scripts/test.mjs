// `npm test`: everything from a fresh clone to the result of every test. Runs before anything is installed.
import './node-version.mjs';
import { prepare, root } from './prepare.mjs';
import { startProgress } from './progress.mjs';
import { findTestFiles, hasFailed, runTestFiles, summarize } from './test-files.mjs';

const wanted = process.argv.slice(2);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort());

const all = findTestFiles(root);
const files = wanted.length === 0 ? all : all.filter((file) => wanted.some((part) => file.includes(part)));
if (files.length === 0) {
  console.error(`no test file has ${wanted.join(' or ')} in its path`);
  process.exit(2);
}

const progress = startProgress();
try {
  await prepare(progress);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

progress.say(`${files.length} test files`);
const begun = performance.now();
const results = await runTestFiles(files, { node: process.execPath, root, concurrency: 2, signal: stopping.signal });
for (const line of summarize(results, performance.now() - begun)) console.log(line);
if (stopping.signal.aborted) console.log('interrupted');
process.exitCode = stopping.signal.aborted || results.some(hasFailed) ? 1 : 0;
