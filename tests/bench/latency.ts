import { z } from 'zod';
import { liveBroker } from '../live/broker.ts';
import { currentClient } from '../live/mcp-clients.ts';
import { HOT_LINE, startAppWithAgent } from './app.ts';
import { startSteady } from './load.ts';
import type { Row } from './report.ts';
import { median, quantile } from './statistics.ts';

const CALLS = 100;
const LARGE_HEAP_CALLS = 20;
/** Objects for about 220 MB of heap. */
const BALLAST_MB = 220;
const RATE = 150;

const result = z.object({
  action: z.object({ state: z.string() }),
  cost: z.object({ mean_us: z.number(), max_us: z.number(), arming_ms: z.number().optional() }),
});

/** How long an assistant waits for a hit on a line that is passed 150 times a second, and what the application feels. */
export async function benchLatency(log: (line: string) => void): Promise<Row[]> {
  const broker = await liveBroker();
  const assistant = await currentClient(broker.url, broker.mcpToken);
  const small = await startAppWithAgent(broker, assistant, 'bench-latency');
  const large = await startAppWithAgent(broker, assistant, 'bench-large-heap', BALLAST_MB);
  try {
    const snapshot = async (id: string) => {
      const start = performance.now();
      const { action, cost } = result.parse(
        await assistant.call('capture_snapshot', { runtimes: { ids: [id] }, ...HOT_LINE, wait_seconds: 20 }),
      );
      if (action.state !== 'completed') throw new Error(`a snapshot ended as ${action.state}`);
      return { callMs: performance.now() - start, cost };
    };

    const load = startSteady(small.url, RATE);
    const first = await snapshot(small.id);
    const calls = [];
    for (let call = 0; call < CALLS; call++) calls.push(await snapshot(small.id));
    await load.stop();
    log(`${CALLS} snapshots: p50 ${median(calls.map(({ callMs }) => callMs)).toFixed(1)} ms`);

    const { heapUsed } = await large.stats();
    const largeLoad = startSteady(large.url, RATE);
    await large.stats();
    const firstLarge = await snapshot(large.id);
    const { maxDelayMs: firstDelay } = await large.stats();
    const delays: number[] = [];
    const arming: number[] = [];
    const quiet: number[] = [];
    for (let call = 0; call < LARGE_HEAP_CALLS; call++) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      quiet.push((await large.stats()).maxDelayMs);
      const { cost } = await snapshot(large.id);
      delays.push((await large.stats()).maxDelayMs);
      if (cost.arming_ms !== undefined) arming.push(cost.arming_ms);
    }
    await largeLoad.stop();
    log(`large heap: first ${firstDelay.toFixed(1)} ms, then p50 ${median(delays).toFixed(1)} ms`);

    const callMs = calls.map((call) => call.callMs);
    const captureUs = calls.map((call) => call.cost.mean_us);
    const heap = `${Math.round(heapUsed / 1e6)} MB`;
    return [
      {
        what: 'a snapshot from call to result, line passed 150 times a second',
        measured: `p50 ${median(callMs).toFixed(1)} ms, p99 ${quantile(callMs, 0.99).toFixed(1)} ms; the first ${first.callMs.toFixed(0)} ms`,
      },
      {
        what: 'time taken from the application by one capture',
        measured: `p50 ${median(captureUs).toFixed(0)} us, p99 ${quantile(captureUs, 0.99).toFixed(0)} us`,
      },
      {
        what: `arming with ${heap} of heap: the first probe of the process (the debugger starts)`,
        measured: `longest event-loop delay ${firstDelay.toFixed(1)} ms${firstLarge.cost.arming_ms === undefined ? '' : `, told as ${firstLarge.cost.arming_ms} ms`}`,
      },
      {
        what: `arming with ${heap} of heap: each later probe`,
        measured: `told p50 ${median(arming).toFixed(1)} ms, max ${quantile(arming, 1).toFixed(1)} ms; longest event-loop delay p50 ${median(delays).toFixed(1)} ms, max ${quantile(delays, 1).toFixed(1)} ms, without a probe p50 ${median(quiet).toFixed(1)} ms, max ${quantile(quiet, 1).toFixed(1)} ms`,
        target: '<= 3 ms',
        met: median(arming) <= 3,
      },
    ];
  } finally {
    await assistant.close();
    await small.stop();
    await large.stop();
    await broker.close();
  }
}
