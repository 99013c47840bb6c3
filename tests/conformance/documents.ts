import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Store } from '../../server/src/store/store.ts';
import { until } from '../live/until.ts';

/** How every engine keeps documents. `open` gives an empty store as two see it who use it at once; the suite closes both. */
export function documentConformance(name: string, open: () => Promise<readonly [Store, Store]>): void {
  describe(`documents of the ${name} store`, () => {
    let here: Store;
    let there: Store;
    before(async () => {
      [here, there] = await open();
    });
    after(async () => {
      await here?.close();
      await there?.close();
    });

    const put = (of: string, id: string, expected = 0, over: { n?: number; expiresAt?: number } = {}) => {
      const { n = 1, ...rest } = over;
      return here.documents.put(of, 'policy', { id, value: { n }, ...rest }, expected);
    };
    const idsOf = async (of: string, page: { after?: string; limit: number } = { limit: 100 }) =>
      (await there.documents.list(of, 'policy', page)).map(({ id }) => id);

    test('come back as they were put, with the version that each change has raised', async () => {
      const value = { name: 'ö "\\ \u0000 ☃', list: [1, [2], null], nested: { __proto__x: true, empty: {} } };
      assert.deepEqual(await here.documents.put('back', 'user', { id: 'a', value }, 0), { id: 'a', value, version: 1 });
      assert.deepEqual(await there.documents.get('back', 'user', 'a'), { id: 'a', value, version: 1 });
      const later = Date.now() + 60_000;
      const changed = await there.documents.put('back', 'user', { id: 'a', value: {}, expiresAt: later }, 1);
      assert.deepEqual(changed, { id: 'a', value: {}, version: 2, expiresAt: later });
      assert.deepEqual(await here.documents.get('back', 'user', 'a'), changed);
      assert.deepEqual(await here.documents.list('back', 'user', { limit: 5 }), [changed]);
      const kept = await here.documents.put('back', 'user', { id: 'a', value: { n: 3 } }, 2);
      assert.deepEqual(await there.documents.get('back', 'user', 'a'), kept, 'it has no end any more');
      assert.deepEqual(kept, { id: 'a', value: { n: 3 }, version: 3 });
    });

    test('a change from another version than the one that is there is refused, and changes nothing', async () => {
      assert.equal(await put('versions', 'a', 1), undefined, 'there is none yet');
      const first = await put('versions', 'a');
      for (const expected of [0, 2]) assert.equal(await put('versions', 'a', expected, { n: 9 }), undefined);
      assert.deepEqual(await there.documents.get('versions', 'policy', 'a'), first);
      assert.equal(await there.documents.remove('versions', 'policy', 'a', 2), false);
      assert.equal(await there.documents.remove('versions', 'policy', 'a', 1), true);
      assert.equal(await there.documents.remove('versions', 'policy', 'a'), false, 'it is gone');
      assert.equal(await here.documents.get('versions', 'policy', 'a'), undefined);
      assert.equal((await put('versions', 'a'))?.version, 1, 'versions begin anew');
      assert.equal(await there.documents.remove('versions', 'policy', 'a'), true);
      assert.deepEqual(await idsOf('versions'), []);
    });

    test('of 50 who change the same version at once one has changed it', async () => {
      await put('race', 'a');
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          (n % 2 === 0 ? here : there).documents.put('race', 'policy', { id: 'a', value: { n } }, 1),
        ),
      );
      const made = answers.filter((answer) => answer !== undefined);
      assert.equal(made.length, 1);
      assert.deepEqual(await there.documents.get('race', 'policy', 'a'), made[0]);
    });

    test('what one has put, changed or removed the other reads at once, also where it has read before', async () => {
      const get = () => there.documents.get('seen', 'policy', 'a');
      assert.equal(await get(), undefined);
      assert.deepEqual(await idsOf('seen'), []);
      for (const n of [1, 2, 3]) {
        await put('seen', 'a', n - 1, { n });
        assert.deepEqual((await get())?.value, { n });
        assert.deepEqual((await there.documents.list('seen', 'policy', { limit: 9 }))[0]?.value, { n });
      }
      await here.documents.remove('seen', 'policy', 'a');
      assert.equal(await get(), undefined);
      assert.deepEqual(await idsOf('seen'), []);
    });

    test('kinds and organizations stay apart, whatever they are named', async () => {
      const names = ['a', 'a:b', 'b', 'a}', '{a}', '@oauth', '%3A', 'a b', 'ä☃', '__proto__', 'A', '*'];
      for (const organization of names.slice(0, 6)) {
        for (const kind of names) {
          for (const id of names) {
            const value = { organization, kind, id };
            assert.ok(await here.documents.put(organization, kind, { id, value, expiresAt: Date.now() + 60_000 }, 0));
          }
        }
      }
      for (const organization of names.slice(0, 6)) {
        for (const kind of names) {
          const listed = await there.documents.list(organization, kind, { limit: 50 });
          assert.deepEqual(listed.map(({ value }) => value.id).sort(), [...names].sort());
          for (const { id, value } of listed) assert.deepEqual(value, { organization, kind, id });
        }
      }
      assert.equal(await there.documents.remove('a', 'a', 'b:b'), false);
      assert.equal(await there.documents.remove('a', 'a', 'a'), true);
      assert.ok(await here.documents.get('a', 'A', 'a'));
      assert.ok(await here.documents.get('b', 'a', 'a'));
      assert.equal(await here.documents.get('none', 'a', 'a'), undefined);
      assert.equal(await here.documents.put('none', 'a', { id: 'a', value: {} }, 1), undefined);
      assert.equal(await here.documents.remove('none', 'a', 'a'), false);
    });

    test('are listed in the order of their ids, page by page', async () => {
      const ids = Array.from({ length: 450 }, (_, n) => `doc-${String(n).padStart(3, '0')}`);
      await Promise.all(ids.toReversed().map((id) => put('pages', id)));
      assert.deepEqual(await idsOf('pages', { limit: 450 }), ids);
      const seen: string[] = [];
      for (let after: string | undefined; ; after = seen.at(-1)) {
        const page = await idsOf('pages', { limit: 100, ...(after !== undefined && { after }) });
        seen.push(...page);
        if (page.length < 100) break;
      }
      assert.deepEqual(seen, ids);
      assert.deepEqual(await idsOf('pages', { after: 'doc-0075', limit: 1 }), ['doc-008']);
      assert.deepEqual(await idsOf('pages', { after: 'doc-449', limit: 1 }), []);
    });

    test('that have expired are not there for any function, and their room is given back', async () => {
      const soon = Date.now() + 300;
      const many = Array.from({ length: 250 }, (_, n) => `soon-${String(n).padStart(3, '0')}`);
      await Promise.all(many.map((id) => put('expiry', id, 0, { expiresAt: soon })));
      await put('expiry', 'stays', 0, { expiresAt: soon + 60_000 });
      await put('expiry', 'for-ever');
      await put('expiry', 'revived', 0, { expiresAt: soon });
      assert.ok(await put('expiry', 'revived', 1));
      if (Date.now() < soon) assert.equal((await there.documents.get('expiry', 'policy', 'soon-000'))?.version, 1);
      await until(async () => (await there.documents.get('expiry', 'policy', 'soon-000')) === undefined);
      assert.deepEqual(await idsOf('expiry', { limit: 2 }), ['for-ever', 'revived'], 'a page is not shorter for it');
      assert.deepEqual(await idsOf('expiry', { after: 'revived', limit: 2 }), ['stays']);
      assert.equal(await put('expiry', 'soon-001', 1), undefined);
      assert.equal(await here.documents.remove('expiry', 'policy', 'soon-001'), false);
      assert.equal((await put('expiry', 'soon-001'))?.version, 1);

      assert.ok((await put('expiry', 'long-ago', 0, { expiresAt: soon - 60_000 })) !== undefined);
      assert.equal(await there.documents.get('expiry', 'policy', 'long-ago'), undefined);
      let forgotten = 0;
      for (let some = 1; some > 0; forgotten += some) some = await here.documents.expire(Date.now());
      assert.ok(forgotten >= 250, `${forgotten} were given back`);
      assert.deepEqual(await idsOf('expiry'), ['for-ever', 'revived', 'soon-001', 'stays']);
      assert.equal(await there.documents.expire(Date.now()), 0);
    });
  });
}
