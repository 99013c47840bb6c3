import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RuntimeDescription } from '@borescope/agent-protocol';
import Libsql from 'libsql';
import { proves } from '../../tests/proves.ts';
import type { Action, Placement } from '../src/actions/action.ts';
import { migrate } from '../src/migration.ts';
import { Buckets } from '../src/store/embedded/buckets.ts';
import {
  DataDirectoryInUse,
  type EmbeddedStoreOptions,
  openEmbeddedStore,
  SchemaTooNew,
} from '../src/store/embedded/embedded-store.ts';
import { type Organization, type Store, StoreUnavailable } from '../src/store/store.ts';
import { HIT } from './agent-peer.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

test('what was written is there when the store is opened again', async () => {
  const dataDir = directory();
  const first = await open({ dataDir });
  await first.organizations.create(organization('kept'));
  await first.close();
  const second = await open({ dataDir });
  assert.deepEqual(await second.organizations.byName('kept'), organization('kept'));
});

test(proves('store:private', 'the data directory and the file in it are for their owner only'), async () => {
  const dataDir = join(directory(), 'new', 'data');
  await open({ dataDir });
  assert.equal(statSync(dataDir).mode & 0o777, 0o700);
  for (const file of readdirSync(dataDir)) assert.equal(statSync(join(dataDir, file)).mode & 0o077, 0, file);
  assert.ok(readdirSync(dataDir).includes('broker.lock'));
});

test(
  proves(
    'broker:one-per-store',
    'a second broker is refused and told who holds the directory; administration beside it works',
  ),
  async () => {
    const dataDir = directory();
    const broker = await open({ dataDir });
    await assert.rejects(open({ dataDir }), (error: Error) => {
      assert.ok(error instanceof DataDirectoryInUse);
      assert.match(error.message, new RegExp(`another broker.*process ${process.pid} on `));
      return true;
    });
    const administration = await open({ dataDir, use: 'administration' });
    await administration.organizations.create(organization('beside'));
    assert.ok(await broker.organizations.byName('beside'));
    await broker.close();
    await open({ dataDir });
  },
);

test('a broker that was killed leaves no lock behind', async () => {
  const dataDir = directory();
  const source = fileURLToPath(new URL('../src/store/embedded/embedded-store.ts', import.meta.url));
  const other = await speaking(`
    import { openEmbeddedStore } from ${JSON.stringify(source)};
    const store = await openEmbeddedStore({ dataDir: ${JSON.stringify(dataDir)}, now: Date.now, use: 'broker' });
    await store.runtimes.attach('org', ${JSON.stringify(runtime)}, 'there', 1);
    console.log('ready');
    setInterval(() => store.check(), 60_000);
  `);
  await assert.rejects(open({ dataDir }), DataDirectoryInUse);
  other.kill('SIGKILL');
  await once(other, 'exit');
  const store = await open({ dataDir });
  assert.deepEqual(await store.runtimes.list('org'), [], 'nothing is attached to a broker that has just started');
  assert.equal((await store.runtimes.attach('org', runtime, 'here', 2))?.epoch, 2, 'the epoch goes on rising');
});

test('data of a newer version is refused with both versions named, and is left as it was', async () => {
  const dataDir = directory();
  await (await open({ dataDir })).close();
  sqlite(dataDir, (file) => file.exec('PRAGMA user_version=3'));
  await assert.rejects(open({ dataDir }), (error: Error) => {
    assert.ok(error instanceof SchemaTooNew);
    assert.match(error.message, /schema is 3, this one knows up to 2/);
    return true;
  });
  sqlite(dataDir, (file) => file.exec('PRAGMA user_version=2'));
  await open({ dataDir });
});

/** A file as version 1 of the schema made it. */
function versionOne(): string {
  const dataDir = directory();
  const sql = readFileSync(new URL('./fixtures/store-version-1.sql', import.meta.url), 'utf8');
  sqlite(dataDir, (file) => file.exec(sql));
  return dataDir;
}

/** What makes the tables and indexes of a file, and the version that it has. */
function schemaOf(dataDir: string): unknown {
  let found: unknown;
  sqlite(dataDir, (file) => {
    const made = file.prepare('SELECT name, sql FROM sqlite_master ORDER BY name').raw().all([]);
    found = { made, version: file.prepare('PRAGMA user_version').raw().all([]) };
  });
  return found;
}

test(proves('store:upgrade', 'a file of version 1 is that of a new store, with all that was in it'), async () => {
  const dataDir = versionOne();
  const store = await open({ dataDir });
  assert.deepEqual(
    (await store.organizations.list()).map(({ name }) => name),
    ['acme', 'default'],
  );
  const bare = { organization: 'org', kind: 'mcp', role: 'developer', createdAt: 1 };
  assert.deepEqual(await store.tokens.list('org'), [
    { ...bare, id: 't-bare', name: 't-bare', hash: 'hash of t-bare' },
    {
      ...bare,
      id: 't-bound',
      name: 't-bound',
      hash: 'hash of t-bound',
      services: ['a'],
      environments: [],
      expiresAt: 9,
      lastUsedAt: 5,
    },
  ]);
  assert.equal((await store.actions.hits('org', 'a-1', 0)).length, 1);
  assert.equal(await store.keys.pseudonymKey('org', '2026-11-20', 'another'), 'key');
  assert.equal((await store.runtimes.attach('org', runtime, 'here', 2))?.epoch, 2);
  const owned = { ...bare, id: 'new', name: 'new', hash: 'h', kind: 'mcp', role: 'viewer', owner: 'a@b.c' } as const;
  await store.tokens.create('org', owned);
  assert.deepEqual(await store.tokens.byHash('h'), owned);
  assert.ok(await store.documents.put('org', 'policy', { id: 'a', value: {} }, 0));

  const fresh = directory();
  await (await open({ dataDir: fresh })).close();
  await store.close();
  assert.deepEqual(schemaOf(dataDir), schemaOf(fresh));
});

test(proves('store:upgrade', 'an upgrade that fails in between leaves the file as version 1 has it'), async () => {
  const dataDir = versionOne();
  // The last thing that the upgrade makes is there already.
  sqlite(dataDir, (file) => file.exec('CREATE INDEX quota_lease_until ON token (created_at)'));
  const before = schemaOf(dataDir);
  await assert.rejects(open({ dataDir }));
  assert.deepEqual(schemaOf(dataDir), before);
  sqlite(dataDir, (file) => file.exec('DROP INDEX quota_lease_until'));
  assert.equal((await (await open({ dataDir })).tokens.list('org')).length, 2);
});

test(
  proves('migrate:unfinished', 'a directory of version 1 is moved as it is, and stays a directory of version 1'),
  async () => {
    const [from, to] = [versionOne(), join(directory(), 'moved')];
    const before = schemaOf(from);
    const moved = await migrate({
      from: { dataDir: from },
      to: { dataDir: to },
      retentionMs: 3_600_000,
      now: Date.now,
    });
    assert.ok(moved.complete);
    assert.deepEqual(schemaOf(from), before);
    assert.equal((await (await open({ dataDir: to })).tokens.list('org')).length, 2);
  },
);

test('a file that is no database is StoreUnavailable', async () => {
  const dataDir = directory();
  writeFileSync(join(dataDir, 'borescope.db'), 'this is a letter to my aunt '.repeat(300));
  await assert.rejects(open({ dataDir }), (error: Error) => {
    assert.ok(error instanceof StoreUnavailable);
    assert.match(error.message, /borescope\.db failed: SQLITE_NOTADB: restore it from a backup, or move it away/);
    assert.ok(error.message.includes(dataDir), 'it names the file');
    return true;
  });
});

test('a data directory that is a file, or below one, is StoreUnavailable in one line that says how to mend it', async () => {
  const file = join(directory(), 'file');
  writeFileSync(file, '');
  const isFile = { name: 'StoreUnavailable', message: /file: it is a file: name a directory with BORESCOPE_DATA_DIR$/ };
  await assert.rejects(open({ dataDir: file }), isFile);
  const below = { name: 'StoreUnavailable', message: /data: a part of its path is a file: name a directory/ };
  await assert.rejects(open({ dataDir: join(file, 'data') }), below);
});

test(proves('store:shrinks', 'the room that deleted actions took is given back to the file system'), async () => {
  const dataDir = directory();
  const store = await open({ dataDir });
  const attached = await store.runtimes.attach('org', runtime, 'here', 1);
  const value = { type: 'string', value: 'x'.repeat(40_000) } as const;
  const big = { ...HIT, variables: [{ name: 'big', value, scope: 'local' as const }] };
  const ids = Array.from({ length: 200 }, (_, n) => `big-${n}`);
  await Promise.all(ids.map((id) => store.actions.create('org', action(id), [placed(id)])));
  const accepted = [1, 2].flatMap((sequence) =>
    ids.map((id) =>
      store.actions.acceptHit('org', id, {
        runtime: runtime.id,
        epoch: attached?.epoch ?? 0,
        sequence,
        hit: big,
        receivedAt: 5,
        capturedAt: 5,
      }),
    ),
  );
  for (const { outcome } of await Promise.all(accepted)) assert.equal(outcome, 'accepted');
  const sizes = () => {
    sqlite(dataDir, (file) => file.pragma('wal_checkpoint(TRUNCATE)'));
    return statSync(join(dataDir, 'borescope.db')).size;
  };
  const full = sizes();
  assert.ok(full > 400 * 40_000);
  for (let turns = 0; (await store.actions.expire(6)) > 0; turns++) assert.ok(turns < 1_000, 'it comes to an end');
  // 4 MiB stay for what comes next.
  assert.ok(sizes() < full - 11_000_000, `${full} bytes became ${sizes()}`);
  await store.check();
});

test('a store that was closed is StoreUnavailable', async () => {
  const store = await open({ dataDir: directory() });
  await store.close();
  await assert.rejects(store.organizations.list(), StoreUnavailable);
  await store.close();
});

test(
  proves(
    'errors:unavailable',
    'a database that another process locks is StoreUnavailable, only the first call waits, and it heals',
  ),
  async () => {
    const dataDir = directory();
    const store = await open({ dataDir, busyTimeoutMs: 1_000 });
    const locker = await speaking(`
    import Libsql from 'libsql';
    const file = new Libsql(${JSON.stringify(join(dataDir, 'borescope.db'))});
    file.exec('BEGIN EXCLUSIVE');
    console.log('ready');
    process.stdin.once('data', () => { file.exec('ROLLBACK'); console.log('gone'); });
  `);
    await assert.rejects(store.check(), StoreUnavailable);
    const begun = performance.now();
    for (let n = 0; n < 20; n++) {
      await assert.rejects(store.organizations.create(organization(`locked-${n}`)), StoreUnavailable);
      assert.equal(
        await store.tokens.byHash('none'),
        undefined,
        'what is read in between does not bring the wait back',
      );
    }
    // Twenty waits would be twenty seconds; how long a call takes that does not wait is not the question.
    assert.ok(performance.now() - begun < 15_000);
    assert.deepEqual(
      (await store.organizations.list()).map(({ name }) => name),
      ['default'],
      'reading goes on while another process writes',
    );
    assert.ok(locker.stdout && locker.stdin);
    locker.stdin.write('let go\n');
    await once(locker.stdout, 'data');
    await store.check();
    assert.ok(await store.organizations.create(organization('after')));
  },
);

test('what is asked in one turn fails together while the database is locked, and nothing of it is there', async () => {
  const dataDir = directory();
  const store = await open({ dataDir, busyTimeoutMs: 20 });
  const attached = await store.runtimes.attach('org', runtime, 'here', 1);
  await store.actions.create('org', action('kept'), [placed('kept')]);
  const locker = new Libsql(join(dataDir, 'borescope.db'));
  cleanUps.push(() => locker.close());
  locker.exec('BEGIN EXCLUSIVE');
  const accept = (sequence: number) =>
    store.actions.acceptHit('org', 'kept', {
      runtime: runtime.id,
      epoch: attached?.epoch ?? 0,
      sequence,
      hit: HIT,
      receivedAt: 5,
      capturedAt: 5,
    });
  const asked = [
    store.actions.create('org', action('lost'), [placed('lost')]),
    accept(1),
    accept(1),
    store.actions.change('org', 'kept', (before) => ({ ...before, state: 'cancelled', endedAt: 6 })),
  ];
  const read = store.actions.get('org', 'lost');
  for (const answer of await Promise.allSettled(asked)) {
    assert.ok(answer.status === 'rejected' && answer.reason instanceof StoreUnavailable);
  }
  assert.equal(await read, undefined, 'nobody reads what may come to nothing');
  locker.exec('ROLLBACK');
  const { action: kept } = (await store.actions.get('org', 'kept')) ?? {};
  assert.deepEqual([kept?.state, kept?.hits], ['queued', 0]);
  assert.deepEqual(await store.actions.hits('org', 'kept', 0), []);
  assert.deepEqual(await accept(1), { outcome: 'accepted', number: 1, completed: false });
});

test('an audit entry, what was taken of quotas and an action share a commit: all are there, or none', async () => {
  const dataDir = directory();
  const store = await open({ dataDir });
  const entry = { sequence: 1, at: 1, text: '{}', mac: 'm' };
  const ends = { base: { sequence: 0, mac: '', seal: 's' }, head: { sequence: 1, mac: 'm', seal: 's' } };
  const needs = [
    { kind: 'window', name: 'w', amount: 1, limit: 9, windowMs: 1_000 },
    { kind: 'bucket', name: 'b', amount: 2, limit: 9, perSecond: 1 },
    { kind: 'lease', name: 'l', id: 'a-1', until: 900, limit: 9 },
  ] as const;
  const act = () => [
    store.quotas.take('org', needs, 5),
    store.audit.append('org', 0, [entry], ends),
    store.actions.create('org', action('a-1'), [placed('a-1')]),
  ];
  for (const table of ['action', 'audit_entry', 'quota_lease']) {
    const refusal = `CREATE TRIGGER refusal BEFORE INSERT ON ${table} BEGIN SELECT raise(ABORT, 'no'); END`;
    sqlite(dataDir, (file) => file.exec(refusal));
    for (const answer of await Promise.allSettled(act())) assert.equal(answer.status, 'rejected', table);
    assert.equal(await store.audit.ends('org'), undefined, table);
    assert.deepEqual(await store.audit.read('org', 0, 5), [], table);
    assert.equal(await store.actions.get('org', 'a-1'), undefined, table);
    assert.deepEqual(await store.quotas.used('org', needs, 5), [0, 0, 0], table);
    sqlite(dataDir, (file) => file.exec('DROP TRIGGER refusal'));
  }
  assert.deepEqual(await Promise.all(act()), [undefined, true, undefined]);
  assert.deepEqual(await store.audit.ends('org'), ends);
  assert.ok(await store.actions.get('org', 'a-1'));
  assert.deepEqual(await store.quotas.used('org', needs, 5), [1, 2, 1]);
});

test('token buckets in memory are bounded: what was taken of longest ago goes first, and what is full is not kept', () => {
  const buckets = new Buckets();
  const take = (name: string, missing: number) =>
    buckets.set('org', { kind: 'bucket', name, perSecond: 1, bucket: { missing, at: 0 } });
  for (let n = 0; n < 50_000; n++) take(`${n}`, 5);
  take('0', 6);
  take('one more', 5);
  take('full', 0);
  assert.equal(buckets.get('org', '1'), undefined);
  assert.equal(buckets.get('org', '0')?.missing, 6);
  assert.equal(buckets.get('other', '0'), undefined);
  assert.equal(buckets.get('org', 'full'), undefined);
  assert.equal(buckets.expire(5_000), 49_999);
  assert.equal(buckets.get('org', '0')?.missing, 6);
});

test('what was answered is there after the process was killed', async () => {
  const dataDir = directory();
  const source = fileURLToPath(new URL('../src/store/embedded/embedded-store.ts', import.meta.url));
  const other = await speaking(`
    import { openEmbeddedStore } from ${JSON.stringify(source)};
    const store = await openEmbeddedStore({ dataDir: ${JSON.stringify(dataDir)}, now: Date.now, use: 'broker' });
    const { epoch } = await store.runtimes.attach('org', ${JSON.stringify(runtime)}, 'there', 1);
    const created = store.actions.create('org', ${JSON.stringify(action('a'))}, [${JSON.stringify(placed('a'))}]);
    const hit = { runtime: 'runtime-1', epoch, sequence: 1, hit: ${JSON.stringify(HIT)}, receivedAt: 5, capturedAt: 5 };
    await Promise.all([created, store.actions.acceptHit('org', 'a', hit)]);
    console.log('answered');
    process.kill(process.pid, 'SIGKILL');
  `);
  if (other.signalCode === null) await once(other, 'exit');
  const store = await open({ dataDir });
  assert.equal((await store.actions.get('org', 'a'))?.action.hits, 1);
  assert.deepEqual(
    (await store.actions.hits('org', 'a', 0)).map(({ hit }) => hit),
    [HIT],
  );
});

test(
  proves('tokens:revoked', 'a token that another process revokes, or this one, is revoked with the next look-up'),
  async () => {
    const dataDir = directory();
    const broker = await open({ dataDir });
    const elsewhere = await open({ dataDir, use: 'administration' });
    for (const [id, by] of [
      ['there', elsewhere],
      ['here', broker],
    ] as const) {
      const token = { id, organization: 'org', kind: 'mcp', role: 'viewer', name: id, hash: id, createdAt: 1 } as const;
      await broker.tokens.create('org', token);
      assert.deepEqual(await broker.tokens.byHash(id), token);
      assert.deepEqual(await broker.tokens.byHash(id), token);
      await by.tokens.revoke('org', id, 7);
      assert.equal((await broker.tokens.byHash(id))?.revokedAt, 7);
    }
  },
);

test('a write that found the database locked does not stand in the way of the next one', async () => {
  const dataDir = directory();
  const store = await open({ dataDir, busyTimeoutMs: 20 });
  const locker = new Libsql(join(dataDir, 'borescope.db'));
  cleanUps.push(() => locker.close());
  locker.exec('BEGIN IMMEDIATE');
  await assert.rejects(store.tokens.used('org', 't', 5), StoreUnavailable);
  locker.exec('ROLLBACK');
  await store.actions.create('org', action('next'), [placed('next')]);
  assert.ok(await store.actions.get('org', 'next'));
});

test(
  proves('errors:unavailable', 'a really full disk is StoreUnavailable, and what was there stays readable'),
  async (t) => {
    const mount = directory();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      t.skip('no right to mount a small file system here');
      return;
    }
    cleanUps.push(() => execFileSync('umount', ['--lazy', mount]));
    const store = await open({ dataDir: join(mount, 'data') });
    const failure = await fill(store, 1_000).catch((error: unknown) => error);
    assert.ok(failure instanceof StoreUnavailable);
    await assert.rejects(store.check(), StoreUnavailable);
    const written = (await store.organizations.list()).length;
    assert.ok(written > 1, 'what was accepted before is still there');
    await assert.rejects(fill(store, 1), StoreUnavailable);
    assert.equal((await store.organizations.list()).length, written);
    execFileSync('mount', ['-o', 'remount,size=8m', mount]);
    await store.check();
    await fill(store, 10);
    assert.equal((await store.organizations.list()).length, written + 10);
  },
);

const runtime: RuntimeDescription = {
  id: 'runtime-1',
  service: 'shop',
  tags: {},
  language: 'node',
  languageVersion: '20.20.2',
  agentVersion: '0.1.0',
  host: 'h',
  pid: 1,
  startedAt: 1,
  capabilities: ['snapshot'],
};

function action(id: string): Action {
  const spec = {
    kind: 'snapshot',
    place: { file: 'a.ts', line: 1 },
    expressions: [],
    maxHits: 2,
    timeoutSeconds: 60,
    overheadPercent: 1,
  } as const;
  return { id, organization: 'org', createdBy: 't', spec, createdAt: 1, expiresAt: 60_001, state: 'queued', hits: 0 };
}

function placed(actionId: string): Placement {
  return { actionId, runtime, status: 'queued', lastSequence: 0 };
}

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'borescope-store-'));
  cleanUps.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function open(options: Partial<EmbeddedStoreOptions> & { dataDir: string }): Promise<Store> {
  const store = await openEmbeddedStore({ now: Date.now, use: 'broker', ...options });
  cleanUps.push(() => store.close());
  return store;
}

function organization(name: string): Organization {
  return { id: `o-${name}`, name, createdAt: 1 };
}

let filled = 0;
async function fill(store: Store, times: number): Promise<void> {
  for (let n = 0; n < times; n++) await store.organizations.create(organization(`${filled++}-${'x'.repeat(8_000)}`));
}

function sqlite(dataDir: string, work: (file: Libsql.Database) => void): void {
  const file = new Libsql(join(dataDir, 'borescope.db'));
  work(file);
  file.close();
}

/** A process of its own that has said its first line. */
async function speaking(code: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: fileURLToPath(new URL('..', import.meta.url)),
  });
  cleanUps.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) });
  return child;
}
