// `npm test`: everything from a fresh clone to the result of every test. Runs before anything is installed.
// Arguments are parts of paths: `npm test -- server e2e/shop` runs the files that hold one of them.
import './node-version.mjs';
import { bootstrap } from './bootstrap.mjs';
import { startProgress } from './progress.mjs';

const progress = startProgress();
await bootstrap(progress);
const { prepareRedis } = await import('./testing/redis-server.ts');
await prepareRedis(progress);
const { prepareBrowser } = await import('./testing/browser.ts');
await prepareBrowser(progress);
const { runTests } = await import('./testing/run-tests.ts');
process.exitCode = await runTests(process.argv.slice(2), progress.say);
