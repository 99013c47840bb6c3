import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { AuditEnds, StoredAuditEntry } from '../../server/src/store/audit-store.ts';
import type { Store } from '../../server/src/store/store.ts';

const BASE = { sequence: 0, mac: '', seal: 'seal of 0' };

function entry(sequence: number): StoredAuditEntry {
  return { sequence, at: 1_000 + sequence, text: `{"n":${sequence},"odd":"ö \\" ☃"}`, mac: `mac-${sequence}` };
}

function from(first: number, count: number): StoredAuditEntry[] {
  return Array.from({ length: count }, (_, n) => entry(first + n));
}

function endAt(sequence: number) {
  return sequence === 0 ? BASE : { sequence, mac: `mac-${sequence}`, seal: `seal of ${sequence}` };
}

function endsAt(head: number, base = 0): AuditEnds {
  return { base: endAt(base), head: endAt(head) };
}

/** How every engine keeps chains of entries. `open` gives an empty store as two see it who use it at once; the suite closes both. */
export function auditConformance(name: string, open: () => Promise<readonly [Store, Store]>): void {
  describe(`the audit of the ${name} store`, () => {
    let here: Store;
    let there: Store;
    before(async () => {
      [here, there] = await open();
    });
    after(async () => {
      await here?.close();
      await there?.close();
    });

    test('entries come back in their order, word for word, page by page', async () => {
      assert.equal(await here.audit.ends('chain'), undefined);
      assert.deepEqual(await here.audit.read('chain', 0, 5), []);
      assert.equal(await here.audit.append('chain', 0, from(1, 3), endsAt(3)), true);
      assert.equal(await there.audit.append('chain', 3, from(4, 1), endsAt(4)), true);
      assert.deepEqual(await here.audit.ends('chain'), endsAt(4));
      assert.deepEqual(await here.audit.read('chain', 0, 10), from(1, 4));
      assert.deepEqual(await there.audit.read('chain', 1, 2), from(2, 2));
      assert.deepEqual(await there.audit.read('chain', 4, 2), []);
    });

    test('what is appended to another head than the one that is there is refused, and changes nothing', async () => {
      assert.equal(await here.audit.append('heads', 1, from(2, 1), endsAt(2)), false, 'there is no chain yet');
      assert.equal(await here.audit.ends('heads'), undefined);
      await here.audit.append('heads', 0, from(1, 2), endsAt(2));
      for (const expected of [0, 1, 3]) {
        const other = { ...entry(expected + 1), mac: 'other' };
        const ends = { base: BASE, head: { sequence: expected + 1, mac: 'other', seal: 'seal' } };
        assert.equal(await there.audit.append('heads', expected, [other], ends), false);
      }
      assert.deepEqual(await there.audit.ends('heads'), endsAt(2));
      assert.deepEqual(await there.audit.read('heads', 0, 10), from(1, 2));
    });

    test('the same once more, because its answer was lost, is answered alike and not appended again', async () => {
      await here.audit.append('again', 0, from(1, 2), endsAt(2));
      assert.equal(await there.audit.append('again', 0, from(1, 2), endsAt(2)), true);
      const forged = { ...endsAt(2), head: { ...endAt(2), mac: 'another' } };
      assert.equal(await there.audit.append('again', 0, from(1, 2), forged), false);
      assert.deepEqual(await there.audit.read('again', 0, 10), from(1, 2));
    });

    test('a gap, or a head that is not the last entry, is refused as a fault', async () => {
      const wrong = [
        [0, from(2, 1), 2],
        [0, from(1, 2), 3],
        [0, [entry(1), entry(3)], 3],
        [0, [], 0],
      ] as const;
      for (const [expected, entries, head] of wrong) {
        await assert.rejects(here.audit.append('gaps', expected, entries, endsAt(head)), RangeError);
      }
      assert.equal(await here.audit.ends('gaps'), undefined);
    });

    test('the chain of another organization is another one', async () => {
      await here.audit.append('mine', 0, from(1, 2), endsAt(2));
      assert.equal(await here.audit.ends('other'), undefined);
      assert.deepEqual(await here.audit.read('other', 0, 5), []);
      assert.equal(await here.audit.append('other', 2, from(3, 1), endsAt(3)), false);
      assert.equal(await here.audit.prune('other', endAt(1)), false);
      await here.audit.append('other', 0, from(1, 1), endsAt(1));
      assert.deepEqual(await there.audit.ends('mine'), endsAt(2));
      assert.deepEqual(await there.audit.ends('other'), endsAt(1));
    });

    test('of 50 who append to the same head at once one is told that it did, and nothing is lost when all go on', async () => {
      const append = async (store: Store, writer: number) => {
        for (let tries = 0; tries < 500; tries++) {
          const head = (await store.audit.ends('race'))?.head.sequence ?? 0;
          const mine = { ...entry(head + 1), text: `${writer}`, mac: `of ${writer}` };
          const ends = { base: BASE, head: { sequence: head + 1, mac: mine.mac, seal: 'seal' } };
          if (await store.audit.append('race', head, [mine], ends)) return;
        }
        assert.fail('it never came through');
      };
      await Promise.all(Array.from({ length: 50 }, (_, n) => append(n % 2 === 0 ? here : there, n)));
      const entries = await here.audit.read('race', 0, 100);
      assert.deepEqual(
        entries.map(({ sequence }) => sequence),
        Array.from({ length: 50 }, (_, n) => n + 1),
      );
      assert.equal(new Set(entries.map(({ text }) => text)).size, 50);
      assert.equal((await there.audit.ends('race'))?.head.sequence, 50);
    });

    test('what is pruned is gone up to the new base, and the chain goes on', async () => {
      await here.audit.append('prune', 0, from(1, 500), endsAt(500));
      assert.equal(await there.audit.prune('prune', endAt(501)), false, 'the head is before it');
      assert.equal(await there.audit.prune('prune', endAt(333)), true);
      for (const sequence of [333, 200]) assert.equal(await here.audit.prune('prune', endAt(sequence)), false);
      assert.deepEqual(await here.audit.ends('prune'), endsAt(500, 333));
      assert.deepEqual(await here.audit.read('prune', 0, 2), from(334, 2));
      assert.deepEqual(await here.audit.read('prune', 333, 500), from(334, 167));
      assert.equal(await here.audit.append('prune', 500, from(501, 1), endsAt(501)), true);
      assert.deepEqual(await there.audit.ends('prune'), endsAt(501, 333), 'the base is that of the pruning');
      assert.equal(await here.audit.prune('prune', endAt(501)), true);
      assert.deepEqual(await there.audit.read('prune', 0, 5), []);
      assert.equal(await there.audit.append('prune', 501, from(502, 1), endsAt(502)), true);
      assert.deepEqual(await here.audit.read('prune', 0, 5), from(502, 1));
      assert.equal(await here.audit.prune('none', endAt(0)), false);
    });
  });
}
