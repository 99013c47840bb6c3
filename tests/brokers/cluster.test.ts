import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { currentClient } from '../live/mcp-clients.ts';
import { NodeProcess } from '../live/node-process.ts';
import { noRedis } from '../live/redis.ts';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const listed = z.object({ total: z.number() });

test(proves(
  'brokers:cluster',
  'npm run cluster serves two shops, goes on when a broker is killed, and leaves nothing behind',
), { skip: noRedis }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'borescope-cluster-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const environment = { BORESCOPE_PORT: '0', TMPDIR: folder };
  const cluster = new NodeProcess(['scripts/cluster.mjs'], { cwd: ROOT, environment });
  t.after(() => cluster.stop());
  const [[, broker], [, url = ''], [, token = '']] = await Promise.all([
    cluster.line(/broker-a: .* process (\d+)/),
    cluster.line(/^ {2}Broker +(http\S+)/),
    cluster.line(/^ {2}Token +(\S+)/),
    cluster.line(/Ctrl-C stops everything/),
  ]);
  const shops = async () => {
    const assistant = await currentClient(url, token);
    try {
      return listed.parse(await assistant.call('list_runtimes', { service: 'shop' })).total;
    } finally {
      await assistant.close();
    }
  };
  // A shop listens before its agent has attached: the agent never holds its start up.
  await until(async () => (await shops()) === 2);
  process.kill(Number(broker), 'SIGKILL');
  await cluster.line(/broker-a was ended by SIGKILL/);
  await until(async () => (await shops().catch(() => 0)) === 2);
  assert.equal(await cluster.stop(), 0);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('borescope-cluster-')),
    [],
  );
});
