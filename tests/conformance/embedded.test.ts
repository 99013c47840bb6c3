import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openEmbeddedStore } from '../../server/src/store/embedded/embedded-store.ts';
import { storeConformance } from './store.ts';

// A broker keeps in memory what it wrote last, administration reads everything: both are held to the same.
for (const use of ['broker', 'administration'] as const) {
  storeConformance(`embedded (${use})`, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'borescope-store-'));
    after(() => rm(dataDir, { recursive: true, force: true }));
    return openEmbeddedStore({ dataDir, now: Date.now, use });
  });
}
