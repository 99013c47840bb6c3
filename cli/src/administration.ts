import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Organization, Store, Tokens } from '@borescope/server/administration';
import { Failure } from './failure.ts';

export interface Administration {
  readonly store: Store;
  readonly tokens: Tokens;
  /** Of the store, absolute. */
  readonly dataDir: string;
}

/** Opens the store of `dataDir` (else BORESCOPE_DATA_DIR, else ./.borescope) beside a broker that may run on it. */
export async function administer<Result>(
  dataDir: string | undefined,
  work: (administration: Administration) => Promise<Result>,
): Promise<Result> {
  const { createTokens, openEmbeddedStore, readSettings } = await import('@borescope/server/administration');
  const settings = readSettings(process.env, dataDir === undefined ? {} : { dataDir });
  const store = await openEmbeddedStore({ dataDir: settings.dataDir, now: Date.now, use: 'administration' });
  try {
    const tokens = createTokens({ store, clock: Date.now, random: randomBytes });
    return await work({ store, tokens, dataDir: resolve(settings.dataDir) });
  } finally {
    await store.close();
  }
}

export async function organizationNamed(store: Store, name: string): Promise<Organization> {
  const found = await store.organizations.byName(name);
  if (found !== undefined) return found;
  throw new Failure(`there is no organization ${JSON.stringify(name)}: borescope organization list shows them`);
}
