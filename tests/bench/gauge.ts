import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { NodeProcess } from '../live/node-process.ts';

const PRELOAD = fileURLToPath(new URL('apps/gauge.mjs', import.meta.url));

/** Arguments of Node for a process that can be asked what it holds. */
export const GAUGE_ARGUMENTS: readonly string[] = ['--expose-gc', '--import', PRELOAD];

const memory = z.object({ rss: z.number(), heapUsed: z.number(), external: z.number() });
const delays = z.object({ p50: z.number(), p99: z.number(), max: z.number() });

export type EventLoopDelays = z.infer<typeof delays>;

/** What a process tells of itself. */
export interface Gauge {
  /** Bytes, after a garbage collection; what is known of the event loop is forgotten over it. */
  memory(): Promise<z.infer<typeof memory>>;
  /** Milliseconds that who came at any moment since the last question had to wait for the event loop. */
  delays(): Promise<EventLoopDelays>;
}

/** Of a process that starts now, with `GAUGE_ARGUMENTS`. */
export async function gaugeOf(process: NodeProcess): Promise<Gauge> {
  const [, port] = await process.line(/^gauge (\d+)$/);
  const ask = async (path: string): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
  return {
    memory: async () => memory.parse(await ask('/memory')),
    delays: async () => delays.parse(await ask('/delays')),
  };
}
