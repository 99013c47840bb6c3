/** Runs every static check, also after one has failed, so that one run tells all that is wrong. */
import { spawnSync } from 'node:child_process';
import { pathOf } from './source-files.ts';

const bin = (name: string) => pathOf(`node_modules/.bin/${name}`);
const script = (name: string, ...rest: string[]) => [
  process.execPath,
  '--import',
  'tsx',
  `scripts/${name}.ts`,
  ...rest,
];

const CHECKS: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['types of tests and scripts', [bin('tsc'), '-b', 'tests']],
  ['format, lint, import cycles', [bin('biome'), 'check', '.']],
  ['unused files, exports, dependencies', [bin('knip'), '--no-config-hints']],
  ['import directions', script('check/imports')],
  ['promises have tests', script('check/promises')],
  ['pages', script('check/docs')],
  ['generated files', script('generate/main', '--check')],
];

const failed: string[] = [];
for (const [name, [command = '', ...args]] of CHECKS) {
  const started = performance.now();
  const { status } = spawnSync(command, args, { cwd: pathOf(''), stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join('; ')}`);
  process.exitCode = 1;
}
