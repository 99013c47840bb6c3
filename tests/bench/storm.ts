import { setTimeout as sleep } from 'node:timers/promises';
import { untilAttached } from './attached-agents.ts';
import { Fleet } from './fleet.ts';
import { install } from './installation.ts';
import type { Row } from './report.ts';

const WITHIN_MS = 1_000;
/** Milliseconds of quiet before a storm. */
const QUIET_MS = 1_000;
/** The first finds code that the optimizer has seen only on the way there. */
const STORMS = 3;
const P99_MS = 100;

const WHY =
  'each attachment is an upgrade, a token, a frame to check, a row that is written and a welcome: so many within a second are more than one core can do, and the agents have to share two with it here.';

/** What becomes of a broker whose agents are all cut off, and come back within a second. */
export async function storm(brokers: 1 | 'embedded', agents: number, log: (line: string) => void): Promise<Row[]> {
  const name = brokers === 'embedded' ? 'embedded' : 'one broker on Redis';
  const installation = await install(brokers);
  const [{ gauge, agentUrl }] = installation.brokers;
  const fleet = new Fleet([agentUrl], installation.agentToken);
  try {
    await fleet.growTo(agents);
    await untilAttached(installation, agents);
    const rows: Row[] = [];
    for (let turn = 1; turn <= STORMS; turn++) {
      await sleep(QUIET_MS);
      await gauge.delays();
      const before = installation.cpu().brokers;
      const begun = performance.now();
      const retries = await fleet.storm(WITHIN_MS);
      const took = performance.now() - begun;
      const { p50, p99, max } = await gauge.delays();
      const used = (installation.cpu().brokers - before) / agents;
      await untilAttached(installation, agents);
      const row: Row = {
        what: `${agents} agents cut off and back within ${WITHIN_MS / 1000} s, ${name}, storm ${turn}`,
        measured: `all attached ${(took / 1000).toFixed(2)} s after the cut, ${retries} came more than once; event loop p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, max ${max.toFixed(0)} ms; ${used.toFixed(0)} us of CPU each`,
        target: `event loop p99 < ${P99_MS} ms`,
        met: p99 < P99_MS,
        why: WHY,
      };
      log(`${row.what}: ${row.measured}`);
      rows.push(row);
    }
    return rows;
  } finally {
    fleet.close();
    await installation.close();
  }
}
