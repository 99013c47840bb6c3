import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { startBalancer } from '../../scripts/cluster/balancer.ts';
import { lineOf } from '../../scripts/demo/source-line.ts';
import { attachedRuntime } from '../live/attached.ts';
import { type Assistant, currentClient } from '../live/mcp-clients.ts';
import { NodeProcess } from '../live/node-process.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = join(ROOT, 'cli/bin/borescope.js');
const TICKER = fileURLToPath(new URL('../fixtures/ticker.mjs', import.meta.url));
const PLACE = { file: 'fixtures/ticker.mjs', line: lineOf(TICKER, 'return next;') };

const result = z.object({
  action: z.object({ id: z.string(), state: z.string(), hits: z.number(), max_hits: z.number() }),
  placements: z.array(z.object({ runtime: z.string(), status: z.string() })),
  hits: z.array(z.object({ hit: z.number() })),
});
const valued = z.object({ hits: z.array(z.object({ values: z.array(z.object({ value: z.unknown() })) })) });
const issued = z.object({ token: z.string(), id: z.string() });
const inspected = z.object({
  locations: z.array(z.object({ names: z.array(z.string()), source: z.array(z.object({ text: z.string() })) })),
});

describe('two brokers on one Redis', { skip: noRedis }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'borescope-two-'));
  const processes: NodeProcess[] = [];
  const assistants: Assistant[] = [];
  let redis: LiveRedis;
  let mcp: string;
  const brokers: { process: NodeProcess; url: string }[] = [];

  const start = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const cwd = args[0] === COMMAND ? folder : ROOT;
    const made = new NodeProcess(args, { cwd, environment: { BORESCOPE_REDIS_URL: redis.url, ...environment } });
    processes.push(made);
    return made;
  };
  const startBroker = async () => {
    const process = start([COMMAND, 'serve', '--port', '0', '--log-level', 'warn']);
    const [, url = ''] = await process.line(/listening on (\S+)/);
    return { process, url };
  };
  /** An application with an agent token of its own. */
  const attach = async (service: string, url: string) => {
    const { token, id } = await newToken('agent');
    const application = start(['--import', '@borescope/agent', TICKER], {
      BORESCOPE_URL: `${url.replace(/^http/, 'ws')}/agent/v1`,
      BORESCOPE_TOKEN: token,
      BORESCOPE_SERVICE: service,
      BORESCOPE_REDIS_URL: '',
    });
    await application.line(/ticking/);
    return { application, tokenId: id };
  };
  const newToken = async (kind: 'mcp' | 'agent', organization = 'default') => {
    const of = ['--kind', kind, '--name', 'test', '--organization', organization];
    const made = start([COMMAND, 'token', 'create', ...of, '--json']);
    const [[, token], [, id]] = await Promise.all([made.line(/"token": "([^"]+)"/), made.line(/"id": "([^"]+)"/)]);
    return issued.parse({ token, id });
  };
  const at = async (index: number) => {
    const assistant = await currentClient(brokers[index]?.url ?? '', mcp);
    assistants.push(assistant);
    return assistant;
  };

  before(async () => {
    redis = await liveRedis({ durable: true });
    mcp = (await newToken('mcp')).token;
    brokers.push(...(await Promise.all([startBroker(), startBroker()])));
  });
  after(async () => {
    await Promise.all(assistants.map((assistant) => assistant.close().catch(() => undefined)));
    await Promise.all(processes.map((one) => one.stop()));
    await redis?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test(proves('brokers:one', 'a call at one broker looks into a runtime that is attached to the other'), async () => {
    await attach('seen', brokers[0]?.url ?? '');
    const b = await at(1);
    const runtime = await attachedRuntime(b, 'seen');
    const { locations } = inspected.parse(
      await b.call('inspect_location', { runtimes: { ids: [runtime.id] }, ...PLACE }),
    );
    assert.ok(locations[0]?.source.some(({ text }) => text.includes('return next;')));

    const progress: string[] = [];
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    const url = new URL(`${brokers[1]?.url}/mcp`);
    await client.connect(new StreamableHTTPClientTransport(url, { authProvider: { token: async () => mcp } }));
    try {
      const answer = await client.callTool(
        {
          name: 'capture_snapshot',
          arguments: { runtimes: { service: 'seen' }, ...PLACE, condition: 'next % 100 === 0', max_hits: 3 },
        },
        { onprogress: ({ message }) => progress.push(message ?? ''), timeout: 30_000 },
      );
      const { action, hits, placements } = result.parse(answer.structuredContent);
      assert.equal(action.state, 'completed');
      assert.deepEqual(
        hits.map(({ hit }) => hit),
        [1, 2, 3],
      );
      assert.equal(placements[0]?.status, 'removed', 'its last words came, too');
      assert.match(progress[0] ?? '', /^queued/);
      assert.ok(
        progress.some((message) => message.startsWith('armed on 1 of 1')),
        `progress of what happens at the other broker: ${progress.join(' | ')}`,
      );
    } finally {
      await client.close();
    }
  });

  test(
    proves('redaction:at-once', 'what a command changes in the store is hidden at every broker within a second'),
    async () => {
      await attach('hidden', brokers[0]?.url ?? '');
      const b = await at(1);
      await attachedRuntime(b, 'hidden');
      const policy = async (document: object) => {
        writeFileSync(join(folder, 'policy.json'), JSON.stringify(document));
        await start([COMMAND, 'policy', 'set', 'policy.json']).line(/this is version/);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      };
      const shown = async () => {
        const asked = { runtimes: { service: 'hidden' }, ...PLACE, expressions: ['next'], wait_seconds: 30 };
        return valued.parse(await b.call('capture_snapshot', asked)).hits[0]?.values[0]?.value;
      };
      assert.equal(typeof (await shown()), 'number');
      await policy({ redaction: { names: ['next'] } });
      assert.deepEqual(await shown(), { $redacted: 'policy-name', $of: 'number' });
      await policy({});
      assert.equal(typeof (await shown()), 'number');
    },
  );

  test(
    proves('brokers:one', 'a call that waits at one broker learns at once of a cancellation at the other'),
    async () => {
      await attach('waited', brokers[0]?.url ?? '');
      const [a, b] = [await at(0), await at(1)];
      await attachedRuntime(b, 'waited');
      const placed = result.parse(
        await b.call('capture_snapshot', {
          runtimes: { service: 'waited' },
          ...PLACE,
          condition: 'next < 0',
          wait_seconds: 0,
        }),
      );
      const id = placed.action.id;
      await until(async () => {
        const { action } = result.parse(await a.call('wait_for_action', { action_id: id, wait_seconds: 0 }));
        return action.state === 'armed';
      });
      const waiting = a.call('wait_for_action', { action_id: id, wait_seconds: 40 });
      const cancelled = result.parse(await b.call('cancel_action', { action_id: id }));
      assert.equal(cancelled.action.state, 'cancelled');
      assert.equal(result.parse(await waiting).action.state, 'cancelled');
      await until(async () => {
        const { placements } = result.parse(await a.call('wait_for_action', { action_id: id, wait_seconds: 0 }));
        return placements.every(({ status }) => status === 'removed');
      });
    },
  );

  test(proves('brokers:one', 'a token revoked beside them ends its agents and its calls at every broker'), async () => {
    const { tokenId } = await attach('revoked', brokers[0]?.url ?? '');
    const b = await at(1);
    await attachedRuntime(b, 'revoked');
    await start([COMMAND, 'token', 'revoke', tokenId]).line(/^revoked/);
    await until(async () => {
      const { total } = z.object({ total: z.number() }).parse(await b.call('list_runtimes', { service: 'revoked' }));
      return total === 0;
    });
  });

  test(
    proves('brokers:one', 'organizations and their tokens are made beside them, and see only what is theirs'),
    async () => {
      const created = start([COMMAND, 'organization', 'create', 'others', '--redis-url', redis.url], {
        BORESCOPE_REDIS_URL: '',
      });
      await created.line(/^created others/);
      const theirs = await newToken('mcp', 'others');
      await attach('ours', brokers[0]?.url ?? '');
      await attachedRuntime(await at(1), 'ours');
      const stranger = await currentClient(brokers[1]?.url ?? '', theirs.token);
      assistants.push(stranger);
      const { total } = z.object({ total: z.number() }).parse(await stranger.call('list_runtimes', {}));
      assert.equal(total, 0);
      await assert.rejects(
        stranger.call('capture_snapshot', { runtimes: { service: 'ours' }, ...PLACE }),
        /RUNTIME_NOT_FOUND/,
      );
    },
  );

  test(
    proves(
      'brokers:death',
      'a broker killed in the middle of an action costs no hit: the agent goes to the other, and it ends with exactly its number',
    ),
    async () => {
      const doomed = await startBroker();
      const heir = brokers[1];
      assert.ok(heir !== undefined);
      const balancer = await startBalancer([doomed.url, heir.url]);
      try {
        await Promise.all([doomed, heir].map(({ url }) => balancer.until(url, true)));
        // Directly at the doomed one at first: the balancer takes turns, and the agent has to be there.
        const url = `http://127.0.0.1:${balancer.port}`;
        const services = ['moved-1', 'moved-2'];
        for (const service of services) await attach(service, url);
        const b = await at(1);
        for (const service of services) await attachedRuntime(b, service);
        const calls = services.map((service) =>
          b.call('capture_snapshot', {
            runtimes: { service },
            ...PLACE,
            max_hits: 50,
            timeout_seconds: 60,
            wait_seconds: 0,
          }),
        );
        const ids = (await Promise.all(calls)).map((answer) => result.parse(answer).action.id);
        const look = async (id: string, wait_seconds: number) =>
          result.parse(await b.call('wait_for_action', { action_id: id, wait_seconds }));
        await until(async () => (await Promise.all(ids.map((id) => look(id, 0)))).every(({ hits }) => hits.length > 2));
        const metrics = await (await fetch(`${doomed.url}/metrics`)).text();
        assert.match(metrics, /^borescope_agents_attached [12]$/m, 'the broker that is killed has an agent');
        await doomed.process.kill();
        for (const id of ids) {
          const { action, hits } = await look(id, 55);
          assert.equal(action.state, 'completed');
          assert.deepEqual(
            hits.map(({ hit }) => hit),
            Array.from({ length: 50 }, (_, index) => index + 1),
          );
        }
      } finally {
        await balancer.close();
      }
    },
  );

  test(
    proves(
      'brokers:drain',
      'a broker that is stopped sends its agents to the others, and leaves nothing behind in Redis',
    ),
    async () => {
      const leaving = await startBroker();
      const balancer = await startBalancer([leaving.url, brokers[1]?.url ?? '']);
      try {
        await balancer.until(leaving.url, true);
        const inboxes = async () =>
          (await redis.command('KEYS', 'borescope:inbox:*')).split('borescope:inbox:').length - 1;
        const before = await inboxes();
        for (const service of ['stays-1', 'stays-2']) await attach(service, `http://127.0.0.1:${balancer.port}`);
        const b = await at(1);
        for (const service of ['stays-1', 'stays-2']) await attachedRuntime(b, service);
        assert.equal(await leaving.process.stop(), 0);
        assert.equal(await inboxes(), before - 1);
        for (const service of ['stays-1', 'stays-2']) {
          await until(async () => {
            const answer = result.parse(
              await b
                .call('capture_snapshot', { runtimes: { service }, ...PLACE, wait_seconds: 5 })
                .catch(() => NOTHING),
            );
            return answer.action.state === 'completed';
          });
        }
      } finally {
        await balancer.close();
      }
    },
  );
});

/** What an answer that is an error counts as: the runtime is on its way. */
const NOTHING = { action: { id: '', state: 'none', hits: 0, max_hits: 1 }, placements: [], hits: [] };
