import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { type LiveRedis, type LiveRedisOptions, liveRedis, noRedis } from '../../tests/live/redis.ts';
import { cli, temporaryDirectory } from './run-cli.ts';

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
});
