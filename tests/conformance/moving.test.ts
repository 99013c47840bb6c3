import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { migrate, type StorePlace } from '../../server/src/migration.ts';
import { OF_BROKERS } from '../../server/src/store/document-store.ts';
import { openEmbeddedStore } from '../../server/src/store/embedded/embedded-store.ts';
import { openRedisStore } from '../../server/src/store/redis/redis-store.ts';
import type { Store } from '../../server/src/store/store.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { type LiveRedisCluster, liveRedisCluster } from '../live/redis-cluster.ts';
import { silentLog } from '../live/silent-log.ts';
import { proves } from '../proves.ts';
import { BUCKET, DAYS, endAt, entry, fill, GRANTS, lease, ODD_NAME, WINDOW } from './moving-samples.ts';
import { accept, attach } from './store-samples.ts';

const NOW = Date.now();
const RETENTION = 3_600_000;
const DAY = 24 * 60 * 60 * 1000;
const OTHER = `org ${ODD_NAME}`;

/** A store that can be moved, and opened as a broker does. */
interface End {
  readonly place: StorePlace;
  open(): Promise<Store>;
}

const cleanUps: (() => unknown)[] = [];
after(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function embedded(): Promise<End> {
  const dataDir = mkdtempSync(join(tmpdir(), 'borescope-moving-'));
  cleanUps.push(() => rmSync(dataDir, { recursive: true, force: true }));
  return { place: { dataDir }, open: () => openEmbeddedStore({ dataDir, now: () => NOW, use: 'broker' }) };
}

function redisAt(url: string): End {
  const options = { url, retentionMs: RETENTION, now: () => NOW, log: silentLog };
  return { place: { redisUrl: url }, open: () => openRedisStore(options) };
}

async function server(): Promise<LiveRedis> {
  const redis = await liveRedis();
  cleanUps.push(() => redis.close());
  return redis;
}

let nodes: LiveRedisCluster | undefined;

/** The same each time, emptied: it takes seconds until one works. */
async function cluster(): Promise<End> {
  if (nodes === undefined) {
    const made = await liveRedisCluster();
    cleanUps.push(() => made.close());
    nodes = made;
  }
  for (const node of nodes.nodes) await node.command('FLUSHALL');
  return redisAt(nodes.url);
}

const redis = async () => redisAt((await server()).url);

function move(from: End, to: End) {
  return migrate({ from: from.place, to: to.place, retentionMs: RETENTION, now: () => NOW });
}

async function using<T>(end: End, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await end.open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** All that can be asked of a store. */
async function contents(store: Store) {
  const organizations = await store.organizations.list();
  const of = [];
  for (const { id } of organizations) {
    const tokens = await store.tokens.list(id);
    const actions = [];
    for (const { id: actionId } of await store.actions.list(id, { limit: 1_000 })) {
      actions.push({ ...(await store.actions.get(id, actionId)), hits: await store.actions.hits(id, actionId, 0) });
    }
    const byHash = await Promise.all(tokens.map(({ hash }) => store.tokens.byHash(hash)));
    const completed = await store.actions.list(id, { limit: 1_000, state: 'completed' });
    const bound = await store.actions.list(id, { limit: 1_000, services: ['shop'] });
    of.push({ tokens, byHash, actions, completed, bound, liveOn: await store.actions.liveOn(id, 'runtime-on') });
  }
  const access = [];
  for (const id of [...organizations.map((organization) => organization.id), '@oauth', '@sign-in']) {
    for (const kind of ['policy', `kind ${ODD_NAME}`, 'grant']) {
      access.push(await store.documents.list(id, kind, { limit: 1_000 }));
    }
    access.push(await store.audit.ends(id), await store.audit.read(id, 0, 1_000));
    access.push(await store.quotas.used(id, [WINDOW, lease('', NOW)], NOW));
  }
  return { organizations, of, access, live: await store.actions.live() };
}

const WAYS = [
  ['the embedded store to Redis', embedded, redis, embedded],
  ['Redis to the embedded store', redis, embedded, redis],
  ['Redis to Redis', redis, redis, redis],
  ['one directory to another', embedded, embedded, embedded],
  ['the embedded store to a cluster', embedded, cluster, redis],
  ['a cluster to the embedded store', cluster, embedded, redis],
] as const;

describe('a store that is moved', { skip: noRedis }, () => {
  for (const [way, makeSource, makeTarget, makeThird] of WAYS) {
    test(proves('migrate:everything', `holds the same: from ${way}, and on from there`), async () => {
      const [source, target, third] = [await makeSource(), await makeTarget(), await makeThird()];
      await using(source, (store) => fill(store, NOW));
      const there = await move(source, target);
      assert.ok(there.complete, JSON.stringify(there.compared));
      const counts = Object.fromEntries(there.compared.map(({ counted, to }) => [counted, to.count]));
      assert.deepEqual(counts, {
        organizations: 3,
        tokens: 6,
        'pseudonym keys': 2,
        runtimes: 7,
        actions: 5,
        placements: 7,
        hits: 54,
        documents: 3 + GRANTS,
        'audit chains': 2,
        'audit entries': 480,
        'quota windows': 2,
        'quota leases': 2,
      });
      const onward = await move(target, third);
      assert.deepEqual(onward.compared, there.compared, 'the source was not changed, and the third holds the same');

      const before = await using(source, contents);
      // Nothing is attached to a store that no broker runs on: an embedded one says so at its start, Redis after a lease.
      for (const { actions, liveOn } of before.of) {
        for (const { placements = [] } of actions.filter(({ action }) => action?.endedAt === undefined)) {
          for (const one of placements) if (one.status !== 'failed') Object.assign(one, { goneSince: NOW });
        }
        for (const one of liveOn) Object.assign(one.placement, { goneSince: NOW });
      }
      assert.deepEqual(await using(target, contents), before);
    });

    test(proves('migrate:goes-on', `goes on: from ${way}`), async () => {
      const [source, target] = [await makeSource(), await makeTarget()];
      const epochs = await using(source, async (store) => {
        await fill(store, NOW);
        return { thrice: await attach(store, 'runtime-thrice'), on: await attach(store, 'runtime-on') };
      });
      await move(source, target);
      await using(target, async (store) => {
        assert.deepEqual(await store.runtimes.list('org'), [], 'nothing is attached');
        assert.equal(await store.runtimes.renew('org', 'runtime-on', epochs.on.epoch, NOW), false);
        assert.deepEqual(await accept(store, 'a-live', epochs.on, 3), { outcome: 'fenced' });
        const again = await attach(store, 'runtime-on');
        assert.ok(again.epoch > epochs.on.epoch, 'epochs go on rising');
        assert.ok((await attach(store, 'runtime-thrice')).epoch > epochs.thrice.epoch);
        assert.deepEqual(await accept(store, 'a-live', epochs.on, 3), { outcome: 'fenced' });

        const [live] = await store.actions.liveOn('org', 'runtime-on');
        assert.deepEqual([live?.action.id, live?.placement.lastSequence], ['a-live', 2]);
        assert.equal(live?.placement.goneSince, undefined, 'it is here again');
        assert.deepEqual(await accept(store, 'a-live', again, 2), { outcome: 'duplicate', lastSequence: 2 });
        assert.deepEqual(await accept(store, 'a-live', again, 4), { outcome: 'gap', lastSequence: 2 });
        assert.deepEqual(await accept(store, 'a-live', again, 3), { outcome: 'accepted', number: 3, completed: false });
        assert.deepEqual(await accept(store, 'a-live', again, 4), { outcome: 'accepted', number: 4, completed: true });
        assert.deepEqual(await store.actions.liveOn('org', 'runtime-on'), []);
        assert.deepEqual(
          (await store.actions.live()).map(({ organization, id }) => [organization, id]),
          [[OTHER, 'a-live']],
        );
        assert.equal(await store.keys.pseudonymKey('org', DAYS[1], 'another'), 'key of today');
        assert.equal(await store.keys.pseudonymKey('org', DAYS[0], 'another'), 'key of yesterday');

        assert.equal(await store.documents.put('org', 'policy', { id: 'a', value: {} }, 2), undefined);
        assert.equal((await store.documents.put('org', 'policy', { id: 'a', value: {} }, 3))?.version, 4);
        while ((await store.documents.expire(NOW + 1_800_000 + 10)) > 0);
        assert.equal((await store.documents.list('@oauth', 'grant', { limit: 1_000 })).length, GRANTS - 10);
        const ends = { base: endAt(0), head: endAt(501) };
        assert.equal(await store.audit.append('org', 500, [entry(501)], ends), true);
        assert.deepEqual(await store.audit.ends('org'), { base: endAt(20), head: endAt(501) });
        assert.deepEqual(
          (await store.audit.read('org', 499, 5)).map(({ sequence }) => sequence),
          [500, 501],
        );
        const second = { base: endAt(0), head: endAt(2) };
        assert.equal(await store.audit.append('@sign-in', 1, [entry(2)], second), true);
        assert.equal((await store.quotas.take('org', [WINDOW], NOW))?.left, 2, 'the window goes on');
        assert.equal((await store.quotas.take('org', [lease('l-2', NOW)], NOW))?.left, 0);
        assert.equal(await store.quotas.take('org', [lease('l-1', NOW)], NOW), undefined);
        assert.equal(await store.quotas.take('org', [BUCKET], NOW), undefined, 'a bucket begins full');

        // What ended long ago is too old as it would have been, and what ended a second ago is not.
        while ((await store.actions.expire(NOW - 2_000)) > 0);
        const kept = await store.actions.list('org', { limit: 10 });
        assert.deepEqual(
          kept.map(({ id }) => id),
          ['a-over'],
        );
      });
    });
  }

  for (const [name, makeTarget] of [
    ['directory', embedded],
    ['Redis', redis],
  ] as const) {
    test(
      proves('migrate:everything', `takes the place of what a broker made when it started on a ${name}`),
      async () => {
        const [source, target] = [await embedded(), await makeTarget()];
        const secret = (value: string) => ({ id: 'master', value: { secret: value } });
        for (const [end, value] of [
          [source, 'that of the source'],
          [target, 'another'],
        ] as const) {
          await using(end, (store) => store.documents.put(OF_BROKERS, 'secret', secret(value), 0));
        }
        assert.ok((await move(source, target)).complete);
        const found = await using(target, (store) => store.documents.get(OF_BROKERS, 'secret', 'master'));
        assert.deepEqual(found?.value, { secret: 'that of the source' });
      },
    );
  }

  test('is deleted by Redis itself when it would have been, and not before it was compared', async () => {
    const [source, target] = [await embedded(), await server()];
    await using(source, (store) => fill(store, NOW));
    await move(source, redisAt(target.url));
    const left = async (key: string) => Number((await target.command('PTTL', key)).slice(1));
    const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 60_000, `${actual}`);
    near(await left('borescope:{org}:action:a-over'), RETENTION + DAY - 1_000);
    near(await left('borescope:{org}:action:a-live'), 600_000 + RETENTION + DAY);
    near(await left('borescope:{org}:hits:a-live'), 600_000 + RETENTION + DAY);
    // Over for decades, by what its samples say.
    near(await left('borescope:{org}:action:a-many'), DAY);
    near(await left('borescope:{org}:runtime:runtime-left'), RETENTION + DAY);
    near(await left('borescope:{org}:pseudonyms'), 3 * DAY);
    for (const index of ['actions', 'live', 'ended', 'state:armed', 'live-on:runtime-on']) {
      near(await left(`borescope:{org}:${index}`), 600_000 + RETENTION + DAY);
    }
    near(await left('borescope:{%40oauth}:document:grant:g-0'), 1_800_000);
    near(await left('borescope:{%40oauth}:documents:grant'), 1_800_000);
    for (const key of ['token:t-bare', 'documents:policy', 'document:policy:a', 'audit', 'audit-entries']) {
      assert.equal(await left(`borescope:{org}:${key}`), -1, `${key} stays`);
    }
  });
});
