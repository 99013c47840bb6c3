import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTokens, openEmbeddedStore } from '@borescope/server';
import autocannon from 'autocannon';
import { NodeProcess } from '../live/node-process.ts';
import { cpuTime } from './cpu-time.ts';
import { attachInstantAgent } from './instant-agent.ts';
import type { Row } from './report.ts';
import { median } from './statistics.ts';

const ROUNDS = 5;
const SECONDS = 5;
const WARM_UP_SECONDS = 6;
const CONNECTIONS = 16;
const TARGET = 0.7;
const WORK =
  'it writes rows and sends frames each way where the no-op tool does nothing: SQLite, zod and the SDK, in that order.';
const PROTOCOL_VERSION = '2026-07-28';

const folder = fileURLToPath(new URL('apps', import.meta.url));
const command = fileURLToPath(new URL('../../cli/bin/borescope.js', import.meta.url));

interface Endpoint {
  readonly name: string;
  readonly process: NodeProcess;
  readonly url: string;
  readonly token: string | undefined;
  readonly tool: string;
  readonly args: unknown;
  readonly isAnswer: (body: string) => boolean;
}

/** Tool calls a second and their times, beside the SDK's own server with a tool that does nothing; in turn, A B A B. */
export async function benchBroker(log: (line: string) => void): Promise<Row[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'borescope-bench-'));
  const noop = new NodeProcess(['noop-tool.mjs'], { cwd: folder });
  const broker = new NodeProcess([command, 'serve', '--port', '0', '--data-dir', dataDir, '--log-level', 'warn'], {
    cwd: folder,
  });
  try {
    const [, port] = await noop.line(/^listening (\d+)$/);
    const [, url = ''] = await broker.line(/listening on (\S+)/);
    const { mcp, agent } = await makeTokens(dataDir);
    const socket = await attachInstantAgent(`${url.replace(/^http/, 'ws')}/agent/v1`, agent, 'instant');
    const endpoints: Endpoint[] = [
      {
        name: "the SDK's no-op tool",
        process: noop,
        url: `http://127.0.0.1:${port}/mcp`,
        token: undefined,
        tool: 'noop',
        args: {},
        isAnswer: (body) => body.includes('"ok"'),
      },
      {
        name: 'list_runtimes',
        process: broker,
        url: `${url}/mcp`,
        token: mcp,
        tool: 'list_runtimes',
        args: { service: 'instant' },
        isAnswer: (body) => body.includes('"structuredContent"') && !body.includes('"isError":true'),
      },
      {
        name: 'capture_snapshot, queued, stored, delivered, hit and answered',
        process: broker,
        url: `${url}/mcp`,
        token: mcp,
        tool: 'capture_snapshot',
        args: { runtimes: { service: 'instant' }, file: 'src/price.ts', line: 12 },
        isAnswer: (body) => body.includes('"state":"completed"'),
      },
    ];
    // Until the optimizer has seen all of it.
    for (const endpoint of endpoints) await load(endpoint, WARM_UP_SECONDS, CONNECTIONS);
    const busy = await inTurn(endpoints, CONNECTIONS, log);
    const single = await inTurn(endpoints, 1, log);
    socket.close();
    return [...throughputRows(endpoints, busy), ...latencyRows(endpoints, single)];
  } finally {
    await noop.stop();
    await broker.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Figure {
  readonly rate: number;
  /** Microseconds of the server's processor, steadier than wall time where others work on the machine. */
  readonly cpuUs: number;
  readonly p50: number;
  readonly p99: number;
}

async function inTurn(
  endpoints: readonly Endpoint[],
  connections: number,
  log: (line: string) => void,
): Promise<Figure[][]> {
  const figures: Figure[][] = endpoints.map(() => []);
  for (let round = 1; round <= ROUNDS; round++) {
    for (const [index, endpoint] of endpoints.entries()) {
      const figure = await load(endpoint, SECONDS, connections);
      figures[index]?.push(figure);
      log(`${connections} clients, round ${round}: ${endpoint.name}: ${Math.round(figure.rate)} calls/s`);
    }
  }
  return figures;
}

async function load(endpoint: Endpoint, seconds: number, connections: number): Promise<Figure> {
  const cpuBefore = cpuTime(endpoint.process.pid);
  const result = await autocannon({
    url: endpoint.url,
    connections,
    duration: seconds,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': PROTOCOL_VERSION,
      'mcp-method': 'tools/call',
      'mcp-name': endpoint.tool,
      ...(endpoint.token !== undefined && { authorization: `Bearer ${endpoint.token}` }),
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: endpoint.tool,
        arguments: endpoint.args,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': PROTOCOL_VERSION,
          'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    }),
    verifyBody: (body) => endpoint.isAnswer(String(body)),
  });
  if (result.non2xx + result.errors + result.mismatches > 0) {
    throw new Error(
      `${endpoint.name}: ${result.non2xx} refused, ${result.errors} failed, ${result.mismatches} wrong answers`,
    );
  }
  const cpuUs = (cpuTime(endpoint.process.pid) - cpuBefore) / result['2xx'];
  return { rate: result['2xx'] / result.duration, cpuUs, p50: result.latency.p50, p99: result.latency.p99 };
}

function throughputRows(endpoints: readonly Endpoint[], figures: readonly Figure[][]): Row[] {
  return endpoints.map(({ name }, index) => {
    const own = figures[index] ?? [];
    const floor = figures[0] ?? [];
    const ratio = median(own.map(({ rate }, round) => rate / (floor[round]?.rate ?? Number.NaN)));
    const cpu = median(own.map(({ cpuUs }, round) => (floor[round]?.cpuUs ?? Number.NaN) / cpuUs));
    const cpuUs = Math.round(median(own.map((figure) => figure.cpuUs)));
    return {
      what: `tool calls a second, ${CONNECTIONS} clients: ${name}`,
      measured: `${Math.round(median(own.map(({ rate }) => rate)))} calls/s, ${cpuUs} us of CPU each (by CPU ${(cpu * 100).toFixed(0)} %)`,
      ratio: `${(ratio * 100).toFixed(0)} %`,
      ...(index > 0 && { target: `>= ${TARGET * 100} %`, met: ratio >= TARGET, why: WORK }),
    };
  });
}

function latencyRows(endpoints: readonly Endpoint[], figures: readonly Figure[][]): Row[] {
  return endpoints.map(({ name }, index) => {
    const own = figures[index] ?? [];
    return {
      what: `round trip, one client: ${name}`,
      measured: `p50 ${median(own.map(({ p50 }) => p50))} ms, p99 ${median(own.map(({ p99 }) => p99))} ms, ${Math.round(median(own.map(({ rate }) => rate)))} calls/s`,
    };
  });
}

/** Made in the store beside the running broker, as `borescope token create` does. */
async function makeTokens(dataDir: string): Promise<{ mcp: string; agent: string }> {
  const store = await openEmbeddedStore({ dataDir, now: Date.now, use: 'administration' });
  try {
    const tokens = createTokens({ store, clock: Date.now, random: randomBytes });
    const of = async (kind: 'mcp' | 'agent') =>
      (await tokens.create({ organization: 'default', kind, name: 'bench' })).token;
    return { mcp: await of('mcp'), agent: await of('agent') };
  } finally {
    await store.close();
  }
}
