import { setTimeout as sleep } from 'node:timers/promises';
import { untilAttached } from './attached-agents.ts';
import { captureSnapshot, INSTANT, listAll, listRuntimes } from './broker-tools.ts';
import { Fleet, WARM_UP } from './fleet.ts';
import { type Installation, install } from './installation.ts';
import { attachInstantAgent } from './instant-agent.ts';
import type { Row } from './report.ts';
import { median, quantile } from './statistics.ts';
import { type Endpoint, timesOfTool } from './tool-calls.ts';

/** Milliseconds in which every agent is sent one ping: the heartbeat of the broker. */
const HEARTBEAT_MS = 15_000;
const ROUNDS = 3;
const CALLS_MS = 700;
/** Below it the pages that all agents share weigh more than theirs. */
const MEMORY_FROM = 1_000;
const KB_AN_AGENT = 10;

const MEMORY_WHY =
  'of its RSS about 9 KB are heap: its socket, its session with the timers, callbacks and tables of that, and its description in the directory; the rest are pages of V8 and of the system (see the open socket alone).';

interface Idle {
  readonly p99: number;
  readonly max: number;
  /** Share of a core. */
  readonly brokers: number;
  readonly redis: number;
}

/** What one number of agents was like. */
interface Step {
  readonly size: number;
  readonly idle: Idle | undefined;
  /** Milliseconds at p50, and how many times those of the no-op tool, of each call. */
  readonly calls: readonly { p50: number; times: number }[];
}

/** Memory, event loop and the times of calls of one installation, while its agents grow in number. */
export async function growth(
  brokers: number | 'embedded',
  sizes: readonly number[],
  noop: Endpoint,
  log: (line: string) => void,
): Promise<Row[]> {
  const name = brokers === 'embedded' ? 'embedded' : `${brokers} ${brokers === 1 ? 'broker' : 'brokers'} on Redis`;
  const alone = brokers === 'embedded' || brokers === 1;
  const installation = await install(brokers);
  const [first] = installation.brokers;
  const last = installation.brokers.at(-1) ?? first;
  const fleet = new Fleet(
    installation.brokers.map(({ agentUrl }) => agentUrl),
    installation.agentToken,
  );
  const instant = await attachInstantAgent(last.agentUrl, installation.agentToken, INSTANT);
  const endpoints = [
    noop,
    listRuntimes('list_runtimes of one service', first, installation),
    listAll('list_runtimes, the first page of all', first, installation),
    captureSnapshot('capture_snapshot on one runtime', first, installation),
  ];
  try {
    for (const endpoint of endpoints) await timesOfTool(endpoint, 2 * CALLS_MS);
    await fleet.growTo(WARM_UP);
    const before = await first.gauge.memory();
    const rows: Row[] = [];
    const steps: Step[] = [];
    for (const size of sizes) {
      await fleet.growTo(size);
      await untilAttached(installation, size + 1);
      if (alone && size >= MEMORY_FROM) {
        const { rss, heapUsed, external } = await first.gauge.memory();
        const each = (bytes: number) => bytes / 1024 / (size - WARM_UP);
        const kb = each(rss - before.rss);
        const heap = each(heapUsed + external - before.heapUsed - before.external);
        rows.push({
          what: `memory of an attached agent, ${name}, ${size} of them`,
          measured: `${kb.toFixed(1)} KB of RSS, ${heap.toFixed(1)} KB of heap and buffers; the broker ${(rss / 2 ** 20).toFixed(0)} MiB`,
          target: `<= ${KB_AN_AGENT} KB`,
          met: kb <= KB_AN_AGENT,
          why: MEMORY_WHY,
        });
      }
      const step = {
        size,
        idle: alone ? await idle(installation) : undefined,
        calls: await calls(endpoints),
      };
      log(`${name}, ${size} agents: ${JSON.stringify(step)}`);
      steps.push(step);
    }
    return [...rows, ...(alone ? [idleRow(name, steps)] : []), ...callRows(name, endpoints, steps)];
  } finally {
    instant.terminate();
    fleet.close();
    await installation.close();
  }
}

/** While nobody asks anything, and agents are sent their heartbeats. */
async function idle(installation: Installation): Promise<Idle> {
  const [{ gauge }] = installation.brokers;
  await gauge.delays();
  const before = installation.cpu();
  const begun = performance.now();
  await sleep(HEARTBEAT_MS);
  const tookUs = (performance.now() - begun) * 1000;
  const after = installation.cpu();
  const { p99, max } = await gauge.delays();
  const share = (used: number) => used / tookUs;
  return { p99, max, brokers: share(after.brokers - before.brokers), redis: share(after.redis - before.redis) };
}

/** Each in turn with the no-op tool, which is the first. */
async function calls(endpoints: readonly Endpoint[]): Promise<Step['calls']> {
  const figures: number[][] = endpoints.map(() => []);
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [index, endpoint] of endpoints.entries()) {
      figures[index]?.push(quantile(await timesOfTool(endpoint, CALLS_MS), 0.5));
    }
  }
  const [floor = [], ...ours] = figures;
  return ours.map((own) => ({
    p50: median(own),
    times: median(own.map((p50, round) => p50 / (floor[round] ?? Number.NaN))),
  }));
}

function idleRow(name: string, steps: readonly Step[]): Row {
  const each = (tell: (idle: Idle) => string) =>
    steps.flatMap(({ idle: found }) => (found === undefined ? [] : tell(found))).join(' / ');
  const percent = (share: number) => (share * 100).toFixed(1);
  return {
    what: `heartbeats and nothing else, ${name}, ${numbers(steps)} agents`,
    measured: [
      `event loop p99 ${each(({ p99 }) => p99.toFixed(1))} ms, max ${each(({ max }) => max.toFixed(0))} ms`,
      `${each(({ brokers }) => percent(brokers))} % of a core`,
      ...(name === 'embedded' ? [] : [`Redis ${each(({ redis }) => percent(redis))} %`]),
    ].join('; '),
  };
}

function callRows(name: string, endpoints: readonly Endpoint[], steps: readonly Step[]): Row[] {
  return endpoints.slice(1).map((endpoint, index): Row => {
    const own = steps.flatMap(({ calls: found }) => found[index] ?? []);
    const grown = (own.at(-1)?.times ?? Number.NaN) / (own[0]?.times ?? Number.NaN);
    return {
      what: `${endpoint.name}, ${name}, ${numbers(steps)} agents`,
      measured: `p50 ${own.map(({ p50 }) => p50.toFixed(2)).join(' / ')} ms; ${own.map(({ times }) => times.toFixed(1)).join(' / ')} times the no-op tool`,
      ratio: `${grown.toFixed(1)} times from the first to the last`,
    };
  });
}

function numbers(steps: readonly Step[]): string {
  return steps.map(({ size }) => size.toLocaleString('en')).join(' / ');
}
