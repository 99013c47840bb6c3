// Packs the agent into `server/agent.tgz`, which the broker serves, so that what attaches always matches the broker.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prepare.mjs';
import { npm } from './run.mjs';

const server = join(root, 'server');
const agent = join(root, 'agent-node');
const cache = join(root, '.cache');
mkdirSync(cache, { recursive: true });
// Below the repository, not in the system's folder: renaming is one step on one file system only, and a broker may read.
const work = mkdtempSync(join(cache, 'agent-'));
try {
  statSync(join(agent, 'dist/agent.cjs'));
  await npm(['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', work], { cwd: agent });
  const [packed] = readdirSync(work);
  if (!packed) throw new Error('npm pack made no file');
  renameSync(join(work, packed), join(server, 'agent.tgz'));
} finally {
  rmSync(work, { recursive: true, force: true });
}
