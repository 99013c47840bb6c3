import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { NodeProcess } from '../live/node-process.ts';

const folder = fileURLToPath(new URL('apps', import.meta.url));
const times = z.array(z.number());

/** What Redis and BullMQ cost by themselves; each answers with the milliseconds of every round trip. */
export interface RedisFloor {
  ping(forMs: number): Promise<number[]>;
  /** From adding a job to running it, by one worker. */
  job(forMs: number): Promise<number[]>;
  stop(): Promise<unknown>;
}

export async function startRedisFloor(redisUrl: string): Promise<RedisFloor> {
  const floor = new NodeProcess(['redis-floor.mjs', redisUrl], { cwd: folder });
  const [, port] = await floor.line(/^listening (\d+)$/);
  const ask = async (path: string, ms: number) =>
    times.parse(await (await fetch(`http://127.0.0.1:${port}${path}?ms=${ms}`)).json());
  return { ping: (ms) => ask('/ping', ms), job: (ms) => ask('/job', ms), stop: () => floor.stop() };
}
