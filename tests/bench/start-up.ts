import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Row } from './report.ts';
import { median } from './statistics.ts';

const execute = promisify(execFile);
const folder = fileURLToPath(new URL('apps', import.meta.url));
const ROUNDS = 30;

const WAYS: readonly { readonly name: string; readonly options: readonly string[] }[] = [
  { name: 'without the agent', options: [] },
  { name: 'an empty module by --import: what Node takes for that', options: ['--import', './empty.mjs'] },
  { name: 'the agent by --require', options: ['--require', '@borescope/agent'] },
  { name: 'the agent by --import', options: ['--import', '@borescope/agent'] },
];

/** Milliseconds from the start of the process to the first line of the application. About 10 s for all of it. */
export async function startUp(
  agentEnvironment: Readonly<Record<string, string>>,
  log: (line: string) => void,
): Promise<Row[]> {
  const figures: number[][] = WAYS.map(() => []);
  // In turn, so that a slow moment of the machine falls on all of them; the first round only warms the disk's cache.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, { options }] of WAYS.entries()) {
      const { stdout } = await execute(process.execPath, [...options, 'first-line.cjs'], {
        cwd: folder,
        // Not the machine's own settings: NODE_EXTRA_CA_CERTS alone can treble the start of Node 20.
        env: { PATH: process.env['PATH'], ...agentEnvironment, BORESCOPE_SERVICE: 'bench-start-up' },
        timeout: 10_000,
      });
      if (round > 0) figures[index]?.push(Number(stdout));
    }
  }
  const [bare = []] = figures;
  return WAYS.map(({ name }, index) => {
    const own = figures[index] ?? [];
    const more = median(own.map((ms, round) => ms - (bare[round] ?? Number.NaN)));
    const ratio = median(own.map((ms, round) => ms / (bare[round] ?? Number.NaN)));
    const measured = `${median(own).toFixed(1)} ms${index === 0 ? '' : `, ${more.toFixed(1)} ms more`}`;
    log(`start-up: ${name}: ${measured}`);
    return {
      what: `start-up, to the application's first line: ${name}`,
      measured,
      ratio: `${(ratio * 100).toFixed(0)} %`,
    };
  });
}
