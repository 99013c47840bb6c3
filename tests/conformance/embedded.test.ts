import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openEmbeddedStore } from '../../server/src/store/embedded/embedded-store.ts';
import { storeConformance } from './store.ts';
import { storeRaces } from './store-races.ts';

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function open(use: 'broker' | 'administration') {
  const dataDir = await mkdtemp(join(tmpdir(), 'borescope-store-'));
  folders.push(dataDir);
  return openEmbeddedStore({ dataDir, now: Date.now, use });
}

// A broker keeps in memory what it wrote last, administration reads everything: both are held to the same.
for (const use of ['broker', 'administration'] as const) {
  storeConformance(`embedded (${use})`, () => open(use));
  storeRaces(`embedded (${use})`, async () => {
    const store = await open(use);
    return [store, store];
  });
}
