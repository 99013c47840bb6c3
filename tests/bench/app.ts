import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { lineOf } from '../../scripts/demo/source-line.ts';
import { attachedRuntime } from '../live/attached.ts';
import type { LiveBroker } from '../live/broker.ts';
import type { Assistant } from '../live/mcp-clients.ts';
import { NodeProcess } from '../live/node-process.ts';

const folder = fileURLToPath(new URL('apps', import.meta.url));
const file = `${folder}/order-server.mjs`;

/** The line of the order server that every probe of the benchmarks stands on. */
export const HOT_LINE = { file: 'apps/order-server.mjs', line: lineOf(file, '// the probed line') };

const stats = z.object({
  cpuUs: z.number(),
  served: z.number(),
  rss: z.number(),
  heapUsed: z.number(),
  maxDelayMs: z.number(),
});

/** The order server as a process of its own, with or without an agent. */
export interface BenchApp {
  readonly url: string;
  /** Resets its longest event-loop delay. */
  stats(): Promise<z.infer<typeof stats>>;
  stop(): Promise<void>;
}

export async function startApp(ballastMb = 0): Promise<BenchApp> {
  return run([], { BALLAST_MB: String(ballastMb) });
}

/** Resolves when the agent is attached; `id` is its runtime's. */
export async function startAppWithAgent(
  broker: LiveBroker,
  assistant: Assistant,
  service: string,
  ballastMb = 0,
): Promise<BenchApp & { id: string }> {
  const app = await run(['--import', '@borescope/agent'], {
    ...broker.agentEnvironment,
    BORESCOPE_SERVICE: service,
    BALLAST_MB: String(ballastMb),
  });
  const { id } = await attachedRuntime(assistant, service);
  return { ...app, id };
}

async function run(options: readonly string[], environment: Readonly<Record<string, string>>): Promise<BenchApp> {
  const process = new NodeProcess([...options, file], { cwd: folder, environment });
  const [, port] = await process.line(/^listening (\d+)$/);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    stats: async () => stats.parse(await (await fetch(`${url}/stats`)).json()),
    async stop() {
      await process.stop();
    },
  };
}
