import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import Libsql from 'libsql';
import { proves } from '../../tests/proves.ts';
import type { AuditRecord } from '../src/audit/audit-record.ts';
import { controlsBeside, developer, type Harness, spec, startEngine } from './engine-harness.ts';

const SHOP = { service: 'shop' };

async function records({ engine }: Pick<Harness, 'engine'>): Promise<AuditRecord[]> {
  const found: AuditRecord[] = [];
  for await (const { text } of engine.controls.audit.entries('default')) found.push(JSON.parse(text) as AuditRecord);
  return found;
}

describe('the audit', () => {
  test(
    proves('audit:told', 'tells who placed what where, and what came of it, and holds nothing that was captured'),
    async (t) => {
      const harness = await startEngine(t);
      const { engine } = harness;
      const { peer, welcome } = await harness.attach('1', { environment: 'prod' });
      const secret = ['ghp', 'x'.repeat(36)].join('_');
      const asked = { ...spec, condition: `token === "${secret}"`, expressions: ['order.total'] };
      const { id } = await engine.actions.place(developer, SHOP, asked);
      await peer.next('arm');
      peer.armed(id);
      const value = { type: 'string', value: 'captured-text', length: 13 } as const;
      peer.hit(id, welcome.epoch, 1, { variables: [{ name: 'who', value, scope: 'local' }] });
      await peer.next('disarm');
      while ((await records(harness)).length < 2) await new Promise(setImmediate);
      const [placed, ended, ...rest] = await records(harness);
      assert.deepEqual(rest, []);
      assert.equal(placed?.act, 'action.place');
      assert.deepEqual(placed.by, { kind: 'token', id: 'token-dev', name: 'dev' });
      const { condition, ...what } = placed.what;
      assert.doesNotMatch(String(condition), /x{36}/);
      assert.deepEqual(what, {
        action: id,
        kind: 'snapshot',
        file: 'src/order.ts',
        line: 12,
        expressions: ['order.total'],
        max_hits: 1,
        timeout_seconds: 60,
        overhead_percent: 1,
        runtimes: 1,
        ids: ['runtime-1'],
        services: ['shop'],
        environments: ['prod'],
      });
      assert.deepEqual([ended?.act, ended?.what['state'], ended?.what['hits']], ['action.end', 'completed', 1]);
      const stored = await harness.store.actions.hits('default', id, 0);
      assert.match(JSON.stringify(stored), /captured-text/);
      assert.doesNotMatch(JSON.stringify(await records(harness)), /captured-text/);
      assert.deepEqual((await engine.controls.audit.verify('default')).flaw, undefined);
    },
  );

  test(proves('audit:told', 'has what was refused, too'), async (t) => {
    const harness = await startEngine(t);
    await harness.attach('1');
    await harness.engine.controls.policy.set('default', { read_only: true }, 0);
    await assert.rejects(harness.engine.actions.place(developer, SHOP, spec));
    const viewer = { ...developer, role: 'viewer' } as const;
    await assert.rejects(harness.engine.actions.place(viewer, SHOP, spec));
    await harness.engine.controls.policy.set('default', { limits: { max_hits: 1 } }, 1);
    await assert.rejects(harness.engine.actions.place(developer, SHOP, { ...spec, maxHits: 2 }));
    const refused = (await records(harness)).map(({ act, what }) => [act, what['code']]);
    assert.deepEqual(refused, [
      ['action.refuse', 'BLOCKED_BY_POLICY'],
      ['action.refuse', 'FORBIDDEN'],
      ['action.refuse', 'LIMIT_EXCEEDED'],
    ]);
  });

  test(proves('audit:ahead', 'that cannot be written lets nothing happen'), async (t) => {
    const harness = await startEngine(t);
    const { engine, store } = harness;
    const { peer } = await harness.attach('1');
    await engine.actions.place(developer, SHOP, spec);
    await peer.next('arm');
    // Somebody with the store moves the head, and has not the key.
    const ends = await store.audit.ends('default');
    assert.ok(ends);
    const forged = { ...ends.head, sequence: ends.head.sequence + 1, mac: 'f'.repeat(64) };
    const entry = { sequence: forged.sequence, at: 1, text: '{}', mac: forged.mac };
    assert.ok(await store.audit.append('default', ends.head.sequence, [entry], { ...ends, head: forged }));
    for (const attempt of [
      () => engine.actions.place(developer, SHOP, spec),
      () => engine.actions.inspect(developer, SHOP, spec.place),
    ]) {
      await assert.rejects(attempt, { code: 'UNAVAILABLE' });
    }
    assert.equal((await store.actions.live()).length, 1);
    assert.equal(peer.received.filter(({ type }) => type === 'arm' || type === 'inspect').length, 0);
    const usage = await engine.controls.quotas.usage('default');
    assert.equal(usage.find(({ quota }) => quota === 'actions an hour')?.used, 1, 'the quota was given back');
    const { flaw } = await engine.controls.audit.verify('default');
    assert.equal(flaw?.sequence, forged.sequence);
  });

  test('is one chain, whoever writes it: a broker and a command beside it', async (t) => {
    const harness = await startEngine(t);
    const beside = await controlsBeside(t, harness);
    const writers = [harness.engine.controls.audit, beside.audit];
    const by = { kind: 'command', id: 'test' } as const;
    await Promise.all(
      Array.from({ length: 400 }, (_, n) => writers[n % 2]?.record('default', { act: 'user.create', by, what: { n } })),
    );
    const told = (await records(harness)).map(({ what }) => Number(what['n']));
    assert.deepEqual(
      told.toSorted((one, other) => one - other),
      Array.from({ length: 400 }, (_, n) => n),
    );
    for (const audit of writers) assert.deepEqual((await audit.verify('default')).flaw, undefined);
  });

  test(
    proves('audit:chain', 'finds what was taken away by an anchor, also where the head was put back as it was then'),
    async (t) => {
      const harness = await startEngine(t);
      const { audit } = harness.engine.controls;
      const by = { kind: 'command', id: 'test' } as const;
      const write = (n: number) => audit.record('default', { act: 'user.create', by, what: { n } });
      for (let n = 1; n <= 3; n++) await write(n);
      const { anchor } = await audit.verify('default');
      assert.equal(anchor.sequence, 3);
      await write(4);
      assert.deepEqual((await audit.verify('default', anchor)).flaw, undefined);
      assert.equal((await audit.verify('default', { sequence: 3, mac: 'a'.repeat(64) })).flaw?.sequence, 3);
      assert.equal((await audit.verify('default', { sequence: 9, mac: anchor.mac })).flaw?.sequence, 9);
      assert.equal((await audit.verify('other', anchor)).flaw?.sequence, 3);
    },
  );

  test(
    proves('audit:retention', 'is deleted from its beginning when it is too old, and what is left still holds'),
    async (t) => {
      const harness = await startEngine(t);
      const { audit } = harness.engine.controls;
      const by = { kind: 'command', id: 'test' } as const;
      const write = (n: number) => audit.record('default', { act: 'user.create', by, what: { n } });
      for (let n = 1; n <= 250; n++) await write(n);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const middle = Date.now();
      for (let n = 251; n <= 260; n++) await write(n);
      assert.equal(await audit.prune('default', middle), 250);
      assert.equal(await audit.prune('default', middle), 0);
      assert.equal((await records(harness)).length, 10);
      assert.deepEqual(await audit.verify('default').then(({ entries, flaw }) => [entries, flaw]), [10, undefined]);
      await write(261);
      assert.deepEqual((await audit.verify('default')).flaw, undefined);
      assert.equal(await audit.prune('default', Date.now() + 1), 11);
      await write(262);
      assert.deepEqual(
        (await records(harness)).map(({ what }) => what['n']),
        [262],
      );
      assert.deepEqual((await audit.verify('default')).flaw, undefined);
    },
  );
});

test(proves('audit:chain', 'a chain that came back as it was before goes on, and tells of it itself'), async (t) => {
  const harness = await startEngine(t);
  const { audit } = harness.engine.controls;
  const by = { kind: 'command', id: 'test' } as const;
  const write = (n: number) => audit.record('default', { act: 'user.create', by, what: { n } });
  for (let n = 1; n <= 2; n++) await write(n);
  const before = await harness.store.audit.ends('default');
  for (let n = 3; n <= 5; n++) await write(n);
  const { anchor } = await audit.verify('default');
  const file = new Libsql(join(harness.dataDir, 'borescope.db'));
  t.after(() => file.close());
  file.exec('DELETE FROM audit_entry WHERE sequence > 2');
  const { head } = before ?? assert.fail();
  file
    .prepare('UPDATE audit_chain SET head_sequence = ?, head_mac = ?, head_seal = ?')
    .run([head.sequence, head.mac, head.seal]);
  await write(6);
  const told = (await records(harness)).map(({ act, what }) => [act, what['n'] ?? what]);
  assert.deepEqual(told, [
    ['user.create', 1],
    ['user.create', 2],
    ['audit.loss', { head: 2, seen: 5, mac: anchor.mac }],
    ['user.create', 6],
  ]);
  await write(7);
  assert.equal((await records(harness)).length, 5, 'it is told once');
  assert.deepEqual((await audit.verify('default')).flaw, undefined);
  assert.equal((await audit.verify('default', anchor)).flaw?.sequence, 5, 'and an anchor finds it');
});
