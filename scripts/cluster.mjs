// `npm run cluster`: an installation of many brokers on this machine, to try what happens when one dies.
import './node-version.mjs';
import { bootstrap } from './bootstrap.mjs';
import { portProblem } from './free-port.mjs';
import { startProgress } from './progress.mjs';

const progress = startProgress();
const problem = await portProblem(process.env.BORESCOPE_PORT || '7373', 'npm run cluster');
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
await bootstrap(progress);
const { cluster } = await import('./cluster/cluster.ts');
process.exitCode = await cluster(progress);
