import type { Installation, RunningBroker } from './installation.ts';
import type { Endpoint } from './tool-calls.ts';

/** The service of the one agent that the calls are about. */
export const INSTANT = 'instant';

/** `list_runtimes` of one service: what an assistant asks first, and the smallest that a tool of ours does. */
export function listRuntimes(name: string, at: RunningBroker, installation: Installation): Endpoint {
  return tool(name, at, installation, {
    tool: 'list_runtimes',
    args: { service: INSTANT },
    isAnswer: (body) => body.includes('"structuredContent"') && body.includes('"total":1,'),
  });
}

/** The first page of all that is attached. */
export function listAll(name: string, at: RunningBroker, installation: Installation): Endpoint {
  return tool(name, at, installation, {
    tool: 'list_runtimes',
    args: {},
    isAnswer: (body) => body.includes('"structuredContent"') && !body.includes('"isError":true'),
  });
}

/** `capture_snapshot` from the call to the stored hit in the answer. */
export function captureSnapshot(name: string, at: RunningBroker, installation: Installation): Endpoint {
  return tool(name, at, installation, {
    tool: 'capture_snapshot',
    args: { runtimes: { service: INSTANT }, file: 'src/price.ts', line: 12 },
    isAnswer: (body) => body.includes('"state":"completed"'),
  });
}

function tool(
  name: string,
  { url }: RunningBroker,
  { mcpToken, cpu }: Installation,
  what: Pick<Endpoint, 'tool' | 'args' | 'isAnswer'>,
): Endpoint {
  return { name, url: `${url}/mcp`, token: mcpToken, cpu, ...what };
}
