import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { root } from '../prepare.mjs';
import { type Snapshot, snapshot } from './snapshot.ts';
import { lineOf } from './source-line.ts';

const FILE = 'examples/shop/src/orders.ts';
const LINE = 'const payment = await charge(customer, price.total, orderId);';
/** The complaint is that a discount was taken twice: only a cart with more than one code can show it. */
const CONDITION = 'cart.codes.length > 1';

const ATTACH_LIMIT_MS = 30_000;
const CALL_LIMIT_MS = 90_000;

const runtimes = z.object({
  groups: z.array(
    z.object({ service: z.string(), runtimes: z.array(z.object({ pid: z.number(), language: z.string() })) }),
  ),
});

/** An assistant's connection to the broker, closed by `close`. */
export async function connect(url: string, token: string): Promise<Client> {
  const client = new Client({ name: 'npm-start', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { authProvider: { token: async () => token } }),
  );
  return client;
}

/** Resolves with what the shop's process is, as soon as its agent is attached. */
export async function attachedShop(client: Client, signal: AbortSignal): Promise<string> {
  const until = performance.now() + ATTACH_LIMIT_MS;
  while (performance.now() < until) {
    const { structuredContent } = await client.callTool({ name: 'list_runtimes', arguments: { service: 'shop' } });
    const [runtime] = runtimes.parse(structuredContent).groups.flatMap((group) => group.runtimes);
    if (runtime) return `pid ${runtime.pid}, ${runtime.language}`;
    await wait(100, undefined, { signal });
  }
  throw new Error(`the shop's agent was not attached after ${ATTACH_LIMIT_MS / 1000} s`);
}

export interface FirstSnapshot {
  readonly question: string;
  readonly answer: string;
  readonly snapshot: Snapshot;
}

/** Places the first snapshot, as an assistant would, and waits for it. */
export async function firstSnapshot(client: Client, signal: AbortSignal): Promise<FirstSnapshot> {
  const place = { file: FILE, line: lineOf(join(root, FILE), LINE), expect_line: LINE };
  const args = { runtimes: { service: 'shop' }, ...place, condition: CONDITION, wait_seconds: 60 };
  const capture = async () => {
    const call = { name: 'capture_snapshot', arguments: args };
    const result = await client.callTool(call, { timeout: CALL_LIMIT_MS, signal });
    if (result.isError) throw new Error(`the snapshot was refused: ${JSON.stringify(result.structuredContent)}`);
    return result.structuredContent;
  };
  return {
    question: `Shoppers get a discount twice. Looking into the running shop, where ${CONDITION}:`,
    answer: 'Look at cart.codes: the same code twice, once with a space behind it.',
    snapshot: snapshot.parse(await capture()),
  };
}
