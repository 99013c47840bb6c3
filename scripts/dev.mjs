// `npm run dev`: broker and shop from what is in the editor. Rebuilds on every change, then restarts both.
import './node-version.mjs';
import { bootstrap } from './bootstrap.mjs';
import { portProblem } from './free-port.mjs';
import { startProgress } from './progress.mjs';

const progress = startProgress();
const problem = await portProblem(process.env.BORESCOPE_PORT || '7373', 'npm run dev');
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
await bootstrap(progress);
const { develop } = await import('./demo/develop.ts');
process.exitCode = await develop(progress);
