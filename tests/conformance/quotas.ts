import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { QuotaNeed, QuotaReturn } from '../../server/src/store/quota-store.ts';
import type { Store } from '../../server/src/store/store.ts';

const HOUR = 3_600_000;
/** The beginning of an hour. */
const START = Math.floor(Date.now() / HOUR) * HOUR;

const window = (over: object = {}) =>
  ({ kind: 'window', name: 'actions', amount: 1, limit: 3, windowMs: HOUR, ...over }) satisfies QuotaNeed;
const bucket = (over: object = {}) =>
  ({ kind: 'bucket', name: 'calls', amount: 1, limit: 4, perSecond: 2, ...over }) satisfies QuotaNeed;
const lease = (id: string, over: object = {}) =>
  ({ kind: 'lease', name: 'live', id, until: START + 60_000, limit: 2, ...over }) satisfies QuotaNeed;

/** How every engine counts. `open` gives an empty store as two see it who use it at once; the suite closes both. */
export function quotaConformance(name: string, open: () => Promise<readonly [Store, Store]>): void {
  describe(`quotas of the ${name} store`, () => {
    let here: Store;
    let there: Store;
    before(async () => {
      [here, there] = await open();
    });
    after(async () => {
      await here?.close();
      await there?.close();
    });

    /** By turns at the two. */
    const atOnce = <T>(count: number, work: (store: Store, n: number) => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: count }, (_, n) => work(n % 2 === 0 ? here : there, n)));
    const take = (of: string, needs: readonly QuotaNeed[], now = START) => here.quotas.take(of, needs, now);
    const used = (of: string, needs: readonly QuotaNeed[], now = START) => there.quotas.used(of, needs, now);

    test('a window gives what its span has, tells what is left, and is new with the next span', async () => {
      assert.equal(await take('span', [window({ amount: 2 })], START + 5), undefined);
      const refusal = { need: 0, left: 1, retryAt: START + HOUR };
      assert.deepEqual(await take('span', [window({ amount: 2 })], START + HOUR - 1), refusal);
      assert.equal(await take('span', [window()], START + HOUR - 1), undefined);
      assert.deepEqual(await take('span', [window()], START + HOUR - 1), { ...refusal, left: 0 });
      assert.equal(await take('span', [window({ amount: 0 })], START + HOUR - 1), undefined);
      assert.deepEqual(await used('span', [window()], START + HOUR - 1), [3]);
      assert.deepEqual(await used('span', [window()], START + HOUR), [0]);
      assert.equal(await take('span', [window({ amount: 3 })], START + HOUR), undefined);
      assert.deepEqual(await take('span', [window({ amount: 4 })], START + 2 * HOUR), {
        need: 0,
        left: 3,
        retryAt: START + 3 * HOUR,
      });
    });

    test('a limit that was lowered below what is used leaves nothing, and no less than that', async () => {
      await take('lowered', [window({ amount: 3 })]);
      assert.equal((await take('lowered', [window({ limit: 1 })]))?.left, 0);
      await take('lowered', [bucket({ amount: 4 })]);
      assert.equal((await take('lowered', [bucket({ limit: 1 })]))?.left, 0);
      await take('lowered', [lease('a'), lease('b')]);
      assert.equal((await take('lowered', [lease('c', { limit: 1 })]))?.left, 0);
      assert.equal(await take('lowered', [lease('a', { limit: 1 })]), undefined, 'who has it keeps it');
    });

    test('a bucket is full at first, and what is taken runs in again evenly', async () => {
      assert.equal(await take('bucket', [bucket({ amount: 4 })]), undefined);
      assert.deepEqual(await take('bucket', [bucket()]), { need: 0, left: 0, retryAt: START + 500 });
      assert.deepEqual(await take('bucket', [bucket()], START + 499), { need: 0, left: 0, retryAt: START + 500 });
      assert.deepEqual(await here.quotas.used('bucket', [bucket()], START + 499), [4], 'rounded up');
      assert.equal(await take('bucket', [bucket()], START + 500), undefined);
      assert.deepEqual(await take('bucket', [bucket({ amount: 3 })], START + 1_750), {
        need: 0,
        left: 2,
        retryAt: START + 2_000,
      });
      assert.equal(await take('bucket', [bucket({ amount: 3 })], START + 2_000), undefined);
      assert.deepEqual(await here.quotas.used('bucket', [bucket()], START + 60_000), [0], 'no more than full');
      assert.equal(await take('bucket', [bucket({ amount: 4 })], START + 60_000), undefined);
      assert.equal((await take('bucket', [bucket()], START + 60_000))?.left, 0);
      assert.equal((await take('bucket', [bucket()], START))?.left, 0, 'a clock that goes back brings nothing');
      assert.equal((await take('bucket', [bucket({ amount: 5 })], START + HOUR))?.left, 4);
    });

    test('while the clock is back nothing runs into a bucket a second time', async () => {
      const later = START + 10_000;
      await take('clock', [bucket({ amount: 3 })], later);
      assert.equal(await take('clock', [bucket()], START), undefined);
      assert.deepEqual(await here.quotas.used('clock', [bucket()], later), [4]);
      assert.deepEqual(await here.quotas.used('clock', [bucket()], later + 1_000), [2]);
    });

    test('a bucket gives exactly its rate over a long time, whenever it is asked', async () => {
      const slow = bucket({ limit: 5, perSecond: 3 });
      let taken = 0;
      for (let at = START; at <= START + 20_000; at += 70)
        if ((await take('rate', [slow], at)) === undefined) taken += 1;
      assert.equal(taken, 5 + Math.floor((3 * 19_950) / 1_000));
    });

    test('a lease is held until it is given back or its time is over; who has it takes no other', async () => {
      const first = { until: START + 10_000 };
      assert.equal(await take('lease', [lease('a', first)]), undefined);
      assert.equal(await take('lease', [lease('b')]), undefined);
      assert.deepEqual(await take('lease', [lease('c')]), { need: 0, left: 0, retryAt: START + 10_000 });
      assert.equal(await take('lease', [lease('a', { until: START + 20_000 })]), undefined);
      assert.equal(await take('lease', [lease('a', { until: START + 5_000 })]), undefined, 'it does not get shorter');
      assert.deepEqual(await used('lease', [lease('')]), [2]);
      assert.deepEqual(await take('lease', [lease('c')], START + 19_999), {
        need: 0,
        left: 0,
        retryAt: START + 20_000,
      });
      assert.equal(await take('lease', [lease('c')], START + 20_000), undefined);
      const back = [{ kind: 'lease', name: 'live', id: 'b' }] as const;
      assert.equal(await here.quotas.give('lease', back, START + 60_000), false, 'its time is over');
      assert.equal(await here.quotas.give('lease', back, START + 20_000), true);
      assert.equal(await there.quotas.give('lease', back, START + 20_000), false, 'it was given back');
      assert.deepEqual(await used('lease', [lease('')], START + 20_000), [1]);
      assert.equal(await take('lease', [lease('d')], START + 20_000), undefined);
      assert.deepEqual(await take('lease', [lease('e', { limit: 0 })], START + 20_000), {
        need: 0,
        left: 0,
        retryAt: START + 60_000,
      });
    });

    test('all needs are met or none, and the first that is not is told', async () => {
      const none = [window({ name: 'one' }), lease('x'), bucket({ name: 'two' })];
      assert.deepEqual(await take('all', [...none, window({ amount: 4 }), window({ name: 'more', amount: 9 })]), {
        need: 3,
        left: 3,
        retryAt: START + HOUR,
      });
      assert.deepEqual(await take('all', [...none, bucket({ amount: 5 })]), { need: 3, left: 4, retryAt: START + 500 });
      assert.deepEqual(await here.quotas.used('all', none, START), [0, 0, 0]);
      assert.equal(await take('all', []), undefined);
      assert.equal(await take('all', [...none, window({ amount: 3 })]), undefined);
      assert.deepEqual(await here.quotas.used('all', none, START), [1, 1, 1]);
    });

    test('several needs of one counter count together', async () => {
      const refused = { need: 1, left: 1, retryAt: START + HOUR };
      assert.deepEqual(await take('twice', [window({ amount: 2 }), window({ amount: 2 })]), refused);
      assert.equal((await take('twice', [bucket({ amount: 3 }), bucket({ amount: 2 })]))?.need, 1);
      assert.equal((await take('twice', [lease('a'), lease('b'), lease('a'), lease('c')]))?.need, 3);
      assert.equal(
        await take('twice', [
          window({ amount: 1 }),
          window({ amount: 2 }),
          bucket({ amount: 2 }),
          bucket({ amount: 2 }),
          lease('a', { until: START + 9_000 }),
          lease('b'),
          lease('a', { until: START + 7_000 }),
        ]),
        undefined,
      );
      assert.deepEqual(await here.quotas.used('twice', [window(), bucket(), lease('')], START), [3, 4, 2]);
      assert.equal((await take('twice', [lease('c')], START + 8_999))?.retryAt, START + 9_000);
    });

    test('what is given back can be taken again, but not of a span that is over, and never below nothing', async () => {
      const back = (over: object = {}) =>
        ({ kind: 'window', name: 'actions', amount: 2, windowMs: HOUR, at: START + 7, ...over }) satisfies QuotaReturn;
      await take('back', [window({ amount: 3 })]);
      await here.quotas.give('back', [back()], START + HOUR - 1);
      assert.deepEqual(await used('back', [window()]), [1]);
      await here.quotas.give('back', [back(), back({ name: 'never' })], START + 9);
      assert.deepEqual(await used('back', [window()]), [0]);
      await take('back', [window({ amount: 3 })]);
      await here.quotas.give('back', [back()], START + HOUR);
      assert.deepEqual(await used('back', [window()]), [3]);
      await take('back', [window({ amount: 3 })], START + HOUR);
      await here.quotas.give('back', [back()], START + HOUR);
      assert.deepEqual(await used('back', [window()], START + HOUR), [3]);
    });

    test('what is given back with a lease counts once, whoever gives it back how often', async () => {
      await take('once', [window({ amount: 3 }), lease('a'), lease('b')]);
      const back = (id: string) =>
        [
          { kind: 'window', name: 'actions', amount: 1, windowMs: HOUR, at: START },
          { kind: 'lease', name: 'live', id },
        ] as const;
      assert.equal(await there.quotas.give('once', [...back('a'), ...back('none')], START), false);
      assert.deepEqual(await used('once', [window(), lease('')]), [3, 2], 'all or nothing');
      const given = await atOnce(10, (store) => store.quotas.give('once', back('a'), START));
      assert.equal(given.filter(Boolean).length, 1);
      assert.deepEqual(await used('once', [window(), lease('')]), [2, 1]);
      assert.equal(await here.quotas.give('once', [], START), true);
    });

    test('counters of other names, lengths and organizations are others', async () => {
      const names = ['a', 'a:b', '1:a', 'a}', '@sign-in', 'ä ☃', '__proto__'];
      for (const organization of names) {
        for (const name of names) {
          const needs = [window({ name, amount: 3 }), window({ name, windowMs: 1_000, amount: 3 })];
          assert.equal(await take(organization, [...needs, lease(name, { name }), lease('b', { name })]), undefined);
          assert.deepEqual(await used(organization, [...needs, lease('', { name })]), [3, 3, 2]);
        }
      }
      await here.quotas.give('a', [{ kind: 'lease', name: 'a', id: 'b' }], START);
      assert.deepEqual(await used('a:b', [lease('', { name: 'a' })]), [2]);
    });

    test('numbers that nothing can be reckoned with are refused as a fault', async () => {
      const wrong = [
        window({ amount: -1 }),
        window({ amount: 0.5 }),
        window({ amount: Number.NaN }),
        window({ limit: Number.POSITIVE_INFINITY }),
        window({ windowMs: 0 }),
        bucket({ perSecond: 0 }),
        bucket({ perSecond: Number.NaN }),
        lease('a', { until: 1.5 }),
      ];
      for (const need of wrong) {
        await assert.rejects(take('wrong', [need]), RangeError);
        await assert.rejects(used('wrong', [need]), RangeError);
      }
      const back = { kind: 'window', name: 'a', amount: -1, windowMs: HOUR, at: START } as const;
      await assert.rejects(here.quotas.give('wrong', [back], START), RangeError);
    });

    test('50 at once at the last of a window and of the leases: never one over, and nobody is refused in vain', async () => {
      const both = (n: number) => [window({ limit: 20 }), lease(`lease-${n}`, { limit: 20 })];
      const answers = await atOnce(50, (store, n) => store.quotas.take('race', both(n), START));
      assert.equal(answers.filter((answer) => answer === undefined).length, 20);
      for (const answer of answers) assert.ok(answer === undefined || (answer.need === 0 && answer.left === 0));
      assert.deepEqual(await used('race', both(0)), [20, 20]);
      await atOnce(20, (store) =>
        store.quotas.give('race', [{ kind: 'window', name: 'actions', amount: 1, windowMs: HOUR, at: START }], START),
      );
      const again = await atOnce(50, (store, n) => store.quotas.take('race', both(n), START));
      const taken = again.filter((answer) => answer === undefined).length;
      // Those who hold a lease already take of the window only.
      assert.ok(taken <= 20);
      assert.deepEqual(await used('race', both(0)), [taken, 20]);
    });

    test('50 at once at the last token of a bucket: never one over', async () => {
      const full = bucket({ limit: 20, perSecond: 1 });
      const answers = await Promise.all(Array.from({ length: 50 }, () => take('bucket race', [full])));
      assert.equal(answers.filter((answer) => answer === undefined).length, 20);
      const mixed = () => [bucket({ limit: 20, perSecond: 1 }), window({ name: 'mixed', limit: 1_000 })];
      const more = await Promise.all(Array.from({ length: 50 }, () => take('mixed race', mixed())));
      assert.equal(more.filter((answer) => answer === undefined).length, 20);
      assert.deepEqual(await used('mixed race', [window({ name: 'mixed' })]), [20], 'and nothing else was taken');
    });

    test('counters that say nothing any more are forgotten in batches, and no others', async () => {
      const names = Array.from({ length: 600 }, (_, n) => `old-${n}`);
      await atOnce(600, (store, n) => {
        const old = names[n] ?? '';
        return store.quotas.take(
          'old',
          [window({ name: old }), lease(old, { name: old }), bucket({ name: old })],
          START,
        );
      });
      await take('old', [window({ name: 'day', windowMs: 24 * HOUR }), lease('stays', { until: START + 3 * HOUR })]);
      for (let turns = 0; (await here.quotas.expire(START + HOUR)) > 0; turns++) assert.ok(turns < 100, 'it ends');
      assert.equal(await here.quotas.expire(START + HOUR), 0);
      const stays = [window({ name: 'day', windowMs: 24 * HOUR }), lease('')];
      assert.deepEqual(await used('old', stays, START + HOUR), [1, 1]);
      assert.equal(await take('old', [window({ name: 'old-7' })], START + HOUR), undefined);
    });
  });
}
