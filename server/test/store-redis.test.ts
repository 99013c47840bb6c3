import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import {
  accept,
  action,
  attach,
  end,
  hit,
  placement,
  runtime,
  spec,
  token,
} from '../../tests/conformance/store-samples.ts';
import { type LiveRedis, type LiveRedisOptions, liveRedis, noRedis } from '../../tests/live/redis.ts';
import { silentLog } from '../../tests/live/silent-log.ts';
import { until } from '../../tests/live/until.ts';
import { proves } from '../../tests/proves.ts';
import type { Action } from '../src/actions/action.ts';
import type { Log } from '../src/log.ts';
import type { AuditEnds, StoredAuditEntry } from '../src/store/audit-store.ts';
import { createRedisClient } from '../src/store/redis/redis-client.ts';
import { openRedisStore, type RedisStoreOptions, RedisTooOld, RedisUrlError } from '../src/store/redis/redis-store.ts';
import { parseRedisUrl } from '../src/store/redis/redis-url.ts';
import { runScript } from '../src/store/redis/script.ts';
import { RAISE_SCHEMA } from '../src/store/redis/scripts/raise-schema.ts';
import { SchemaTooNew, SchemaUnreadable, type Store, StoreUnavailable } from '../src/store/store.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

const WINDOW = { kind: 'window', name: 'w', amount: 1, limit: 5, windowMs: HOUR } as const;
const BUCKET = { kind: 'bucket', name: 'b', amount: 1, limit: 5, perSecond: 1 } as const;
const LEASE = { kind: 'lease', name: 'l', id: 'a', until: 1_000, limit: 5 } as const;

function entry(sequence: number): StoredAuditEntry {
  return { sequence, at: 5, text: '{}', mac: `mac-${sequence}` };
}

function endsAt(sequence: number): AuditEnds {
  return { base: { sequence: 0, mac: '', seal: 's' }, head: { sequence, mac: `mac-${sequence}`, seal: 's' } };
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function server(options?: LiveRedisOptions): Promise<LiveRedis> {
  const redis = await liveRedis(options);
  cleanUps.push(() => redis.close());
  return redis;
}

async function open(url: string, options: Partial<RedisStoreOptions> = {}): Promise<Store> {
  const store = await openRedisStore({ url, retentionMs: 60_000, now: Date.now, log: silentLog, ...options });
  cleanUps.push(() => store.close());
  return store;
}

describe('the lease of a runtime', { skip: noRedis }, () => {
  test('holds for 45 s after the last renewal; then the attachment is over, as if it had been let go', async () => {
    const { url } = await server();
    const store = await open(url);
    const other = await open(url);
    const attached = await attach(store, 'runtime-1');
    await store.actions.create('org', action('a'), [placement('a', 'runtime-1')]);
    assert.deepEqual(await store.runtimes.lapse(10 + 44_999), []);
    assert.equal(await store.runtimes.renew('org', 'runtime-1', attached.epoch, 20_000), true);
    assert.deepEqual(await store.runtimes.lapse(20_000 + 44_999), []);
    const lapsed = await Promise.all([store, other, store, other].map(({ runtimes }) => runtimes.lapse(65_000)));
    assert.deepEqual(lapsed.flat(), [{ organization: 'org', runtime: 'runtime-1', actionIds: ['a'] }]);
    assert.deepEqual(await other.runtimes.list('org'), []);
    assert.equal(await other.runtimes.get('org', 'runtime-1'), undefined);
    assert.equal((await store.actions.get('org', 'a'))?.placements[0]?.goneSince, 65_000);
    assert.equal(await store.runtimes.renew('org', 'runtime-1', attached.epoch, 65_001), false);
    assert.deepEqual(await accept(store, 'a', attached, 1), { outcome: 'fenced' });
    const again = await attach(other, 'runtime-1');
    assert.equal(again.epoch, attached.epoch + 1);
    assert.equal((await store.actions.get('org', 'a'))?.placements[0]?.goneSince, undefined);
    assert.equal((await accept(store, 'a', again, 1)).outcome, 'accepted');
  });

  test('a renewal that comes late by another clock does not shorten it', async () => {
    const store = await open((await server()).url);
    const { epoch } = await attach(store, 'runtime-1');
    await store.runtimes.renew('org', 'runtime-1', epoch, 50_000);
    await store.runtimes.renew('org', 'runtime-1', epoch, 20_000);
    assert.deepEqual(await store.runtimes.lapse(94_999), []);
    assert.equal((await store.runtimes.lapse(95_000)).length, 1);
  });

  test('many lapse in bounded batches, of all organizations', async () => {
    const store = await open((await server()).url);
    for (const organization of ['one', 'two']) {
      for (let n = 0; n < 25; n++) await attach(store, `runtime-${n}`, organization);
    }
    const counts = [];
    for (let some = await store.runtimes.lapse(99_999); some.length > 0; some = await store.runtimes.lapse(99_999)) {
      counts.push(some.length);
    }
    assert.deepEqual(counts, [40, 10]);
  });
});

describe('the directory of many runtimes', { skip: noRedis }, () => {
  test('is listed whole and in order, and after each change as it is then', async () => {
    const { url } = await server();
    const store = await open(url);
    const other = await open(url);
    const ids = Array.from({ length: 1_100 }, (_, n) => `runtime-${String(n).padStart(4, '0')}`);
    await Promise.all(ids.toReversed().map((id) => attach(store, id)));
    const listed = async ({ runtimes }: Store) => (await runtimes.list('org')).map(({ runtime: { id } }) => id);
    assert.deepEqual(await listed(store), ids);
    assert.deepEqual(await listed(other), ids);
    await store.runtimes.detach('org', 'runtime-0500', 1, 20);
    const moved = await other.runtimes.attach('org', runtime('runtime-0700'), 'elsewhere', 21);
    assert.deepEqual(
      await listed(store),
      ids.filter((id) => id !== 'runtime-0500'),
    );
    assert.deepEqual(
      (await store.runtimes.list('org')).find(({ runtime: { id } }) => id === 'runtime-0700'),
      moved,
    );
    assert.deepEqual(await listed(other), await listed(store));
  });
});

describe('a Redis that cannot be used', { skip: noRedis }, () => {
  test('not there: the store does not open, and says where it looked, without the password', async () => {
    const redis = await server();
    await redis.close();
    const opening = open(`redis://me:pass%20word@127.0.0.1:${redis.port}/0`, { openWithinMs: 500 });
    await assert.rejects(opening, (error: Error) => {
      assert.ok(error instanceof StoreUnavailable);
      assert.match(error.message, /ECONNREFUSED/);
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`, /pass.{0,3}word/);
      return true;
    });
  });

  test('killed: every function rejects at once, and works again when it is back', async () => {
    const redis = await server({ durable: true });
    const store = await open(redis.url);
    const { epoch } = await attach(store, 'runtime-1');
    await store.actions.create('org', action('kept', { spec: { ...spec, maxHits: 5 } }), [
      placement('kept', 'runtime-1'),
    ]);
    await store.actions.acceptHit('org', 'kept', { ...hit('runtime-1', 1), epoch });
    await redis.kill();
    await allUnavailable(store);
    const begun = performance.now();
    for (let n = 0; n < 20; n++) await assert.rejects(store.actions.get('org', 'kept'), StoreUnavailable);
    // Twenty waits for a connection, of a second each, would be twenty seconds.
    assert.ok(performance.now() - begun < 10_000);
    await redis.restart();
    await works(store);
    assert.equal((await store.actions.hits('org', 'kept', 0)).length, 1, 'what was answered is there');
    assert.equal((await store.actions.acceptHit('org', 'kept', { ...hit('runtime-1', 2), epoch })).outcome, 'accepted');
  });

  test('stalled: every function rejects within seconds, and works again when it goes on', async () => {
    const redis = await server();
    const store = await open(redis.url);
    redis.stall();
    const begun = performance.now();
    await allUnavailable(store);
    assert.ok(performance.now() - begun < 15_000, 'a call ends after 5 s at the latest');
    redis.resume();
    await works(store);
  });

  test('connections that are cut: the next call finds a new one', async () => {
    const redis = await server();
    const store = await open(redis.url);
    for (let round = 0; round < 5; round++) {
      assert.match(await redis.command('CLIENT', 'KILL', 'TYPE', 'normal'), /^:/);
      await works(store);
    }
  });

  test('a replica: writing is refused as a whole and reading goes on; as a master it is written to again', async () => {
    const redis = await server();
    const store = await open(redis.url);
    await prepared(store);
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    await writesUnavailable(store);
    assert.equal((await store.actions.get('org', 'there'))?.action.state, 'queued');
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await works(store);
  });

  const full =
    'out of memory: no step is done by half and no deadline is met; what is cancelled, let go, kept or revoked is noted, and a store can be opened';
  test(proves('errors:unavailable', full), async () => {
    const redis = await server({ config: { 'maxmemory-policy': 'noeviction' } });
    const store = await open(redis.url);
    const { epoch } = await prepared(store);
    await store.actions.create('org', action('old', { state: 'expired', endedAt: 2 }), []);
    const second = await attach(store, 'runtime-2');
    await store.actions.create('org', action('ends'), [placement('ends', 'runtime-2')]);
    await store.tokens.create('org', token('t'));
    await store.runtimes.attach('org', runtime('runtime-3'), 'here', 10);
    await store.runtimes.renew('org', 'runtime-2', second.epoch, 50_000);
    await store.documents.put('org', 'user', { id: 'there', value: {} }, 0);
    await store.documents.put('@oauth', 'grant', { id: 'old', value: {}, expiresAt: Date.now() + HOUR }, 0);
    await store.audit.append('org', 0, [entry(1)], endsAt(1));
    await store.quotas.take('org', [WINDOW, LEASE], 5);
    await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
    const before = await store.actions.get('org', 'there');
    for (const answer of await Promise.allSettled(growth(store))) unavailable(answer);
    await assert.rejects(store.actions.acceptHit('org', 'there', { ...hit('runtime-1', 1), epoch }), StoreUnavailable);
    const expired = (was: Action): Action => ({ ...was, state: 'expired', endedAt: 5 });
    await assert.rejects(store.actions.change('org', 'there', expired), StoreUnavailable);
    assert.deepEqual(await store.actions.get('org', 'there'), before);
    assert.deepEqual(await store.actions.hits('org', 'there', 0), []);
    assert.equal((await store.actions.liveOn('org', 'runtime-1')).length, 1);
    assert.equal((await store.runtimes.list('org')).length, 3);

    assert.equal(await store.runtimes.renew('org', 'runtime-1', epoch, 50_000), true);
    assert.deepEqual(await store.runtimes.lapse(50_000), [
      { organization: 'org', runtime: 'runtime-3', actionIds: [] },
    ]);
    assert.deepEqual(await store.runtimes.detach('org', 'runtime-2', second.epoch, 5), ['ends']);
    assert.equal((await store.actions.change('org', 'ends', end))?.state, 'cancelled');
    assert.equal(await store.actions.expire(3), 1);
    assert.equal(await store.documents.expire(Date.now() + 2 * HOUR), 1);
    assert.deepEqual(await store.quotas.used('org', [WINDOW, LEASE], 5), [1, 1]);
    await store.quotas.give('org', [{ ...WINDOW, at: 5 }, LEASE], 5);
    assert.deepEqual(await store.quotas.used('org', [WINDOW, LEASE], 5), [0, 0]);
    const whenFull = { whenFull: true };
    assert.equal(await store.quotas.take('org', [BUCKET], 5, whenFull), undefined);
    assert.equal(await store.audit.append('org', 1, [entry(2)], endsAt(2), whenFull), true);
    assert.equal(await store.audit.prune('org', endsAt(1).head), true);
    assert.deepEqual(await store.audit.read('org', 0, 5), [entry(2)]);
    const ended = { id: 'there', value: { ended: true } };
    assert.equal((await store.documents.put('org', 'user', ended, 1, whenFull))?.version, 2);
    assert.equal(await store.documents.remove('org', 'user', 'there'), true);
    const beside = await open(redis.url);
    assert.equal((await beside.tokens.revoke('org', 't', 7))?.revokedAt, 7);
    assert.equal((await store.tokens.list('org'))[0]?.revokedAt, 7);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await works(store);
    assert.equal(
      (await store.actions.acceptHit('org', 'there', { ...hit('runtime-1', 1), epoch })).outcome,
      'accepted',
    );
  });

  test('come back without its data: what is there from the start is there, and what is new is found by all', async () => {
    const redis = await server({ durable: true });
    const store = await open(redis.url);
    const { epoch } = await prepared(store);
    await store.runtimes.attach('org', runtime('runtime-2'), 'there', 50_000);
    await redis.kill();
    await redis.restart({ empty: true });
    await store.check();
    assert.ok(await store.organizations.byName('default'));
    assert.deepEqual(await store.runtimes.list('org'), []);
    assert.equal(await store.runtimes.renew('org', 'runtime-1', epoch, 20), false);
    assert.deepEqual(await store.actions.acceptHit('org', 'there', { ...hit('runtime-1', 1), epoch }), {
      outcome: 'closed',
    });
    await store.actions.create('org', action('new'), [placement('new', 'runtime-1')]);
    assert.deepEqual(
      (await store.actions.live()).map(({ id }) => id),
      ['new'],
    );
    await attach(store, 'runtime-1');
    assert.equal((await store.runtimes.lapse(99_999)).length, 1);
    const again = await store.runtimes.attach('org', runtime('runtime-2'), 'here', 60_000);
    assert.equal(again?.epoch, 60, 'not 1 again: an attachment from before would pass for it');
  });

  test('a store that was closed is unavailable, and closing twice is fine', async () => {
    const store = await open((await server()).url);
    await store.close();
    await assert.rejects(store.organizations.list(), StoreUnavailable);
    await store.close();
  });

  test('an outage is logged once, and so is its end', async () => {
    const lines: string[] = [];
    const note = (_: object, message: string) => void lines.push(message);
    const log: Log = { debug: note, info: note, warn: note, error: note };
    const redis = await server();
    const store = await open(redis.url, { log });
    await redis.kill();
    for (let n = 0; n < 3; n++) await assert.rejects(store.check(), StoreUnavailable);
    await redis.restart();
    await works(store);
    assert.deepEqual(lines, ['Redis is the store', 'lost the connection to Redis', 'connected to Redis again']);
  });
});

describe('what is in Redis', { skip: noRedis }, () => {
  test('a password and the number of a database in the address are used, and a wrong password is told without it', async () => {
    const redis = await server({ config: { requirepass: 'open sesame' } });
    const store = await open(`redis://:open%20sesame@127.0.0.1:${redis.port}/3`);
    await store.organizations.create({ id: 'o', name: 'elsewhere', createdAt: 1 });
    const first = await open(`redis://:open%20sesame@127.0.0.1:${redis.port}`);
    assert.equal(await first.organizations.byName('elsewhere'), undefined);
    const wrong = open(`redis://:wrong-word@127.0.0.1:${redis.port}`, { openWithinMs: 500 });
    await assert.rejects(wrong, (error: Error) => {
      assert.ok(error instanceof StoreUnavailable);
      assert.match(error.message, /WRONGPASS/);
      assert.doesNotMatch(error.message, /wrong-word/);
      return true;
    });
  });

  test('a database that this Redis does not have is refused by its number, and nothing is written to another', async () => {
    const redis = await server({ config: { databases: '4' } });
    await open(`${redis.url}/3`);
    await assert.rejects(open(`${redis.url}/4`), (error: Error) => {
      assert.ok(error instanceof RedisUrlError);
      assert.match(error.message, /^this Redis has no database 4: name one that it has .* raise "databases"/);
      return true;
    });
    assert.deepEqual(await keys(redis), []);
  });

  test('data of a newer version is refused with both versions named', async () => {
    const redis = await server();
    const store = await open(redis.url);
    await redis.command('SET', 'borescope:schema', '3');
    await assert.rejects(open(redis.url), (error: Error) => {
      assert.ok(error instanceof SchemaTooNew);
      assert.match(error.message, /schema is 3, this one knows up to 2/);
      return true;
    });
    await assert.rejects(store.check(), SchemaTooNew);
    assert.match(await redis.command('GET', 'borescope:schema'), /\r\n3\r\n$/, 'it is not taken down again');
  });

  test(
    proves('store:upgrade', 'data of version 1 gets the number that stops older brokers, also when memory is full'),
    async () => {
      const redis = await server({ config: { 'maxmemory-policy': 'noeviction' } });
      const store = await open(redis.url);
      await store.tokens.create('org', token('t'));
      for (const full of [false, true]) {
        await redis.command('SET', 'borescope:schema', '1');
        if (full) await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
        const upgraded = await open(redis.url);
        assert.match(await redis.command('GET', 'borescope:schema'), /\r\n2\r\n$/);
        assert.deepEqual(await upgraded.tokens.list('org'), [token('t')]);
      }
    },
  );

  test('the number of the schema is never taken down, also by a broker that has looked before it rose', async () => {
    const redis = await server();
    const client = createRedisClient(parseRedisUrl(redis.url), { use: 'blocking', name: 'test', onError: () => {} });
    cleanUps.push(() => client.disconnect());
    for (const [found, left] of [
      ['3', '3'],
      ['newest', 'newest'],
      ['1', '2'],
    ] as const) {
      await client.set('borescope:schema', found);
      await runScript(client, RAISE_SCHEMA, ['borescope:schema'], [2]);
      assert.equal(await client.get('borescope:schema'), left);
    }
  });

  test('a version that is none is refused, and left as it is', async () => {
    const redis = await server();
    for (const text of ['newest', '0', '1.5', '-1']) {
      await redis.command('SET', 'borescope:schema', text);
      await assert.rejects(open(redis.url), (error: Error) => {
        assert.ok(error instanceof SchemaUnreadable);
        assert.match(error.message, /^borescope:schema in this Redis is no version of a store: restore it, or/);
        return true;
      });
      assert.deepEqual(await keys(redis), ['borescope:schema']);
    }
  });

  test('data that becomes newer under an open store is neither read nor written any more, and that is told once', async () => {
    const redis = await server();
    const told: string[] = [];
    const log: Log = { ...silentLog, error: (_, message) => void told.push(message) };
    const store = await open(redis.url, { log, lookAtSchemaEveryMs: 20 });
    const { epoch } = await prepared(store);
    await redis.command('SET', 'borescope:schema', '3');
    const isRefused = () =>
      store.tokens.list('org').then(
        () => false,
        (error: Error) => {
          assert.ok(error instanceof StoreUnavailable);
          assert.match(error.message, /newer Borescope: its schema is 3/);
          return true;
        },
      );
    await until(isRefused);
    await assert.rejects(store.actions.acceptHit('org', 'there', { ...hit('runtime-1', 1), epoch }), StoreUnavailable);
    await assert.rejects(store.check(), SchemaTooNew);
    await isRefused();
    assert.deepEqual(told, ['the store is used no more: stop this broker']);
    await redis.command('SET', 'borescope:schema', '2');
    await until(async () => !(await isRefused()));
    assert.equal(
      (await store.actions.acceptHit('org', 'there', { ...hit('runtime-1', 1), epoch })).outcome,
      'accepted',
    );
  });

  test('a Redis before 7.0 is refused with its version named', async () => {
    const port = await speaking((name) => (name === 'INFO' ? bulk('redis_version:6.2.14\r\n') : undefined));
    await assert.rejects(open(`redis://127.0.0.1:${port}`), (error: Error) => {
      assert.ok(error instanceof RedisTooOld);
      assert.match(error.message, /Redis 6\.2\.14 is too old: Borescope needs Redis 7\.0/);
      return true;
    });
  });

  test('a Redis that may drop data when it is full is told to whoever reads the log', async () => {
    const { url } = await server({ config: { 'maxmemory-policy': 'allkeys-lru' } });
    const warned: string[] = [];
    await open(url, { log: { ...silentLog, warn: (_, message) => void warned.push(message) } });
    assert.match(warned.join(), /noeviction/);
  });

  test('everything that should expire does so by itself, and nothing of what is deleted stays', async () => {
    const redis = await server();
    const store = await open(redis.url);
    const { epoch } = await attach(store, 'runtime-1');
    for (const [id, maxHits] of [
      ['live', 2],
      ['armed', 2],
      ['full', 1],
      ['over', 1],
    ] as const) {
      await store.actions.create('org', action(id, { spec: { ...spec, maxHits } }), [placement(id, 'runtime-1')]);
    }
    await store.actions.change('org', 'armed', (before) => ({ ...before, state: 'armed' }));
    await store.actions.change('org', 'over', end);
    for (const id of ['live', 'full']) await store.actions.acceptHit('org', id, { ...hit('runtime-1', 1), epoch });
    await store.tokens.create('org', token('t'));
    await store.keys.pseudonymKey('org', '2026-11-21', 'key');
    await store.check();
    const later = Date.now() + HOUR;
    for (const [id, expiresAt] of [
      ['mixed', later],
      ['for-ever', undefined],
      ['mixed too', later],
    ] as const) {
      await store.documents.put('org', 'policy', { id, value: {}, ...(expiresAt && { expiresAt }) }, 0);
    }
    for (const [n, id] of ['first', 'second'].entries()) {
      await store.documents.put('org', 'grant', { id, value: {}, expiresAt: later - n * 60_000 }, 0);
    }
    await store.audit.append('org', 0, [entry(1)], endsAt(1));
    const now = Date.now();
    await store.quotas.take('org', [WINDOW, BUCKET, { ...LEASE, id: 'b', until: now + 60_000 }], now);
    await store.quotas.take('org', [{ ...LEASE, until: now + HOUR }], now);
    await store.quotas.give('org', [{ ...WINDOW, at: now }], now);
    const left = async (key: string) => Number((await redis.command('PTTL', `borescope:{org}:${key}`)).slice(1));
    for (const [key, ms] of [
      ['documents:grant', HOUR],
      ['expiring', HOUR],
      ['document:grant:first', HOUR],
      ['document:grant:second', HOUR - 60_000],
      ['lease:l', HOUR + 60_000],
      ['bucket:b', 61_000],
    ] as const) {
      const found = await left(key);
      assert.ok(found <= ms && found > ms - 30_000, `${key} has ${found} ms left`);
    }
    const stays = new Set([
      'borescope:schema',
      'borescope:organizations',
      'borescope:spaces',
      'borescope:token:hash of t',
      'borescope:{org}:audit',
      'borescope:{org}:audit-entries',
      'borescope:{org}:document:policy:for-ever',
      'borescope:{org}:documents:policy',
      'borescope:{org}:known',
      'borescope:{org}:token:t',
      'borescope:{org}:tokens',
    ]);
    assert.deepEqual(await lasting(redis), [...stays].sort());
    await store.runtimes.detach('org', 'runtime-1', epoch, 20);
    assert.deepEqual(await lasting(redis), [...stays].sort());

    for (const id of ['live', 'armed']) await store.actions.change('org', id, end);
    while ((await store.actions.expire(1_000)) > 0);
    while ((await store.documents.expire(later + 1)) > 0);
    const others = (await keys(redis)).filter((key) => !stays.has(key) && !/:(window|bucket|lease):/.test(key));
    assert.deepEqual(others, [
      'borescope:check',
      'borescope:{org}:directory',
      'borescope:{org}:pseudonyms',
      'borescope:{org}:runtime:runtime-1',
    ]);
  });

  test('what notes an attachment outlives all brokers by a day and the retention, and stays for as long as one renews it', async () => {
    const redis = await server();
    const store = await open(redis.url);
    const { epoch } = await attach(store, 'runtime-1');
    const notes = ['attached', 'directory', 'epochs', 'runtime:runtime-1'].map((key) => `borescope:{org}:${key}`);
    const areKept = async (why: string) => {
      for (const key of notes) {
        const left = Number((await redis.command('PTTL', key)).slice(1));
        assert.ok(left > DAY + 60_000, `${why}: ${key} has ${left} ms left`);
        assert.ok(left < DAY + 60_000 + HOUR, `${why}: ${key} has ${left} ms left`);
      }
    };
    const age = async () => {
      for (const key of notes) assert.match(await redis.command('PEXPIRE', key, '50000'), /^:1/);
    };
    await areKept('attached');
    await age();
    await store.runtimes.renew('org', 'runtime-1', epoch, 20);
    await areKept('renewed');
    await attach(store, 'runtime-2');
    await age();
    await store.runtimes.detach('org', 'runtime-1', epoch, 30);
    const again = await attach(store, 'runtime-1');
    assert.equal(again.epoch, epoch + 1);
    await areKept('come back');
  });
});

/** A server that answers each command as told, or with OK; refuses RESP3. Its port. */
async function speaking(answer: (name: string) => string | undefined): Promise<number> {
  const fake = createServer((socket) => {
    socket.on('data', (bytes) => {
      for (const [, name = ''] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n([A-Za-z]+)\r\n/g)) {
        const command = name.toUpperCase();
        socket.write(command === 'HELLO' ? '-NOPROTO sorry\r\n' : (answer(command) ?? '+OK\r\n'));
      }
    });
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => fake.close());
  const address = fake.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

async function keys(redis: LiveRedis): Promise<string[]> {
  const reply = await redis.command('KEYS', '*');
  return reply
    .split('\r\n')
    .filter((line) => line.startsWith('borescope'))
    .sort();
}

/** The keys that never expire. */
async function lasting(redis: LiveRedis): Promise<string[]> {
  const found = await keys(redis);
  const times = await Promise.all(found.map((key) => redis.command('PTTL', JSON.stringify(key))));
  return found.filter((_, n) => times[n] === ':-1\r\n');
}

async function prepared(store: Store) {
  const attached = await attach(store, 'runtime-1');
  await store.actions.create('org', action('there', { spec: { ...spec, maxHits: 5 } }), [
    placement('there', 'runtime-1'),
  ]);
  return attached;
}

let made = 0;
/** Something of each kind is written and read, once the connection is there again: within seconds. */
async function works(store: Store): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      await store.check();
      break;
    } catch (error) {
      assert.ok(error instanceof StoreUnavailable);
      assert.ok(performance.now() < until, 'the store is available again within 10 s');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const id = `works-${made++}`;
  const attached = await attach(store, id);
  await store.actions.create('org', action(id), [placement(id, id)]);
  assert.equal((await accept(store, id, attached, 1)).outcome, 'accepted');
  assert.equal((await store.actions.get('org', id))?.action.state, 'completed');
}

function writes(store: Store): Promise<unknown>[] {
  const { tokens, runtimes } = store;
  return [
    ...growth(store),
    tokens.revoke('org', 't', 5),
    tokens.setExpiry('org', 't', 5),
    tokens.used('org', 't', 5),
    runtimes.detach('org', 'runtime-1', 1, 1),
    runtimes.renew('org', 'runtime-1', 1, 1),
    store.documents.remove('org', 'user', 'a'),
    store.audit.prune('org', endsAt(1).head),
    store.quotas.give('org', [{ ...WINDOW, at: 5 }], 5),
  ];
}

/** Writes that add something. */
function growth(store: Store): Promise<unknown>[] {
  const { organizations, tokens, actions, runtimes, keys: pseudonyms } = store;
  return [
    organizations.create({ id: 'o', name: 'n', createdAt: 1 }),
    tokens.create('org', token(`t-${made++}`)),
    actions.create('org', action(`a-${made++}`), [placement('a', 'runtime-1')]),
    actions.acceptHit('org', 'a', { ...hit('runtime-1', 1), epoch: 1 }),
    runtimes.attach('org', runtime('runtime-9'), 'here', 1),
    pseudonyms.pseudonymKey('org', '2026-11-21', 'k'),
    store.documents.put('org', 'user', { id: 'a', value: {} }, 0),
    store.documents.put('@sign-in', 'step', { id: 'a', value: {}, expiresAt: Date.now() + HOUR }, 0),
    store.audit.append('org', 1, [entry(2)], endsAt(2)),
    store.quotas.take('org', [WINDOW], 5),
    store.check(),
  ];
}

async function writesUnavailable(store: Store): Promise<void> {
  // One after the other: a refusal may make the client connect anew.
  for (const answer of await Promise.allSettled(writes(store))) unavailable(answer);
}

async function allUnavailable(store: Store): Promise<void> {
  const { organizations, tokens, actions, runtimes } = store;
  const reads = [
    organizations.byName('default'),
    organizations.list(),
    tokens.byHash('h'),
    tokens.get('org', 't'),
    tokens.list('org'),
    actions.get('org', 'a'),
    actions.list('org', { limit: 5 }),
    actions.hits('org', 'a', 0),
    actions.liveOn('org', 'runtime-1'),
    actions.live(),
    actions.change('org', 'a', end),
    actions.changePlacement('org', 'a', 'runtime-1', () => undefined),
    actions.expire(5),
    runtimes.lapse(5),
    runtimes.list('org'),
    runtimes.get('org', 'runtime-1'),
    store.documents.get('org', 'user', 'a'),
    store.documents.list('org', 'user', { limit: 5 }),
    store.documents.expire(5),
    store.audit.ends('org'),
    store.audit.read('org', 0, 5),
    store.quotas.used('org', [WINDOW], 5),
  ];
  for (const answer of await Promise.allSettled([...reads, ...writes(store)])) unavailable(answer);
}

function unavailable(answer: PromiseSettledResult<unknown>): void {
  assert.ok(answer.status === 'rejected', 'it was answered');
  assert.ok(answer.reason instanceof StoreUnavailable, String(answer.reason));
}
