import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings, startBroker } from '@borescope/server';

export interface LiveBroker {
  readonly url: string;
  /** Settings of an agent that attaches here. */
  readonly agentEnvironment: Readonly<Record<string, string>>;
  readonly mcpToken: string;
  readonly adminToken: string;
  /** Stops it and removes its data. */
  close(): Promise<void>;
}

/** A broker of this process on a free port, with an empty store of its own and a token of each kind. */
export async function liveBroker(): Promise<LiveBroker> {
  const dataDir = mkdtempSync(join(tmpdir(), 'borescope-broker-'));
  const settings = readSettings({}, { port: '0', dataDir, logLevel: 'warn' });
  const broker = await startBroker({ settings });
  const of = async (kind: 'mcp' | 'agent' | 'admin') =>
    (await broker.tokens.create({ organization: 'default', kind, name: 'test' })).token;
  return {
    url: broker.url,
    agentEnvironment: {
      BORESCOPE_URL: `${broker.url.replace(/^http/, 'ws')}/agent/v1`,
      BORESCOPE_TOKEN: await of('agent'),
    },
    mcpToken: await of('mcp'),
    adminToken: await of('admin'),
    async close() {
      await broker.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
