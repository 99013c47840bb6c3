// `npm start`: everything from a fresh clone to a first live snapshot. Runs before anything is installed.
import './node-version.mjs';

const usage = `npm start              broker, example shop and a first snapshot; stays up until Ctrl-C
npm start -- --once    stops after the snapshot: exit 0 where it was captured, 1 where not

BORESCOPE_PORT         the port of the broker, 7373 by default (0 = any)
BORESCOPE_DATA_DIR     where the broker keeps its data, ./.borescope by default`;

const args = process.argv.slice(2);
const unknown = args.find((arg) => arg !== '--once' && arg !== '--help');
if (unknown !== undefined || args.includes('--help')) {
  if (unknown !== undefined) console.error(`npm start does not know ${unknown}\n`);
  console.error(usage);
  process.exit(unknown === undefined ? 0 : 2);
}

const { portProblem } = await import('./free-port.mjs');
const { startProgress } = await import('./progress.mjs');
const { bootstrap } = await import('./bootstrap.mjs');
const progress = startProgress();
// Asked before the minute that installing may take.
const problem = await portProblem(process.env.BORESCOPE_PORT || '7373', 'npm start');
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
await bootstrap(progress);
const { demo } = await import('./demo/demo.ts');
process.exitCode = await demo({ once: args.includes('--once'), progress });
