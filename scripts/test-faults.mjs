// `npm run test:faults`: every fault in full, which takes minutes; `npm test` has a short round of each.
import './node-version.mjs';
import { bootstrap } from './bootstrap.mjs';
import { startProgress } from './progress.mjs';

const progress = startProgress();
await bootstrap(progress);
const { prepareRedis } = await import('./testing/redis-server.ts');
await prepareRedis(progress);
const { runFaults } = await import('./testing/run-faults.ts');
process.exitCode = await runFaults(process.argv.slice(2), progress.say);
