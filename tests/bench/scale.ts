import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NodeProcess } from '../live/node-process.ts';
import { Fleet, WARM_UP } from './fleet.ts';
import { GAUGE_ARGUMENTS, gaugeOf } from './gauge.ts';
import { growth } from './growth.ts';
import { startNoopTool } from './noop-tool.ts';
import type { Row } from './report.ts';
import { storm } from './storm.ts';

const folder = fileURLToPath(new URL('apps', import.meta.url));

/** Agents of all brokers of an installation together. */
const SIZES = [10, 100, 1_000, 10_000];
const STORM = 2_000;

/** How much an agent costs, and what becomes dearer with many of them and with more brokers. */
export async function benchScale(log: (line: string) => void): Promise<Row[]> {
  const sizes = possibleSizes();
  const most = sizes.at(-1) ?? 0;
  const noop = await startNoopTool();
  try {
    const rows = [await bareSockets(most, log)];
    for (const brokers of ['embedded', 1, 2, 3] as const) {
      rows.push(...(await growth(brokers, sizes, noop.endpoint, log)));
    }
    for (const brokers of ['embedded', 1] as const) rows.push(...(await storm(brokers, Math.min(STORM, most), log)));
    return rows;
  } finally {
    await noop.stop();
  }
}

/**
 * As many as one broker takes: 80 % of its open-file limit (`ulimit -n`). `BENCH_AGENTS=1000` leaves the larger ones out, on
 * a machine that is small or in a hurry.
 */
function possibleSizes(): number[] {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const files = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  const most = Math.min(Math.floor(files * 0.8) - 10, Number(process.env['BENCH_AGENTS'] ?? Number.POSITIVE_INFINITY));
  return SIZES.filter((size) => size <= most);
}

/** What `ws` alone takes: nothing that this broker does to an agent costs less. */
async function bareSockets(size: number, log: (line: string) => void): Promise<Row> {
  const floor = new NodeProcess([...GAUGE_ARGUMENTS, 'bare-sockets.mjs'], { cwd: folder });
  const [gauge, [, url = '']] = await Promise.all([gaugeOf(floor), floor.line(/listening on (\S+)/)]);
  const fleet = new Fleet([url.replace(/^http/, 'ws')], 'none');
  try {
    await fleet.growTo(WARM_UP);
    const before = await gauge.memory();
    await fleet.growTo(size);
    const after = await gauge.memory();
    const kb = (after.rss - before.rss) / 1024 / (size - WARM_UP);
    const row = { what: `memory of an open socket of \`ws\` alone, ${size} of them`, measured: `${kb.toFixed(1)} KB` };
    log(`${row.what}: ${row.measured}`);
    return row;
  } finally {
    fleet.close();
    await floor.stop();
  }
}
