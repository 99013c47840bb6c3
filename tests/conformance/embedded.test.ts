import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openEmbeddedStore } from '../../server/src/store/embedded/embedded-store.ts';
import { auditConformance } from './audit.ts';
import { documentConformance } from './documents.ts';
import { quotaConformance } from './quotas.ts';
import { storeConformance } from './store.ts';
import { storeRaces } from './store-races.ts';

const folders: string[] = [];
after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

type Use = 'broker' | 'administration';

async function directory(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'borescope-store-'));
  folders.push(dataDir);
  return dataDir;
}

async function open(use: Use) {
  return openEmbeddedStore({ dataDir: await directory(), now: Date.now, use });
}

/** Two connections to one file. */
async function beside(here: Use, there: Use) {
  const dataDir = await directory();
  // A call that finds the lock taken waits for it: the two share this process, and so its event loop.
  const opened = (use: Use) => openEmbeddedStore({ dataDir, now: Date.now, use, busyTimeoutMs: 5_000 });
  return [await opened(here), await opened(there)] as const;
}

// A broker keeps in memory what it wrote last, administration reads everything: both are held to the same.
for (const use of ['broker', 'administration'] as const) {
  storeConformance(`embedded (${use})`, () => open(use));
  storeRaces(`embedded (${use})`, async () => {
    const store = await open(use);
    return [store, store];
  });
  for (const conformance of [documentConformance, auditConformance, quotaConformance]) {
    conformance(`embedded (${use})`, async () => {
      const store = await open(use);
      return [store, store];
    });
  }
}

for (const [here, there] of [
  ['broker', 'administration'],
  ['administration', 'broker'],
  ['administration', 'administration'],
] as const) {
  const name = `embedded (${here}, and ${there} beside it)`;
  documentConformance(name, () => beside(here, there));
  auditConformance(name, () => beside(here, there));
  quotaConformance(name, () => beside(here, there));
}
