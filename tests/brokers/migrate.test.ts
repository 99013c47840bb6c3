import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { cli, createToken, start } from '../../cli/test/run-cli.ts';
import { lineOf } from '../../scripts/demo/source-line.ts';
import { holdEmbeddedTarget } from '../../server/src/store/embedded/hold-embedded.ts';
import { endedActions } from '../conformance/moving-samples.ts';
import { attachedRuntime } from '../live/attached.ts';
import { currentClient } from '../live/mcp-clients.ts';
import { NodeProcess } from '../live/node-process.ts';
import { type LiveRedis, type LiveRedisOptions, liveRedis, noRedis } from '../live/redis.ts';
import { proves } from '../proves.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = join(ROOT, 'cli/bin/borescope.js');
const TICKER = fileURLToPath(new URL('../fixtures/ticker.mjs', import.meta.url));
const PLACE = { file: 'fixtures/ticker.mjs', line: lineOf(TICKER, 'return next;') };
/** So many that a move can be met in its middle. */
const ACTIONS = 800;

const result = z.object({
  action: z.object({ id: z.string(), state: z.string(), hits: z.number() }),
  hits: z.array(z.object({ hit: z.number() })),
});
const migration = z.object({
  complete: z.boolean(),
  compared: z.array(
    z.object({
      kind: z.string(),
      from: z.object({ count: z.number(), digest: z.string() }),
      to: z.object({ count: z.number(), digest: z.string() }),
    }),
  ),
});

const cleanUps: (() => unknown)[] = [];
after(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'borescope-migrate-'));
  cleanUps.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function server(options?: LiveRedisOptions): Promise<LiveRedis> {
  const redis = await liveRedis(options);
  cleanUps.push(() => redis.close());
  return redis;
}

/** A broker that could start, and was stopped again. */
async function serves(...flags: string[]): Promise<void> {
  const broker = new NodeProcess([COMMAND, 'serve', '--port', '0', ...flags], { cwd: ROOT });
  await broker.line(/listening on/);
  assert.equal(await broker.stop(), 0);
}

async function refused(message: RegExp, args: string[], env: Record<string, string> = {}): Promise<void> {
  const { code, stderr } = await cli(args, env);
  assert.match(stderr, message);
  assert.equal(code, 1, 'one line, and exit code 1');
}

describe('borescope migrate', { skip: noRedis }, () => {
  let source: string;
  before(async () => {
    source = directory();
    const now = Date.now();
    const held = await holdEmbeddedTarget(source, now);
    const records = [...endedActions(ACTIONS, 10, now)];
    for (let n = 0; n < ACTIONS; n += 100) await held.load(records.slice(n, n + 100));
    await held.finish();
    await held.close();
    await createToken(source, 'mcp');
  });

  const moved = async (from: string, to: string) => {
    const { code, stdout, stderr } = await cli(['migrate', from, to, '--json']);
    assert.equal(code, 0, stderr);
    const { complete, compared } = migration.parse(JSON.parse(stdout));
    assert.ok(complete);
    const counts = Object.fromEntries(compared.map(({ kind, to: { count } }) => [kind, count]));
    assert.deepEqual([counts['tokens'], counts['actions'], counts['hits']], [1, ACTIONS, ACTIONS * 10]);
  };
  /** A move that has written something and is far from its end. */
  const underWay = async (from: string, to: string, env: Record<string, string> = {}) => {
    const running = start(['migrate', from, to], env);
    await running.says(/^moving: \d+ records$/m);
    return running;
  };

  test(
    proves('migrate:goes-on', 'takes a live action along, whose runtime comes back to the new brokers'),
    async () => {
      const data = directory();
      const redis = await server();
      const processes: NodeProcess[] = [];
      const node = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
        const made = new NodeProcess(args, { cwd: ROOT, environment });
        processes.push(made);
        return made;
      };
      try {
        const old = node([COMMAND, 'serve', '--port', '0', '--data-dir', data, '--log-level', 'warn']);
        const [, url = ''] = await old.line(/listening on (\S+)/);
        const [agent, mcp] = [await createToken(data, 'agent'), await createToken(data, 'mcp')];
        const ticker = node(['--import', '@borescope/agent', TICKER], {
          BORESCOPE_URL: `${url.replace(/^http/, 'ws')}/agent/v1`,
          BORESCOPE_TOKEN: agent.token,
          BORESCOPE_SERVICE: 'ticker',
        });
        await ticker.line(/ticking/);
        let assistant = await currentClient(url, mcp.token);
        const { id: runtime } = await attachedRuntime(assistant, 'ticker');
        const made = result.parse(
          await assistant.call('capture_snapshot', {
            runtimes: { ids: [runtime] },
            ...PLACE,
            condition: 'next % 100 === 0',
            max_hits: 20,
            timeout_seconds: 300,
            wait_seconds: 1,
          }),
        );
        assert.equal(made.action.state, 'armed');
        await assistant.close();
        assert.equal(await old.stop(), 0);

        // The ticker keeps the hits that come meanwhile.
        const { code, stdout } = await cli(['migrate', data, 'redis'], { BORESCOPE_REDIS_URL: redis.url });
        assert.equal(code, 0);
        assert.match(stdout, /^actions +1 +1 .* the same$/m);
        assert.match(stdout, /nothing is missing/);

        const port = new URL(url).port;
        const next = node([COMMAND, 'serve', '--port', port, '--redis-url', redis.url, '--log-level', 'warn']);
        await next.line(/listening/);
        assistant = await currentClient(url, mcp.token);
        const wait = { action_id: made.action.id, wait_seconds: 50 };
        const { action, hits } = result.parse(await assistant.call('wait_for_action', wait));
        await assistant.close();
        assert.deepEqual([action.state, action.hits], ['completed', 20]);
        assert.deepEqual(
          hits.map(({ hit }) => hit),
          Array.from({ length: 20 }, (_, n) => n + 1),
        );
      } finally {
        await Promise.all(processes.map((one) => one.stop()));
      }
    },
  );

  test(proves('migrate:alone', 'lets no broker and no command at either store until it is done'), async () => {
    const [data, redis] = [directory(), await server()];
    const toRedis = await underWay(source, redis.url);
    toRedis.child.kill('SIGSTOP');
    try {
      await Promise.all([
        refused(/borescope migrate, uses the data directory/, ['serve', '--data-dir', source]),
        refused(/borescope migrate is moving the store in this Redis now/, ['serve', '--redis-url', redis.url]),
        refused(/borescope migrate is moving/, ['token', 'list', '--redis-url', redis.url]),
        refused(/borescope migrate, uses the data directory/, ['migrate', source, data]),
      ]);
      await refused(/another borescope migrate moves the store in redis:/, ['migrate', await one(), redis.url]);
    } finally {
      toRedis.child.kill('SIGCONT');
    }
    assert.equal((await toRedis.finished).code, 0, 'it went on');
    await serves('--redis-url', redis.url);

    const back = await underWay(redis.url, data);
    back.child.kill('SIGSTOP');
    try {
      await Promise.all([
        refused(/borescope migrate is moving/, ['serve', '--redis-url', redis.url]),
        refused(/borescope migrate, uses the data directory/, ['serve', '--data-dir', data]),
        refused(/is unfinished: borescope migrate is writing it/, ['token', 'list', '--data-dir', data]),
      ]);
    } finally {
      back.child.kill('SIGCONT');
    }
    assert.equal((await back.finished).code, 0);
    await serves('--data-dir', data);
  });

  /** A small store of its own. */
  async function one(): Promise<string> {
    const made = directory();
    await createToken(made, 'mcp');
    return made;
  }

  test(
    proves('migrate:alone', 'refuses stores that brokers run on, a target that holds anything, and none at all'),
    async () => {
      const [data, redis] = [await one(), await server()];
      const empty = directory();
      const brokers = [
        start(['serve', '--port', '0', '--data-dir', data]),
        start(['serve', '--port', '0', '--redis-url', redis.url]),
      ];
      try {
        await Promise.all(brokers.map((broker) => broker.says(/"msg":"listening"/)));
        await refused(/another broker, or borescope migrate, uses the data directory/, ['migrate', data, empty]);
        await refused(/a broker runs on redis:.*stop all brokers first/, ['migrate', redis.url, empty]);
        await refused(/a broker runs on redis:.*stop all brokers first/, ['migrate', source, redis.url]);
      } finally {
        for (const { child } of brokers) child.kill('SIGTERM');
        await Promise.all(brokers.map(({ finished }) => finished));
      }
      // What a broker leaves that was only started is nothing.
      assert.equal((await cli(['migrate', data, redis.url])).code, 0);
      await refused(/the store in redis:.* is not empty/, ['migrate', data, redis.url]);
      await refused(/the store in .* is not empty/, ['migrate', redis.url, data]);
      await refused(/there is no store in .*nowhere/, ['migrate', join(empty, 'nowhere'), redis.url]);
      await refused(/there is no store in redis:/, ['migrate', (await server()).url, empty]);
      await refused(/both are the same store/, ['migrate', redis.url, `${redis.url}/0`]);
      await refused(/both are the same store/, ['migrate', data, `${data}/../${data.split('/').at(-1)}`]);
    },
  );

  test(
    proves('migrate:unfinished', 'when killed leaves a target that nothing starts on, and begins anew'),
    async () => {
      const [data, redis] = [directory(), await server()];
      for (const to of [data, redis.url]) {
        const killed = await underWay(source, to);
        killed.child.kill('SIGKILL');
        await killed.finished;
      }
      await refused(/another borescope migrate moves .*, or it was killed within the last 15 s/, [
        'migrate',
        source,
        redis.url,
      ]);
      // As 15 seconds later.
      await redis.command('PEXPIRE', 'borescope:moving', '1');
      await Promise.all([
        refused(/is unfinished: .* run it again/, ['serve', '--data-dir', data]),
        refused(/is unfinished/, ['token', 'list', '--data-dir', data]),
        refused(/is unfinished/, ['migrate', data, directory()]),
        refused(/is unfinished: .* run it again/, ['serve', '--redis-url', redis.url]),
      ]);
      await refused(/is unfinished/, ['migrate', redis.url, directory()]);
      await moved(source, data);
      await moved(source, redis.url);
      await serves('--data-dir', data);
      await serves('--redis-url', redis.url);
    },
  );

  test(proves('migrate:unfinished', 'when Redis dies under it, or a person stops it, can be run again'), async () => {
    const redis = await server({ durable: true });
    const cut = await underWay(source, redis.url);
    await redis.kill();
    const { code, stderr } = await cut.finished;
    assert.equal(code, 1);
    assert.match(stderr, /^borescope: Redis can.*$/m);
    await redis.restart();
    await refused(/borescope migrate (is moving|was broken off)/, ['serve', '--redis-url', redis.url]);
    await redis.command('DEL', 'borescope:moving');

    const stopped = await underWay(source, redis.url);
    stopped.child.kill('SIGINT');
    const end = await stopped.finished;
    assert.equal(end.code, 130);
    assert.match(end.stderr, /the target is unfinished: run it again/);
    await refused(/is unfinished/, ['serve', '--redis-url', redis.url]);
    await moved(source, redis.url);
  });

  test('when the disk of the target is full says so, and can be run again', async (t) => {
    const mount = directory();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      t.skip('no right to mount a small file system here');
      return;
    }
    cleanUps.push(() => execFileSync('umount', ['--lazy', mount]));
    const data = join(mount, 'data');
    await refused(/SQLITE_(FULL|IOERR)/, ['migrate', source, data]);
    await refused(/is unfinished|SQLITE_(FULL|IOERR)/, ['serve', '--data-dir', data]);
    execFileSync('mount', ['-o', 'remount,size=200m', mount]);
    await refused(/is unfinished/, ['serve', '--data-dir', data]);
    await moved(source, data);
  });

  test(proves('migrate:everything', 'tells where the source was written to meanwhile, and ends with 1'), async () => {
    const [data, redis] = [directory(), await server()];
    await moved(source, redis.url);
    const running = await underWay(redis.url, data);
    running.child.kill('SIGSTOP');
    // Beside every lock: what no program of ours does.
    await redis.command('HSET', 'borescope:{default}:action:act-000000', 'hits', '9');
    running.child.kill('SIGCONT');
    const { code, stdout, stderr } = await running.finished;
    assert.equal(code, 1);
    assert.match(stdout, /^actions .* DIFFERENT$/m);
    assert.match(stdout, /^hits .* the same$/m);
    assert.match(stderr, /does not hold the same .* is unfinished/);
    await refused(/is unfinished/, ['serve', '--data-dir', data]);
  });

  test('takes URLs with passwords from the environment, and repeats none', async () => {
    const [data, password] = [await one(), 'correct-horse'];
    const [first, second] = [await server({ config: { requirepass: password } }), await server()];
    const url = first.url.replace('//', `//:${password}@`);
    const env = { BORESCOPE_REDIS_URL: url, NEW_REDIS: second.url };
    const there = await cli(['migrate', data, 'redis'], env);
    assert.equal(there.code, 0, there.stderr);
    const on = await cli(['migrate', 'redis', 'env:NEW_REDIS'], env);
    assert.equal(on.code, 0, on.stderr);
    assert.ok(!`${there.stdout}${there.stderr}${on.stdout}${on.stderr}`.includes(password));
    assert.match(on.stdout, new RegExp(`moved redis://127.0.0.1:${first.port} to redis://127.0.0.1:${second.port}`));

    for (const [args, message] of [
      [['redis', data], /FROM: BORESCOPE_REDIS_URL is not set/],
      [[data, 'env:NO_SUCH'], /TO: NO_SUCH is not set/],
      [[data, `http://:${password}@host`], /TO: it must have one of the forms/],
      [[data, ''], /TO: must not be empty/],
    ] as const) {
      const { code, stderr } = await cli(['migrate', ...args]);
      assert.equal(code, 2);
      assert.match(stderr, message);
      assert.ok(!stderr.includes(password));
    }
  });
});
