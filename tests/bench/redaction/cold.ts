import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Row } from '../report.ts';
import { median, quantile } from '../statistics.ts';
import { textsOfHits } from './texts.ts';
import { MIXED } from './throughput.ts';

const APP = fileURLToPath(new URL('../apps/first-scan.mjs', import.meta.url));
const PROCESSES = 15;
const HIT_BYTES = 64 * 1024;

const figures = z.object({
  load: z.number(),
  first: z.number(),
  hit: z.number(),
  loadedBytes: z.number(),
  heldBytes: z.number(),
});
type Figures = z.infer<typeof figures>;

/** Processor time that the redactor takes before V8 has optimized any of it, each time in a fresh process. */
export async function cold(log: (line: string) => void): Promise<Row[]> {
  const input = JSON.stringify(textsOfHits(7, MIXED, HIT_BYTES).texts);
  const runs: Figures[] = [];
  for (let run = 0; run < PROCESSES; run++) runs.push(await inFreshProcess(input));
  const told = (of: (run: Figures) => number) =>
    `p50 ${median(runs.map(of)).toFixed(1)} ms, max ${quantile(runs.map(of), 1).toFixed(1)} ms`;
  const kib = (of: (run: Figures) => number) => `${(median(runs.map(of)) / 1024).toFixed(0)} KiB`;
  const rows: Row[] = [
    { what: 'cold: loading the package', measured: told((run) => run.load) },
    { what: 'cold: the first redactor, text and name: the tables are made', measured: told((run) => run.first) },
    { what: 'cold: the first texts of a hit of 64 KiB', measured: told((run) => run.hit) },
    {
      what: 'memory of the package, its tables and one redactor',
      measured: `${kib((run) => run.heldBytes)}, ${kib((run) => run.loadedBytes)} of them once loaded`,
    },
  ];
  for (const { what, measured } of rows) log(`${what}: ${measured}`);
  return rows;
}

async function inFreshProcess(input: string): Promise<Figures> {
  const child = spawn(process.execPath, ['--expose-gc', APP], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
    timeout: 20_000,
  });
  child.stdin.end(input);
  return figures.parse(JSON.parse(await text(child.stdout)));
}
