import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { NodeProcess } from '../live/node-process.ts';

const PRELOAD = fileURLToPath(new URL('preload/usage.mjs', import.meta.url));

/** Arguments of Node for a broker that can be asked for its usage. */
export const USAGE_ARGUMENTS: readonly string[] = ['--expose-gc', '--import', PRELOAD];

const schema = z.object({ heap: z.number(), sockets: z.number(), timers: z.number() });

/** Bytes of heap, open sockets, timers. */
export type Usage = z.infer<typeof schema>;

/** What a broker holds after a garbage collection. */
export async function usageOf(broker: NodeProcess): Promise<Usage> {
  const told = broker.line(/^usage (.*)$/);
  process.kill(broker.pid, 'SIGUSR2');
  const [, text = ''] = await told;
  return schema.parse(JSON.parse(text));
}
