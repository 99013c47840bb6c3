// `npm run test:nodes`: the agent's and the end-to-end tests on every Node that is supported.
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

const { register } = await import('tsx/esm/api');
register();
const { runOnNodes } = await import('./testing/run-on-nodes.ts');
process.exitCode = await runOnNodes(process.argv.slice(2), progress);
