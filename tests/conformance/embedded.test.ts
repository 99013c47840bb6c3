import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { openEmbeddedStore } from '../../server/src/store/embedded/embedded-store.ts';
import { storeConformance } from './store.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'borescope-store-'));
after(() => rm(dataDir, { recursive: true, force: true }));

storeConformance('embedded', () => openEmbeddedStore({ dataDir, now: Date.now, use: 'broker' }));
