import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTokens, openEmbeddedStore } from '@borescope/server';
import { z } from 'zod';

const saved = z.object({ mcp: z.string(), agent: z.string() });

export type DemoTokens = z.infer<typeof saved>;

/**
 * One token for the assistant and one for the agent. They are kept in the data directory, readable by its owner only,
 * so that an assistant that was connected once stays connected; a pair that was revoked or lost is made anew.
 */
export async function demoTokens(dataDir: string): Promise<DemoTokens> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'npm-start-tokens.json');
  const store = await openEmbeddedStore({ dataDir, now: Date.now, use: 'administration' });
  try {
    const tokens = createTokens({ store, clock: Date.now, random: randomBytes });
    const known = read(file);
    const of = async (kind: 'mcp' | 'agent'): Promise<string> => {
      const old = known?.[kind];
      if (old !== undefined && (await tokens.verify(old)).ok) return old;
      return (await tokens.create({ organization: 'default', kind, name: 'npm start' })).token;
    };
    const current = { mcp: await of('mcp'), agent: await of('agent') };
    if (current.mcp !== known?.mcp || current.agent !== known.agent) {
      writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`, { mode: 0o600 });
    }
    return current;
  } finally {
    await store.close();
  }
}

function read(file: string): DemoTokens | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return saved.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    // Not JSON: written by a start that was cut off.
    return undefined;
  }
}
