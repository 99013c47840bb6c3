import { captureSnapshot, INSTANT, listRuntimes } from './broker-tools.ts';
import { type Installation, install } from './installation.ts';
import { attachInstantAgent } from './instant-agent.ts';
import { startNoopTool } from './noop-tool.ts';
import { startRedisFloor } from './redis-floor.ts';
import type { Row } from './report.ts';
import { ROUNDS } from './rounds.ts';
import { median, quantile } from './statistics.ts';
import { type Endpoint, saturateTool, type Throughput, timesOfTool } from './tool-calls.ts';

const BUSY_SECONDS = 4;
const WARM_UP_SECONDS = 4;
const SINGLE_MS = 2_500;
const FLOOR_MS = 1_000;
const CONNECTIONS = 16;
/** Share of the no-op tool's calls. */
const LIST_SHARE = 0.8;
const SNAPSHOT_SHARE = 0.7;
/** Milliseconds that a snapshot may take longer with Redis, at p50. */
const REDIS_MORE = 5;

const LIST_WHY =
  'it checks a token, looks the runtimes up and describes them in text and as checked structured content; the no-op tool answers two letters to anybody.';
const SNAPSHOT_WHY =
  'it writes rows and sends frames each way where the no-op tool does nothing: SQLite, zod and the SDK, in that order. Before a probe is placed its quotas are taken and its entry is in the audit chain, and behind its end both are written once more: about half of the time.';
const REDIS_WHY =
  'a snapshot is nine scripts in Redis, those of BullMQ for two jobs and their removal among them, and three publications; those in a row each go through two event loops, which share two cores with the clients here.';

/** Snapshots at one broker with the embedded store, at one on Redis, and at one of two whose agent is at the other. */
const SNAPSHOT = {
  embedded: 'capture_snapshot, embedded',
  redis: 'capture_snapshot, one broker on Redis',
  across: 'capture_snapshot, called at one of two brokers on Redis, the agent at the other',
} as const;

/**
 * Tool calls a second and their times, beside the SDK's own server with a tool that does nothing, and beside what Redis and
 * BullMQ cost by themselves; in turn, A B C A B C, so that a slow minute of the machine falls on all of them.
 */
export async function benchBroker(log: (line: string) => void): Promise<Row[]> {
  const ends: (() => unknown)[] = [];
  try {
    const noop = await startNoopTool();
    ends.push(noop.stop);
    const installed = async (brokers: number | 'embedded'): Promise<Installation> => {
      const installation = await install(brokers);
      ends.push(() => installation.close());
      const last = installation.brokers.at(-1) ?? installation.brokers[0];
      const agent = await attachInstantAgent(last.agentUrl, installation.agentToken, INSTANT);
      ends.push(() => agent.terminate());
      return installation;
    };
    const embedded = await installed('embedded');
    const redis = await installed(1);
    const across = await installed(2);
    const floor = await startRedisFloor(redis.redis?.url ?? '');
    ends.push(floor.stop);

    const endpoints = [
      noop.endpoint,
      listRuntimes('list_runtimes, embedded', embedded.brokers[0], embedded),
      listRuntimes('list_runtimes, one broker on Redis', redis.brokers[0], redis),
      captureSnapshot(SNAPSHOT.embedded, embedded.brokers[0], embedded),
      captureSnapshot(SNAPSHOT.redis, redis.brokers[0], redis),
      captureSnapshot(SNAPSHOT.across, across.brokers[0], across),
    ];
    // Until the optimizer has seen all of it.
    for (const endpoint of endpoints) await saturateTool(endpoint, WARM_UP_SECONDS, CONNECTIONS);

    const busy = await inTurn(endpoints, log, async (endpoint) => {
      const figure = await saturateTool(endpoint, BUSY_SECONDS, CONNECTIONS);
      return { figure, told: `${CONNECTIONS} clients: ${Math.round(figure.rate)} calls/s` };
    });
    const steps = [
      { name: 'Redis: PING', times: () => floor.ping(FLOOR_MS) },
      { name: 'Redis: a job of BullMQ, from adding it to running it', times: () => floor.job(FLOOR_MS) },
      ...endpoints.map((endpoint) => ({
        name: endpoint.name,
        times: () => timesOfTool(endpoint, SINGLE_MS),
      })),
    ];
    const single = await inTurn(steps, log, async ({ times }) => {
      const figure = await times();
      return { figure, told: `one client: p50 ${ms(quantile(figure, 0.5))}` };
    });
    return [
      ...throughputRows(endpoints, busy),
      ...timeRows(
        steps.map(({ name }) => name),
        single,
      ),
    ];
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

/** Each once a round; the figures of each in the order of the rounds. */
async function inTurn<Item extends { readonly name: string }, Figure>(
  items: readonly Item[],
  log: (line: string) => void,
  measure: (item: Item) => Promise<{ figure: Figure; told: string }>,
): Promise<Figure[][]> {
  const figures: Figure[][] = items.map(() => []);
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [index, item] of items.entries()) {
      const { figure, told } = await measure(item);
      figures[index]?.push(figure);
      log(`round ${round}: ${item.name}: ${told}`);
    }
  }
  return figures;
}

function throughputRows(endpoints: readonly Endpoint[], figures: readonly Throughput[][]): Row[] {
  const floor = figures[0] ?? [];
  return endpoints.map(({ name, tool }, index) => {
    const own = figures[index] ?? [];
    const ratio = median(own.map(({ rate }, round) => rate / (floor[round]?.rate ?? Number.NaN)));
    const byCpu = median(own.map(({ brokersUs }, round) => (floor[round]?.brokersUs ?? Number.NaN) / brokersUs));
    const redisUs = Math.round(median(own.map((figure) => figure.redisUs)));
    const isEmbedded = name.endsWith('embedded');
    const target = tool === 'list_runtimes' ? LIST_SHARE : SNAPSHOT_SHARE;
    return {
      what: `tool calls a second, ${CONNECTIONS} clients: ${name}`,
      measured: [
        `${Math.round(median(own.map(({ rate }) => rate)))} calls/s`,
        `${Math.round(median(own.map(({ brokersUs }) => brokersUs)))} us of CPU each (by CPU ${percent(byCpu)})`,
        ...(redisUs > 0 ? [`${redisUs} us of Redis's`] : []),
      ].join(', '),
      ratio: percent(ratio),
      ...(isEmbedded && {
        target: `>= ${percent(target)}`,
        met: ratio >= target,
        why: tool === 'list_runtimes' ? LIST_WHY : SNAPSHOT_WHY,
      }),
    };
  });
}

function timeRows(names: readonly string[], figures: readonly number[][][]): Row[] {
  const embedded = figures[names.indexOf(SNAPSHOT.embedded)] ?? [];
  return names.map((name, index) => {
    const own = figures[index] ?? [];
    const p50 = median(own.map((times) => quantile(times, 0.5)));
    const p99 = median(own.map((times) => quantile(times, 0.99)));
    const more = median(own.map((times, round) => quantile(times, 0.5) - quantile(embedded[round] ?? [], 0.5)));
    const onRedis = name === SNAPSHOT.redis || name === SNAPSHOT.across;
    return {
      what: `round trip, one client: ${name}`,
      measured: `p50 ${ms(p50)}, p99 ${ms(p99)}`,
      ...(onRedis && {
        ratio: `${more < 0 ? '' : '+'}${ms(more)}`,
        target: `<= ${REDIS_MORE} ms more than embedded`,
        met: more <= REDIS_MORE,
        why: REDIS_WHY,
      }),
    };
  });
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
