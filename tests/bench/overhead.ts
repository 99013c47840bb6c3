import { setTimeout as sleep } from 'node:timers/promises';
import { liveBroker } from '../live/broker.ts';
import { type Assistant, currentClient } from '../live/mcp-clients.ts';
import { type BenchApp, HOT_LINE, startApp, startAppWithAgent } from './app.ts';
import { saturate, steady } from './load.ts';
import type { Row } from './report.ts';
import { startUp } from './start-up.ts';
import { median } from './statistics.ts';

const ROUNDS = 5;
const SATURATED_SECONDS = 5;
const STEADY_SECONDS = 8;
const STEADY_RATE = 150;

const SETTING =
  'each time that the breakpoint is set and removed, the function runs interpreted until V8 optimizes it again.';

interface Variant {
  readonly name: string;
  readonly target: number | undefined;
  readonly app: BenchApp;
  /** What goes on beside the load; ends soon after `signal` aborts. */
  readonly beside: (signal: AbortSignal) => Promise<void>;
}

/**
 * What an agent takes from an application. Four processes of the same program are loaded in turn, A B C D A B C D, so
 * that a slow minute of the machine falls on all of them; each ratio is taken within its round.
 */
export async function benchOverhead(log: (line: string) => void): Promise<Row[]> {
  const broker = await liveBroker();
  const assistant = await currentClient(broker.url, broker.mcpToken);
  const started: BenchApp[] = [];
  const keep = <App extends BenchApp>(app: App): App => {
    started.push(app);
    return app;
  };
  try {
    const bare = keep(await startApp());
    const idle = keep(await startAppWithAgent(broker, assistant, 'bench-idle'));
    const sampled = keep(await startAppWithAgent(broker, assistant, 'bench-sampled'));
    const never = keep(await startAppWithAgent(broker, assistant, 'bench-never'));
    const nothing = async () => {};
    const variants: Variant[] = [
      { name: 'without the agent', target: undefined, app: bare, beside: nothing },
      { name: 'idle agent', target: 0.99, app: idle, beside: nothing },
      {
        name: 'one snapshot a second on the hot line',
        target: 0.97,
        app: sampled,
        beside: (signal) => snapshotEachSecond(assistant, sampled.id, signal),
      },
      { name: 'a condition that never matches, on the hot line', target: 0.97, app: never, beside: nothing },
    ];
    await assistant.call('capture_snapshot', {
      runtimes: { ids: [never.id] },
      ...HOT_LINE,
      condition: 'total < 0',
      timeout_seconds: 600,
      wait_seconds: 1,
    });
    for (const { app } of variants) await saturate(app.url, 2);
    return [
      ...(await saturated(variants, log)),
      ...(await steadyRate(variants, log)),
      ...(await startUp(broker.agentEnvironment, log)),
    ];
  } finally {
    await assistant.close();
    for (const app of started) await app.stop();
    await broker.close();
  }
}

async function saturated(variants: readonly Variant[], log: (line: string) => void): Promise<Row[]> {
  const rates = await inTurn(variants, 'requests a second, saturated', log, ({ app }) =>
    saturate(app.url, SATURATED_SECONDS),
  );
  return variants.map(({ name, target }, index) => {
    const ratio = median((rates[index] ?? []).map((rate, round) => rate / (rates[0]?.[round] ?? Number.NaN)));
    return {
      what: `throughput of a saturated server: ${name}`,
      measured: `${Math.round(median(rates[index] ?? []))} req/s`,
      ratio: `${(ratio * 100).toFixed(1)} %`,
      ...(target !== undefined && { target: `>= ${target * 100} %`, met: ratio >= target, why: SETTING }),
    };
  });
}

async function steadyRate(variants: readonly Variant[], log: (line: string) => void): Promise<Row[]> {
  const costs = await inTurn(variants, `CPU us a request at ${STEADY_RATE} req/s`, log, async ({ app }) => {
    const before = await app.stats();
    await steady(app.url, STEADY_RATE, STEADY_SECONDS);
    const after = await app.stats();
    return (after.cpuUs - before.cpuUs) / (after.served - before.served);
  });
  return variants.map(({ name }, index) => {
    const ratio = median((costs[index] ?? []).map((cost, round) => cost / (costs[0]?.[round] ?? Number.NaN)));
    return {
      what: `CPU of the process per request at ${STEADY_RATE} req/s: ${name}`,
      measured: `${Math.round(median(costs[index] ?? []))} us`,
      ratio: `${(ratio * 100).toFixed(0)} %`,
    };
  });
}

/** Figures by variant, then by round. */
async function inTurn(
  variants: readonly Variant[],
  what: string,
  log: (line: string) => void,
  measure: (variant: Variant) => Promise<number>,
): Promise<number[][]> {
  const figures: number[][] = variants.map(() => []);
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [index, variant] of variants.entries()) {
      const stop = new AbortController();
      const beside = variant.beside(stop.signal);
      const figure = await measure(variant);
      stop.abort();
      await beside;
      figures[index]?.push(figure);
      log(`${what}, round ${round}: ${variant.name}: ${figure.toFixed(0)}`);
    }
  }
  return figures;
}

async function snapshotEachSecond(assistant: Assistant, id: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const again = sleep(1000, undefined, { signal }).catch(() => {});
    await assistant.call('capture_snapshot', {
      runtimes: { ids: [id] },
      ...HOT_LINE,
      timeout_seconds: 5,
      wait_seconds: 5,
    });
    await again;
  }
}
