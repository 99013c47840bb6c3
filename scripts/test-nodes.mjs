// `npm run test:nodes`: the agent's and the end-to-end tests on every Node that is supported.
import './node-version.mjs';
import { bootstrap } from './bootstrap.mjs';
import { startProgress } from './progress.mjs';

const progress = startProgress();
await bootstrap(progress);
const { runOnNodes } = await import('./testing/run-on-nodes.ts');
process.exitCode = await runOnNodes(process.argv.slice(2), progress);
