import assert from 'node:assert/strict';
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
const ACTIONS = 400;

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
            max_hits: 6,
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
        assert.deepEqual([action.state, action.hits], ['completed', 6]);
        assert.deepEqual(
          hits.map(({ hit }) => hit),
          Array.from({ length: 6 }, (_, n) => n + 1),
        );
      } finally {
        await Promise.all(processes.map((one) => one.stop()));
      }
    },
  );

  test(
    proves(
      ['migrate:alone', 'migrate:unfinished'],
      'lets no broker at either store while it runs; killed, it leaves a target that nothing starts on, and begins anew',
    ),
    async () => {
      const [data, redis] = [directory(), await server()];
      const there = await underWay(source, redis.url);
      there.child.kill('SIGSTOP');
      // However long it takes here: the note runs out 15 seconds after the last word of its process.
      await redis.command('PERSIST', 'borescope:moving');
      await Promise.all([
        refused(/borescope migrate, uses the data directory/, ['serve', '--data-dir', source]),
        refused(/borescope migrate is moving the store in this Redis now/, ['serve', '--redis-url', redis.url]),
        refused(/borescope migrate is moving/, ['token', 'list', '--redis-url', redis.url]),
      ]);
      there.child.kill('SIGKILL');
      await there.finished;
      // As 15 seconds later.
      await redis.command('PEXPIRE', 'borescope:moving', '0');
      await refused(/is unfinished: .* run it again/, ['serve', '--redis-url', redis.url]);
      await moved(source, redis.url);

      const back = await underWay(redis.url, data);
      back.child.kill('SIGSTOP');
      await redis.command('PERSIST', 'borescope:moving');
      await Promise.all([
        refused(/borescope migrate is moving/, ['serve', '--redis-url', redis.url]),
        refused(/borescope migrate, uses the data directory/, ['serve', '--data-dir', data]),
        refused(/is unfinished: borescope migrate is writing it/, ['token', 'list', '--data-dir', data]),
      ]);
      back.child.kill('SIGKILL');
      await back.finished;
      await redis.command('PEXPIRE', 'borescope:moving', '0');
      await refused(/is unfinished: .* run it again/, ['serve', '--data-dir', data]);
      await moved(redis.url, data);
      await Promise.all([serves('--data-dir', data), serves('--redis-url', redis.url)]);
    },
  );

  test('stopped by Ctrl-C says what is left, and ends with 130', async () => {
    const stopped = await underWay(source, directory());
    stopped.child.kill('SIGINT');
    const { code, stderr } = await stopped.finished;
    assert.equal(code, 130);
    assert.match(stderr, /The source is as it was, the target is unfinished: run it again/);
  });

  test('takes URLs with passwords from the environment, and repeats none', async () => {
    const [data, password] = [directory(), 'correct-horse'];
    await createToken(data, 'mcp');
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
