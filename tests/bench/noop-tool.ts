import { fileURLToPath } from 'node:url';
import { NodeProcess } from '../live/node-process.ts';
import { cpuTime } from './cpu-time.ts';
import type { Endpoint } from './tool-calls.ts';

const folder = fileURLToPath(new URL('apps', import.meta.url));

/** The SDK's own server with a tool that does nothing, as a process. */
export async function startNoopTool(): Promise<{ endpoint: Endpoint; stop(): Promise<unknown> }> {
  const noop = new NodeProcess(['noop-tool.mjs'], { cwd: folder });
  const [, port] = await noop.line(/^listening (\d+)$/);
  const endpoint: Endpoint = {
    name: "the SDK's no-op tool",
    url: `http://127.0.0.1:${port}/mcp`,
    tool: 'noop',
    args: {},
    isAnswer: (body) => body.includes('"ok"'),
    cpu: () => ({ brokers: cpuTime(noop.pid), redis: 0 }),
  };
  return { endpoint, stop: () => noop.stop() };
}
