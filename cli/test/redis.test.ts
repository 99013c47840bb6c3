import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { NodeProcess } from '../../tests/live/node-process.ts';
import { type LiveRedis, type LiveRedisOptions, liveRedis, noRedis } from '../../tests/live/redis.ts';
import { cli, temporaryDirectory } from './run-cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = fileURLToPath(new URL('../bin/borescope.js', import.meta.url));

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function server(options?: LiveRedisOptions): Promise<LiveRedis> {
  const redis = await liveRedis(options);
  cleanUps.push(() => redis.close());
  return redis;
}

describe('commands on a Redis', { skip: noRedis }, () => {
  test('a database that it does not have is wrong usage, in one line that names the setting', async (t) => {
    const redis = await server({ config: { databases: '4' } });
    const url = `${redis.url}/99`;
    const data = await temporaryDirectory(t);
    await cli(['token', 'list', '--data-dir', data]);
    const commands = [
      ['BORESCOPE_REDIS_URL', 'serve', '--port', '0', '--redis-url', url],
      ['BORESCOPE_REDIS_URL', 'token', 'list', '--redis-url', url],
      ['FROM', 'migrate', url, data],
      ['TO', 'migrate', data, url],
    ] as const;
    for (const [named, ...args] of commands) {
      const { code, stdout, stderr } = await cli(args);
      assert.match(stderr, new RegExp(`^borescope: ${named}: this Redis has no database 99: name one .*$`, 'm'));
      assert.deepEqual([code, stdout], [2, '']);
    }
    assert.match(await redis.command('DBSIZE'), /^:0/);
  });

  test('where it takes no further connection a broker ends, and says why', async () => {
    const redis = await server({ config: { maxclients: '2' } });
    const { code, stderr } = await cli(['serve', '--port', '0', '--log-level', 'error', '--redis-url', redis.url]);
    assert.match(
      stderr,
      /^borescope: Redis takes no further connection, for the queue: .*; it has 2 of at most 2 clients \(maxclients\)\n$/,
    );
    assert.equal(code, 1);
  });

  test('when its memory is full tokens are listed and revoked, a broker starts, and none is made', async () => {
    const redis = await server({ config: { 'maxmemory-policy': 'noeviction' } });
    const on = ['--redis-url', redis.url];
    const { stdout: made } = await cli(['token', 'create', '--kind', 'agent', '--name', 'x', '--json', ...on]);
    const { id } = z.object({ id: z.string() }).parse(JSON.parse(made));
    await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
    assert.match((await cli(['token', 'list', ...on])).stdout, new RegExp(id));
    assert.equal((await cli(['token', 'revoke', id, ...on])).code, 0);
    const refused = await cli(['token', 'create', '--kind', 'agent', '--name', 'y', ...on]);
    assert.match(refused.stderr, /^borescope: Redis cannot be used: OOM .*\n$/);
    assert.equal(refused.code, 1);
    const broker = new NodeProcess([COMMAND, 'serve', '--port', '0', '--log-level', 'warn', ...on], { cwd: ROOT });
    cleanUps.push(() => broker.stop());
    const [, url] = await broker.line(/listening on (\S+)/);
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
  });
});
