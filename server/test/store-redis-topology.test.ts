import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { accept, action, attach, hit, placement, runtime, spec, token } from '../../tests/conformance/store-samples.ts';
import { type LiveRedis, type LiveRedisOptions, liveRedis, noRedis } from '../../tests/live/redis.ts';
import { liveRedisCluster, moveSlotOf } from '../../tests/live/redis-cluster.ts';
import { silentLog } from '../../tests/live/silent-log.ts';
import { until } from '../../tests/live/until.ts';
import { openRedisStore } from '../src/store/redis/redis-store.ts';
import { type Store, StoreUnavailable } from '../src/store/store.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function server(options?: LiveRedisOptions): Promise<LiveRedis> {
  const redis = await liveRedis(options);
  cleanUps.push(() => redis.close());
  return redis;
}

async function open(url: string, openWithinMs = 5_000): Promise<Store> {
  const store = await openRedisStore({ url, retentionMs: 60_000, now: Date.now, log: silentLog, openWithinMs });
  cleanUps.push(() => store.close());
  return store;
}

describe('a Redis of several processes, or behind a network', { skip: noRedis }, () => {
  test('the master dies, and its Sentinel makes the replica the master: the store goes on there with all that was acknowledged', async () => {
    const master = await server();
    const replica = await server({ config: { replicaof: `127.0.0.1 ${master.port}` } });
    const sentinel = await server({
      sentinel: `sentinel monitor shop 127.0.0.1 ${master.port} 1
sentinel down-after-milliseconds shop 500
sentinel failover-timeout shop 3000
`,
    });
    await until(async () => (await replica.command('INFO', 'replication')).includes('master_link_status:up'));
    await until(async () => (await sentinel.command('SENTINEL', 'REPLICAS', 'shop')).includes(String(replica.port)));
    const store = await open(`redis+sentinel://127.0.0.1:${sentinel.port}/shop`);
    const attached = await attach(store, 'runtime-1');
    await store.actions.create('org', action('a', { spec: { ...spec, maxHits: 5 } }), [placement('a', 'runtime-1')]);
    await accept(store, 'a', attached, 1);
    assert.match(await master.command('WAIT', '1', '5000'), /^:\d/);
    await until(async () => {
      const [one, other] = await Promise.all(
        [master, replica].map(async (redis) =>
          /master_repl_offset:(\d+)/.exec(await redis.command('INFO', 'replication')),
        ),
      );
      return one?.[1] === other?.[1];
    });
    await master.kill();
    await assert.rejects(store.check(), StoreUnavailable);
    await until(() => store.check().then(() => true, isUnavailable));
    assert.match(await replica.command('INFO', 'replication'), /role:master/);
    assert.deepEqual(await accept(store, 'a', attached, 1), { outcome: 'duplicate', lastSequence: 1 });
    assert.equal((await accept(store, 'a', attached, 2)).outcome, 'accepted');
  });

  test('a part of a cluster dies: what it held is unavailable, and comes back with it', async () => {
    const cluster = await liveRedisCluster();
    cleanUps.push(() => cluster.close());
    const store = await open(cluster.url);
    const organizations = Array.from({ length: 20 }, (_, n) => `o-${n}`);
    for (const organization of organizations) await attach(store, 'runtime-1', organization);
    await cluster.nodes[1]?.kill();
    const answers = await Promise.allSettled(organizations.map((id) => store.runtimes.get(id, 'runtime-1')));
    const failed = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    assert.ok(failed.length > 0);
    for (const reason of failed) assert.ok(reason instanceof StoreUnavailable, String(reason));
    await cluster.nodes[1]?.restart();
    await until(() =>
      Promise.all(organizations.map((id) => attach(store, 'runtime-2', id))).then(() => true, isUnavailable),
    );
  });

  test('a slot of a cluster moves: its organization is unavailable meanwhile, and whole afterwards', async () => {
    const cluster = await liveRedisCluster();
    cleanUps.push(() => cluster.close());
    const store = await open(cluster.url);
    await store.tokens.create('org', token('t'));
    const attached = await attach(store, 'runtime-1');
    await store.actions.create('org', action('a', { spec: { ...spec, maxHits: 5 } }), [placement('a', 'runtime-1')]);
    await accept(store, 'a', attached, 1);
    const end = (sequence: number) => ({ sequence, mac: `m-${sequence}`, seal: 's' });
    const entry = (sequence: number) => ({ sequence, at: 1, text: '{}', mac: `m-${sequence}` });
    const window = { kind: 'window', name: 'w', amount: 2, limit: 3, windowMs: 3_600_000 } as const;
    const lease = { kind: 'lease', name: 'l', id: 'a', until: 9_000, limit: 1 } as const;
    await store.documents.put('org', 'policy', { id: 'a', value: { n: 1 } }, 0);
    await store.audit.append('org', 0, [entry(1)], { base: end(0), head: end(1) });
    await store.quotas.take('org', [window, lease], 5);
    const slot = await moveSlotOf(cluster, 'borescope:{org}:known');
    const stepsAreUnavailable = async () => {
      const steps = [
        store.documents.put('org', 'policy', { id: 'a', value: { n: 2 } }, 1),
        store.documents.put('org', 'policy', { id: 'b', value: {} }, 0),
        store.documents.remove('org', 'policy', 'a'),
        store.documents.list('org', 'policy', { limit: 5 }),
        store.audit.append('org', 1, [entry(2)], { base: end(0), head: end(2) }),
        store.audit.prune('org', end(1)),
        store.quotas.take('org', [window], 5),
        store.quotas.give('org', [lease], 5),
        store.quotas.used('org', [window], 5),
        accept(store, 'a', attached, 2),
        store.runtimes.list('org'),
        store.runtimes.renew('org', 'runtime-1', attached.epoch, 20),
        store.runtimes.attach('org', runtime('runtime-2'), 'there', 20),
        store.actions.create('org', action('b'), [placement('b', 'runtime-1')]),
        store.actions.change('org', 'a', (before) => ({ ...before, state: 'armed' })),
        store.actions.liveOn('org', 'runtime-1'),
        store.actions.list('org', { limit: 5 }),
        store.actions.late({ deadlineBefore: 99_999, queuedBefore: 99_999 }),
        store.tokens.list('org'),
      ];
      for (const answer of await Promise.allSettled(steps)) {
        assert.ok(answer.status === 'rejected', 'it was answered');
        assert.ok(answer.reason instanceof StoreUnavailable, String(answer.reason));
      }
    };
    await stepsAreUnavailable();
    await slot.move('borescope:{org}:known');
    await stepsAreUnavailable();
    for (const key of await slot.keys()) {
      if (!key.endsWith(':runtime:runtime-1')) await slot.move(key);
    }
    assert.equal((await slot.keys()).length, 1);
    await stepsAreUnavailable();
    await slot.finish();
    await until(() => store.runtimes.list('org').then(() => true, isUnavailable));
    assert.deepEqual(await store.runtimes.list('org'), [attached]);
    assert.deepEqual(await accept(store, 'a', attached, 1), { outcome: 'duplicate', lastSequence: 1 });
    assert.deepEqual(await accept(store, 'a', attached, 2), { outcome: 'accepted', number: 2, completed: false });
    assert.deepEqual(
      (await store.actions.hits('org', 'a', 0)).map(({ number }) => number),
      [1, 2],
    );
    assert.equal((await attach(store, 'runtime-1')).epoch, attached.epoch + 1);
    assert.deepEqual(
      (await store.actions.list('org', { limit: 5 })).map(({ id }) => id),
      ['a'],
    );
    assert.equal((await store.tokens.list('org')).length, 1);
    assert.deepEqual(await store.documents.list('org', 'policy', { limit: 5 }), [
      { id: 'a', value: { n: 1 }, version: 1 },
    ]);
    assert.deepEqual(await store.audit.ends('org'), { base: end(0), head: end(1) });
    assert.deepEqual(await store.audit.read('org', 0, 5), [entry(1)]);
    assert.deepEqual(await store.quotas.used('org', [window, lease], 5), [2, 1]);
  });

  test('a connection that swallows everything is found out and replaced, and calls in between are told', async () => {
    const redis = await server();
    const proxy = await swallowing(redis.port);
    const store = await open(`redis://127.0.0.1:${proxy.port}`);
    proxy.swallow(true);
    await assert.rejects(store.check(), StoreUnavailable);
    proxy.swallow(false);
    // Nothing comes over the old one any more: only a new connection can answer.
    await until(() => store.check().then(() => true, isUnavailable));
    assert.ok(proxy.connections() > 1);
  });

  test('TLS: a certificate of a known authority is taken, another one is not', async () => {
    const certificate = fileURLToPath(new URL('fixtures/localhost-cert.pem', import.meta.url));
    const redis = await server({
      tls: { certificate, key: fileURLToPath(new URL('fixtures/localhost-key.pem', import.meta.url)) },
    });
    const url = `rediss://localhost:${redis.tlsPort}`;
    await assert.rejects(open(url, 500), (error: Error) => {
      assert.ok(error instanceof StoreUnavailable);
      assert.match(error.message, /certificate/);
      return true;
    });
    const source = new URL('../src/store/redis/redis-store.ts', import.meta.url).href;
    const program = `
      import { openRedisStore } from ${JSON.stringify(source)};
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      const store = await openRedisStore({ url: ${JSON.stringify(url)}, retentionMs: 1000, now: Date.now, log });
      console.log((await store.organizations.byName('default')).name);
      await store.close();
    `;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    cleanUps.push(() => child.kill('SIGKILL'));
    const [said] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) });
    assert.equal(String(said).trim(), 'default');
    if (child.exitCode === null) await once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
  });

  test('data of another shape under our names is a fault, not an outage', async () => {
    const redis = await server();
    const store = await open(redis.url);
    await redis.command('SET', 'borescope:{org}:action:a', 'x');
    await assert.rejects(store.actions.get('org', 'a'), (error: Error) => {
      assert.ok(!(error instanceof StoreUnavailable));
      assert.match(error.message, /WRONGTYPE/);
      return true;
    });
  });

  test('a failure names neither what was to be written nor how', async () => {
    const redis = await server();
    const store = await open(redis.url);
    const { epoch } = await attach(store, 'runtime-1');
    await store.actions.create('org', action('a'), [placement('a', 'runtime-1')]);
    await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
    const secret = { ...hit('runtime-1', 1), epoch, hit: { ...hit('runtime-1', 1).hit, function: 'tell-nobody' } };
    const error: unknown = await store.actions.acceptHit('org', 'a', secret).catch((reason: unknown) => reason);
    assert.ok(error instanceof StoreUnavailable);
    assert.doesNotMatch(`${error.stack}${JSON.stringify(error)}${String(error.cause)}`, /tell-nobody|ZREM/);
  });
});

/** False where the store is unavailable; any other error is thrown. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return false;
  throw error;
}

/** A way to a port on which, from time to time, connections stay open and carry nothing: a cable that was cut. */
async function swallowing(to: number) {
  const sockets = new Set<Socket>();
  let swallows = false;
  let count = 0;
  const proxy = createServer((near) => {
    count += 1;
    const far = connect(to, '127.0.0.1');
    let dead = false;
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        dead ||= swallows;
        if (!dead) into.write(bytes);
      });
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        if (!dead) into.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const address = proxy.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    swallow(does: boolean) {
      swallows = does;
    },
    connections: () => count,
  };
}
