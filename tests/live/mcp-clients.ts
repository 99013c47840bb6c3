import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as Client2025 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as Transport2025 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { z } from 'zod';

const toolResult = z.object({ isError: z.boolean().optional(), structuredContent: z.unknown() });

/** An assistant's connection, whichever SDK it is made with. */
export interface Assistant {
  readonly name: string;
  /** The structured content; an answer that is an error rejects with it. */
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  close(): Promise<void>;
}

const LIMIT_MS = 60_000;

/** `@modelcontextprotocol/client` 2.x, in the protocol revision that it finds. */
export async function currentClient(url: string, token: string): Promise<Assistant> {
  const client = new Client({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { authProvider: { token: async () => token } }),
  );
  return {
    name: '@modelcontextprotocol/client 2.x',
    call: async (name, args) => contentOf(await client.callTool({ name, arguments: args }, { timeout: LIMIT_MS })),
    close: () => client.close(),
  };
}

/** `@modelcontextprotocol/sdk` 1.x, a client of the 2025 revisions. */
export async function client2025(url: string, token: string): Promise<Assistant> {
  const client = new Client2025({ name: 'test', version: '1.0.0' });
  const transport = new Transport2025(new URL(`${url}/mcp`), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  });
  await client.connect(transport);
  return {
    name: '@modelcontextprotocol/sdk 1.x',
    call: async (name, args) =>
      contentOf(await client.callTool({ name, arguments: args }, undefined, { timeout: LIMIT_MS })),
    close: () => client.close(),
  };
}

function contentOf(answer: unknown): unknown {
  const { isError, structuredContent } = toolResult.parse(answer);
  if (isError) throw new Error(JSON.stringify(structuredContent));
  return structuredContent;
}
