// `npm test`: everything from a fresh clone to the result of every test. Runs before anything is installed.
// Arguments are parts of paths: `npm test -- server e2e/shop` runs the files that hold one of them.
import './node-version.mjs';
import { prepare } from './prepare.mjs';
import { startProgress } from './progress.mjs';

const progress = startProgress();
try {
  await prepare(progress);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

// What was just installed and built is needed from here on.
const { register } = await import('tsx/esm/api');
register();
const { runTests } = await import('./testing/run-tests.ts');
process.exitCode = await runTests(process.argv.slice(2), progress.say);
