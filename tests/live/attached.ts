import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Assistant } from './mcp-clients.ts';

const LIMIT_MS = 30_000;

const listed = z.object({
  groups: z.array(
    z.object({
      service: z.string(),
      version: z.string().optional(),
      environment: z.string().optional(),
      runtimes: z.array(z.object({ id: z.string(), pid: z.number() })),
    }),
  ),
});

export interface AttachedRuntime {
  readonly id: string;
  readonly pid: number;
  readonly version: string | undefined;
  readonly environment: string | undefined;
}

/** The first runtime of a service, as soon as there is one. */
export async function attachedRuntime(assistant: Assistant, service: string): Promise<AttachedRuntime> {
  const until = performance.now() + LIMIT_MS;
  while (performance.now() < until) {
    const { groups } = listed.parse(await assistant.call('list_runtimes', { service }));
    for (const { runtimes, version, environment } of groups) {
      for (const { id, pid } of runtimes) return { id, pid, version, environment };
    }
    // There is nothing to listen to: an assistant asks, too.
    await wait(100);
  }
  throw new Error(`no runtime of ${service} is attached after ${LIMIT_MS / 1000} s`);
}
