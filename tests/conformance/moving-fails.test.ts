import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createMetrics } from '../../server/src/http/metrics.ts';
import { readSettings, startBroker } from '../../server/src/index.ts';
import { type MigrationOptions, migrate, type StorePlace } from '../../server/src/migration.ts';
import { openSharedFoundation } from '../../server/src/shared-foundation.ts';
import { openEmbeddedStore } from '../../server/src/store/embedded/embedded-store.ts';
import { holdEmbeddedTarget } from '../../server/src/store/embedded/hold-embedded.ts';
import { openRedisStore } from '../../server/src/store/redis/redis-store.ts';
import { type LiveRedis, type LiveRedisOptions, liveRedis, noRedis } from '../live/redis.ts';
import { silentLog } from '../live/silent-log.ts';
import { proves } from '../proves.ts';
import { endedActions } from './moving-samples.ts';
import { token } from './store-samples.ts';

/** So many that a move can be met in its middle. */
const ACTIONS = 300;
const RETENTION = 3_600_000;

const cleanUps: (() => unknown)[] = [];
after(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'borescope-moving-'));
  cleanUps.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function server(options?: LiveRedisOptions): Promise<LiveRedis> {
  const redis = await liveRedis(options);
  cleanUps.push(() => redis.close());
  return redis;
}

const at = (place: string): StorePlace => (place.includes('://') ? { redisUrl: place } : { dataDir: place });

function move(from: string, to: string, options: Partial<MigrationOptions> = {}) {
  return migrate({ from: at(from), to: at(to), retentionMs: RETENTION, now: Date.now, ...options });
}

/** Calls back in the middle of the move. */
function meanwhile(run: () => void): Pick<MigrationOptions, 'onProgress'> {
  let isMet = false;
  return {
    onProgress({ step, records }) {
      assert.ok(isMet || (step === 'moving' && records < ACTIONS / 2), `met too late: ${step} ${records}`);
      if (!isMet) run();
      isMet = true;
    },
  };
}

/** As a broker does when it starts. */
function open(place: string) {
  if (!place.includes('://')) return openEmbeddedStore({ dataDir: place, now: Date.now, use: 'broker' });
  return openRedisStore({ url: place, retentionMs: RETENTION, now: Date.now, log: silentLog });
}

async function opens(place: string): Promise<void> {
  const store = await open(place);
  const actions = await store.actions.list('default', { limit: ACTIONS + 1 });
  await store.close();
  assert.equal(actions.length, ACTIONS);
}

async function refusesBrokers(place: string): Promise<void> {
  await assert.rejects(open(place), {
    name: 'StoreMoving',
    message: /is unfinished: borescope migrate .* run it again/,
  });
}

async function begunAnew(from: string, to: string): Promise<void> {
  const { complete, compared } = await move(from, to);
  assert.ok(complete);
  const counts = Object.fromEntries(compared.map(({ counted, to: { count } }) => [counted, count]));
  assert.deepEqual([counts['tokens'], counts['actions'], counts['hits']], [1, ACTIONS, ACTIONS * 10]);
  await opens(to);
}

describe('a move that meets something else', { skip: noRedis }, () => {
  let source: string;
  before(async () => {
    source = directory();
    const now = Date.now();
    const held = await holdEmbeddedTarget(source, now);
    await held.load([{ kind: 'token', token: token('t', { organization: 'default' }) }]);
    const records = [...endedActions(ACTIONS, 10, now)];
    for (let n = 0; n < ACTIONS; n += 100) await held.load(records.slice(n, n + 100));
    await held.finish();
    await held.close();
  });

  test(proves('migrate:alone', 'is refused where a broker runs, on either side'), async () => {
    const [data, redis] = [directory(), await server()];
    const flags = [{ dataDir: data }, { redisUrl: redis.url }];
    const brokers = await Promise.all(
      flags.map((flag) => startBroker({ settings: readSettings({}, { port: '0', logLevel: 'silent', ...flag }) })),
    );
    try {
      const inUse = { name: 'DataDirectoryInUse', message: /another broker, or borescope migrate, uses the data dir/ };
      const running = { name: 'MoveRefused', message: /a broker runs on redis:.*: stop all brokers first/ };
      await assert.rejects(move(data, directory()), inUse);
      await assert.rejects(move(source, data), inUse);
      await assert.rejects(move(redis.url, directory()), running);
      await assert.rejects(move(source, redis.url), running);
    } finally {
      await Promise.all(brokers.map((broker) => broker.close()));
    }
    // What is there because a broker was started is nothing yet.
    await begunAnew(source, redis.url);
    await begunAnew(source, data);
  });

  test(proves('migrate:alone', 'is refused where the target holds anything, or where there is no source'), async () => {
    const [redis, other] = [await server(), await server()];
    const store = await open(redis.url);
    await store.organizations.create({ id: 'o', name: 'o', createdAt: 1 });
    await store.close();
    const notEmpty = { name: 'MoveRefused', message: /is not empty/ };
    await assert.rejects(move(source, redis.url), notEmpty);
    await assert.rejects(move(redis.url, source), notEmpty);
    await opens(source);

    const nowhere = join(directory(), 'nowhere');
    await assert.rejects(move(nowhere, other.url), { name: 'MoveRefused', message: /there is no store in .*nowhere/ });
    assert.ok(!existsSync(nowhere), 'and none is made');
    await assert.rejects(move(other.url, directory()), { name: 'MoveRefused', message: /there is no store in redis:/ });
    assert.equal(await other.command('DBSIZE'), ':0\r\n', 'and none is made, nor is a note left');
    const same = { name: 'MoveRefused', message: 'both are the same store' };
    await assert.rejects(move(source, `${source}/.`), same);
    await assert.rejects(move(redis.url, redis.url.replace('127.0.0.1', 'localhost')), same);
    const url = { name: 'SettingsError', message: /^TO: it must have one of the forms/ };
    await assert.rejects(move(source, 'http://:secret@host'), url);
  });

  for (const [where, target] of [
    ['directory', async () => directory()],
    ['Redis', async () => (await server()).url],
  ] as const) {
    test(proves('migrate:unfinished', `and is stopped leaves a ${where} that begins anew`), async () => {
      const to = await target();
      const stop = new AbortController();
      const stopped = move(source, to, { signal: stop.signal, ...meanwhile(() => stop.abort(new Error('enough'))) });
      await assert.rejects(stopped, { message: 'enough' });
      await refusesBrokers(to);
      await assert.rejects(move(to, directory()), { message: /is unfinished/ });
      await refusesBrokers(to);
      await begunAnew(source, to);
      await opens(source);
    });
  }

  test(proves('migrate:unfinished', 'because Redis dies leaves a Redis that begins anew'), async () => {
    const redis = await server({ durable: true });
    let killed: Promise<void> | undefined;
    const cut = meanwhile(() => {
      killed = redis.kill();
    });
    await assert.rejects(move(source, redis.url, cut), { name: 'StoreUnavailable' });
    await killed;
    await redis.restart();
    await assert.rejects(open(redis.url), { name: 'StoreMoving', message: /borescope migrate is moving the store/ });
    await assert.rejects(move(source, redis.url), {
      name: 'MoveRefused',
      message: /another borescope migrate moves the store in redis:.*, or it was killed within the last 15 seconds/,
    });
    // As 15 seconds later.
    await redis.command('PEXPIRE', 'borescope:moving', '0');
    await refusesBrokers(redis.url);
    await begunAnew(source, redis.url);
  });

  test(proves('migrate:unfinished', 'because the disk is full leaves a directory that begins anew'), async (t) => {
    const mount = directory();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      t.skip('no right to mount a small file system here');
      return;
    }
    cleanUps.push(() => execFileSync('umount', ['--lazy', mount]));
    const data = join(mount, 'data');
    await assert.rejects(move(source, data), { name: 'StoreUnavailable', message: /SQLITE_(FULL|IOERR)/ });
    execFileSync('mount', ['-o', 'remount,size=100m', mount]);
    await refusesBrokers(data);
    await begunAnew(source, data);
  });

  test(proves('migrate:everything', 'whose source was written to meanwhile is told, and unfinished'), async () => {
    const [data, redis] = [directory(), await server()];
    await move(source, redis.url);
    // Beside every lock: what no program of ours does.
    const write = meanwhile(() => {
      void redis.command('HSET', 'borescope:{default}:action:act-000000', 'state', 'failed');
    });
    const { complete, compared } = await move(redis.url, data, write);
    assert.equal(complete, false);
    const differ = compared.filter(({ from, to }) => from.digest !== to.digest);
    assert.deepEqual(
      differ.map(({ counted, from, to }) => [counted, from.count, to.count]),
      [['actions', ACTIONS, ACTIONS]],
    );
    await refusesBrokers(data);
  });

  test(proves('migrate:alone', 'goes on while nothing else can write to the directory that it moves'), async () => {
    let beside: Promise<unknown> | undefined;
    const write = meanwhile(() => {
      const opened = openEmbeddedStore({ dataDir: source, now: Date.now, use: 'administration', busyTimeoutMs: 0 });
      beside = opened.then((store) =>
        store.organizations.create({ id: 'o', name: 'o', createdAt: 1 }).finally(() => store.close()),
      );
      beside.catch(() => undefined);
    });
    const { complete } = await move(source, directory(), write);
    assert.ok(complete);
    await assert.rejects(beside ?? Promise.resolve(), { name: 'StoreUnavailable', message: /SQLITE_BUSY/ });
  });

  test(proves('migrate:alone', 'because a broker came in spite of it, or its note was lost, is told'), async () => {
    const redis = await server();
    await move(source, redis.url);
    const cameBack = meanwhile(() => void redis.command('XADD', 'borescope:inbox:b', '*', 'opened', '1'));
    const data = directory();
    await assert.rejects(move(redis.url, data, cameBack), { name: 'MoveRefused', message: /a broker runs on redis:/ });
    await refusesBrokers(data);
    await redis.command('DEL', 'borescope:inbox:b');
    const lost = meanwhile(() => void redis.command('DEL', 'borescope:moving'));
    await assert.rejects(move(redis.url, data, lost), { name: 'MoveRefused', message: /could not be held/ });
    await begunAnew(redis.url, data);
  });

  test(proves('migrate:alone', 'begun while a broker starts is seen by the broker, which does not start'), async () => {
    const { url, command } = await server();
    const { meter, close } = createMetrics({ openStreams: () => 0 });
    const shared = { url, retentionMs: RETENTION, replica: 'b', log: silentLog, meter };
    const { messages, ...foundation } = await openSharedFoundation(shared);
    try {
      await command('SET', 'borescope:moving', 'a-run');
      const receiver = { message: async () => {}, notice: () => {}, missed: () => {} };
      await assert.rejects(messages?.start(receiver) ?? Promise.resolve(), { name: 'StoreMoving' });
      await messages?.close();
      assert.equal(await command('EXISTS', 'borescope:inbox:b'), ':0\r\n');
    } finally {
      close();
      await foundation.close();
    }
  });
});
