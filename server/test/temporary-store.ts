import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.ts';
import type { Store } from '../src/store/store.ts';

/** A store of its own, closed and removed with the test. */
export async function temporaryStore(t: TestContext, now: () => number = Date.now): Promise<Store> {
  const dataDir = await mkdtemp(join(tmpdir(), 'borescope-'));
  const store = await openEmbeddedStore({ dataDir, now, use: 'administration' });
  t.after(async () => {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return store;
}
