// `npm run dev`: broker and shop from what is in the editor. Rebuilds on every change, then restarts both.
import './node-version.mjs';
import { portProblem } from './free-port.mjs';
import { prepare } from './prepare.mjs';
import { startProgress } from './progress.mjs';

const progress = startProgress();
const problem = await portProblem(process.env.BORESCOPE_PORT || '7373', 'npm run dev');
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
try {
  await prepare(progress);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

const { register } = await import('tsx/esm/api');
register();
const { develop } = await import('./demo/develop.ts');
process.exitCode = await develop(progress);
