import { Agent, request } from 'node:http';
import autocannon from 'autocannon';

const PROTOCOL_VERSION = '2026-07-28';
const ANSWER_MS = 30_000;

/** A tool that is called again and again. */
export interface Endpoint {
  readonly name: string;
  readonly url: string;
  readonly token?: string;
  readonly tool: string;
  readonly args: unknown;
  readonly isAnswer: (body: string) => boolean;
  /** Microseconds of processor time that those who answer have used. */
  readonly cpu: () => { brokers: number; redis: number };
}

/** Of one round. Microseconds are those of the processor for one call. */
export interface Throughput {
  readonly rate: number;
  readonly brokersUs: number;
  readonly redisUs: number;
}

/** Calls by `connections` clients that each call again as soon as they have their answer. */
export async function saturateTool(endpoint: Endpoint, seconds: number, connections: number): Promise<Throughput> {
  const before = endpoint.cpu();
  const result = await autocannon({
    url: endpoint.url,
    connections,
    duration: seconds,
    method: 'POST',
    headers: headersOf(endpoint),
    body: bodyOf(endpoint),
    verifyBody: (body) => endpoint.isAnswer(String(body)),
  });
  if (result.non2xx + result.errors + result.mismatches > 0) {
    throw new Error(
      `${endpoint.name}: ${result.non2xx} refused, ${result.errors} failed, ${result.mismatches} wrong answers`,
    );
  }
  const after = endpoint.cpu();
  const calls = result['2xx'];
  return {
    rate: calls / result.duration,
    brokersUs: (after.brokers - before.brokers) / calls,
    redisUs: (after.redis - before.redis) / calls,
  };
}

/** Milliseconds of each call of one client, one after the other. autocannon's own times are whole milliseconds. */
export async function timesOfTool(endpoint: Endpoint, forMs: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = bodyOf(endpoint);
  const headers = { ...headersOf(endpoint), 'content-length': String(Buffer.byteLength(body)) };
  const times: number[] = [];
  try {
    const until = performance.now() + forMs;
    while (performance.now() < until) {
      const begun = performance.now();
      const text = await post(endpoint.url, headers, body, agent);
      times.push(performance.now() - begun);
      if (!endpoint.isAnswer(text)) throw new Error(`${endpoint.name}: a wrong answer: ${text.slice(0, 500)}`);
    }
  } finally {
    agent.destroy();
  }
  return times;
}

function headersOf({ tool, token }: Endpoint): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': PROTOCOL_VERSION,
    'mcp-method': 'tools/call',
    'mcp-name': tool,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}

function bodyOf({ tool, args }: Endpoint): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: tool,
      arguments: args,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': PROTOCOL_VERSION,
        'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  });
}

function post(url: string, headers: Record<string, string>, body: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent, headers, timeout: ANSWER_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => resolve(text)).once('error', reject);
    });
    outgoing.once('timeout', () => outgoing.destroy(new Error(`a call had no answer in ${ANSWER_MS / 1000} s`)));
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
