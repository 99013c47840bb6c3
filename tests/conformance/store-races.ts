import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Hit } from '@borescope/agent-protocol';
import type { Action } from '../../server/src/actions/action.ts';
import { isOver, nextAction, nextPlacement } from '../../server/src/actions/state-machine.ts';
import { type Store, TooManyActions } from '../../server/src/store/store.ts';
import { proves } from '../proves.ts';
import { accept, action, attach, captured, end, hit, placement, runtime, spec, token } from './store-samples.ts';

/**
 * What holds for every engine while much is asked at once and of odd shapes. `open` gives an empty store as two brokers see
 * it: the same one twice where only one broker can use it. The suite closes both.
 */
export function storeRaces(name: string, open: () => Promise<readonly [Store, Store]>): void {
  describe(`the ${name} store, asked at once`, () => {
    let here: Store;
    let there: Store;
    before(async () => {
      [here, there] = await open();
    });
    after(async () => {
      await here?.close();
      await there?.close();
    });

    /** `count` times, by turns at the two brokers, all at once. */
    const atOnce = <T>(count: number, work: (store: Store, n: number) => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: count }, (_, n) => work(n % 2 === 0 ? here : there, n)));

    const race =
      '20 runtimes at two brokers race for 50 hits: exactly 50 are stored, each once, in the order of each runtime';
    test(proves('limits:hits', race), async () => {
      const ids = Array.from({ length: 20 }, (_, n) => `race-${n}`);
      await here.actions.create(
        'org',
        action('race', { spec: { ...spec, maxHits: 50 } }),
        ids.map((id) => placement('race', id)),
      );
      const outcomes = await atOnce(20, async (store, n) => {
        const attached = await attach(store, ids[n] ?? '');
        const own = [];
        for (let sequence = 1; sequence <= 10; sequence++) own.push(await accept(store, 'race', attached, sequence));
        return own;
      });
      const accepted = outcomes.flat().flatMap((made) => (made.outcome === 'accepted' ? [made] : []));
      assert.equal(accepted.length, 50);
      assert.equal(accepted.filter(({ completed }) => completed).length, 1);
      const stored = await there.actions.hits('org', 'race', 0);
      assert.deepEqual(
        stored.map(({ number }) => number),
        Array.from({ length: 50 }, (_, n) => n + 1),
      );
      for (const id of ids) {
        const own = stored.filter((one) => one.runtime === id).map(({ sequence }) => sequence);
        assert.deepEqual(
          own,
          own.map((_, n) => n + 1),
        );
      }
    });

    test('of 20 that end an action at once, exactly one has ended it, and all see the same end', async () => {
      await here.actions.create('org', action('ends'), [placement('ends', 'runtime-e')]);
      let ended = 0;
      const answers = await atOnce(20, async (store, n) => {
        let mine = false;
        const answer = await store.actions.change('org', 'ends', (before) => {
          mine = !isOver(before);
          return nextAction(before, { type: 'cancel', at: 100 + n });
        });
        if (mine) ended += 1;
        return answer;
      });
      assert.equal(ended, 1);
      assert.equal(new Set(answers.map((answer) => answer?.endedAt)).size, 1);
    });

    test('20 placements that fail at once: each is noted, and exactly one is the last', async () => {
      const ids = Array.from({ length: 20 }, (_, n) => `fails-${n}`);
      await here.actions.create(
        'org',
        action('fails'),
        ids.map((id) => placement('fails', id)),
      );
      let ended = 0;
      await atOnce(20, async (store, n) => {
        let mine = false;
        await store.actions.changePlacement('org', 'fails', ids[n] ?? '', (step) => {
          const problem = { code: 'FILE_NOT_FOUND', message: 'no such file' } as const;
          const next = nextPlacement(step, { type: 'failed', problem, at: 9 });
          mine = isOver(next.action) && !isOver(step.action);
          return next;
        });
        if (mine) ended += 1;
      });
      const found = await there.actions.get('org', 'fails');
      assert.equal(ended, 1);
      assert.equal(found?.action.state, 'failed');
      assert.ok(found.placements.every(({ status }) => status === 'failed'));
    });

    test('100 runtimes that report at once, while hits come in, lose nothing of each other', async () => {
      const ids = Array.from({ length: 100 }, (_, n) => `told-${n}`);
      await here.actions.create(
        'org',
        action('told', { spec: { ...spec, maxHits: 50 } }),
        ids.map((id) => placement('told', id)),
      );
      const bound = { file: '/a.ts', line: 3, sourceLine: 'x' };
      await atOnce(100, async (store, n) => {
        const id = ids[n] ?? '';
        const report = store.actions.changePlacement('org', 'told', id, (step) =>
          nextPlacement(step, { type: 'armed', bound }),
        );
        if (n < 10) assert.equal((await accept(store, 'told', await attach(store, id), 1)).outcome, 'accepted');
        await report;
      });
      const found = await there.actions.get('org', 'told');
      assert.equal(found?.action.state, 'armed');
      assert.equal(found.action.hits, 10);
      assert.ok(found.placements.every(({ status, bound: at }) => status === 'armed' && at?.line === 3));
      assert.equal(found.placements.filter(({ lastSequence }) => lastSequence === 1).length, 10);
    });

    test('20 changes of one placement at once build upon each other', async () => {
      await here.actions.create('org', action('same'), [placement('same', 'runtime-same')]);
      await atOnce(20, (store) =>
        store.actions.changePlacement('org', 'same', 'runtime-same', ({ placement: before }) => {
          const cost = before.cost ?? { samples: 0, meanUs: 0, maxUs: 0, totalMs: 0 };
          return { placement: { ...before, cost: { ...cost, samples: cost.samples + 1 } } };
        }),
      );
      assert.equal((await there.actions.get('org', 'same'))?.placements[0]?.cost?.samples, 20);
    });

    test('the last hit and the deadline at once: one of them ends the action, and what was accepted is counted', async () => {
      for (let round = 0; round < 10; round++) {
        const id = `last-${round}`;
        await here.actions.create('org', action(id, { expiresAt: 50 }), [placement(id, 'runtime-last')]);
        const attached = await attach(there, 'runtime-last');
        let expired = false;
        const [outcome] = await Promise.all([
          there.actions.acceptHit('org', id, { ...hit('runtime-last', 1), epoch: attached.epoch, capturedAt: 1 }),
          here.actions.change('org', id, (before) => {
            expired = !isOver(before);
            return isOver(before) ? before : { ...before, state: 'expired', reason: 'its time was over', endedAt: 99 };
          }),
        ]);
        const found = (await here.actions.get('org', id))?.action;
        assert.equal(outcome.outcome === 'accepted', !expired);
        assert.equal(found?.state, expired ? 'expired' : 'completed');
        assert.equal(found.hits, expired ? 0 : 1);
        assert.equal((await there.actions.hits('org', id, 0)).length, found.hits);
      }
    });

    test('of 20 attachments of one runtime each has an epoch of its own, and only the newest counts', async () => {
      await here.actions.create('org', action('epochs', { spec: { ...spec, maxHits: 50 } }), [
        placement('epochs', 'runtime-ep'),
      ]);
      const attached = await atOnce(20, (store) => attach(store, 'runtime-ep'));
      const epochs = attached.map(({ epoch }) => epoch).sort((one, other) => one - other);
      assert.deepEqual(
        epochs,
        Array.from({ length: 20 }, (_, n) => n + 1),
      );
      const outcomes = await atOnce(20, async (store, n) => {
        const from = attached[n];
        assert.ok(from);
        return { epoch: from.epoch, ...(await accept(store, 'epochs', from, 1)) };
      });
      for (const { epoch, outcome } of outcomes) assert.equal(outcome, epoch === 20 ? 'accepted' : 'fenced');
    });

    test('a report and a newer attachment at once: it counts only where it came before, and the store says so', async () => {
      for (let round = 0; round < 10; round++) {
        const id = `over-${round}`;
        await here.actions.create('org', action(id), [placement(id, id)]);
        const { epoch } = await attach(here, id);
        const problem = { code: 'FILE_NOT_FOUND', message: 'no such file' } as const;
        const fail = (store: Store) =>
          store.actions.changePlacement(
            'org',
            id,
            id,
            (step) => nextPlacement(step, { type: 'failed', problem, at: 9 }),
            epoch,
          );
        const [first] = await Promise.all([fail(here), attach(there, id)]);
        assert.equal(await fail(here), 'fenced');
        assert.equal((await there.actions.get('org', id))?.action.state, first === 'fenced' ? 'queued' : 'failed');
      }
    });

    test('of 10 actions for the last free place of a runtime one is made', async () => {
      await atOnce(199, (store, n) =>
        store.actions.create('org', action(`place-${n}`), [placement(`place-${n}`, 'runtime-199')]),
      );
      const made = await atOnce(10, (store, n) =>
        store.actions
          .create('org', action(`more-${n}`), [placement(`more-${n}`, 'runtime-199')])
          .then(() => true)
          .catch((error: unknown) => {
            assert.ok(error instanceof TooManyActions);
            return false;
          }),
      );
      assert.equal(made.filter(Boolean).length, 1);
      assert.equal((await here.actions.liveOn('org', 'runtime-199')).length, 200);
    });

    test('brokers that need the pseudonym key of a day at once use the same', async () => {
      const keys = await atOnce(10, (store, n) => store.keys.pseudonymKey('org', '2026-11-21', `key-${n}`));
      assert.equal(new Set(keys).size, 1);
    });

    const revoked = 'a token that one broker revokes is revoked at the other with the next look-up';
    test(proves('tokens:revoked', revoked), async () => {
      await here.tokens.create('org', token('t-there'));
      assert.equal((await there.tokens.byHash('hash of t-there'))?.revokedAt, undefined);
      await here.tokens.revoke('org', 't-there', 5);
      assert.equal((await there.tokens.byHash('hash of t-there'))?.revokedAt, 5);
    });

    test('an action on 1,000 runtimes is made, armed, ended and read as one of a single runtime', async () => {
      const ids = Array.from({ length: 1_000 }, (_, n) => `wide-${String(n).padStart(3, '0')}`);
      await here.actions.create(
        'org',
        action('wide'),
        ids.map((id) => placement('wide', id)),
      );
      const attached = await attach(there, 'wide-500');
      assert.deepEqual(await accept(there, 'wide', attached, 1), { outcome: 'accepted', number: 1, completed: true });
      const found = await here.actions.get('org', 'wide');
      assert.deepEqual(
        found?.placements.map(({ runtime: { id } }) => id),
        ids,
      );
      for (const id of ['wide-000', 'wide-500', 'wide-999'])
        assert.deepEqual(await there.actions.liveOn('org', id), []);
    });

    test('a hit of the largest size and of every kind of character comes back as it went', async () => {
      const odd = 'a"\\\u0000\u0007\u2028\ud800 é 🜁 \r\n';
      const big: Hit = {
        ...captured,
        function: odd,
        variables: [{ name: odd, value: { type: 'string', value: odd + 'x'.repeat(64_000) }, scope: 'local' }],
      };
      await here.actions.create('org', action('big'), [placement('big', 'runtime-big')]);
      const { epoch } = await attach(here, 'runtime-big');
      await here.actions.acceptHit('org', 'big', { ...hit('runtime-big', 1), epoch, hit: big });
      assert.deepEqual((await there.actions.hits('org', 'big', 0))[0]?.hit, big);
    });

    test('organizations, actions and runtimes with odd names stay apart', async () => {
      const names = [
        'a',
        'a}',
        '{a}',
        'a}:action:x',
        'x}:action:y',
        'y',
        'a b',
        'ä',
        '%7D',
        '*',
        '../a',
        '__proto__',
        'A',
      ];
      for (const organization of names) {
        for (const id of names) {
          const made = action(id, { organization, createdBy: `${organization} ${id}` });
          await here.actions.create(organization, made, [placement(id, id)]);
        }
      }
      for (const organization of names) {
        const listed = await there.actions.list(organization, { limit: 50 });
        assert.deepEqual(listed.map(({ id }) => id).sort(), [...names].sort());
        for (const id of names) {
          const found = await there.actions.get(organization, id);
          assert.equal(found?.action.createdBy, `${organization} ${id}`);
          assert.deepEqual(
            found.placements.map(({ runtime: { id: at } }) => at),
            [id],
          );
          const live = await there.actions.liveOn(organization, id);
          assert.deepEqual(
            live.map(({ action: { createdBy } }) => createdBy),
            [`${organization} ${id}`],
          );
        }
      }
    });

    test('a list of many is given page by page, also where a filter lets few through', async () => {
      const of = 'many';
      const ids = Array.from({ length: 700 }, (_, n) => `act-${String(n).padStart(4, '0')}`);
      await atOnce(ids.length, (store, n) => {
        const id = ids[n] ?? '';
        const service = n % 100 === 0 ? 'rare' : 'shop';
        return store.actions.create(of, action(id, { organization: of }), [placement(id, `of-${n}`, { service })]);
      });
      const seen: string[] = [];
      for (let before: string | undefined; ; before = seen.at(-1)) {
        const page = await there.actions.list(of, { limit: 50, ...(before !== undefined && { before }) });
        seen.push(...page.map(({ id }) => id));
        if (page.length < 50) break;
      }
      assert.deepEqual(seen, ids.toReversed());
      const rare = await here.actions.list(of, { limit: 5, services: ['rare'] });
      assert.deepEqual(
        rare.map(({ id }) => id),
        ['act-0600', 'act-0500', 'act-0400', 'act-0300', 'act-0200'],
      );
      const rest = await here.actions.list(of, { limit: 5, services: ['rare'], before: 'act-0200' });
      assert.deepEqual(
        rest.map(({ id }) => id),
        ['act-0100', 'act-0000'],
      );
      assert.deepEqual(await here.actions.list(of, { limit: 5, state: 'completed' }), []);
    });

    test('what two brokers delete at once is deleted once, with its hits, and the states that it was listed by', async () => {
      const of = 'gone';
      const states = ['completed', 'expired', 'cancelled', 'failed'] as const satisfies readonly Action['state'][];
      await atOnce(120, (store, n) => {
        const state = states[n % 4] ?? 'failed';
        const id = `gone-${n}`;
        return store.actions.create(of, action(id, { organization: of, state, endedAt: 2 }), []);
      });
      let deleted = 0;
      for (let some = 1; some > 0; ) {
        some = (await atOnce(2, (store) => store.actions.expire(3))).reduce((sum, count) => sum + count, 0);
        deleted += some;
      }
      assert.equal(deleted, 120);
      assert.deepEqual(await there.actions.list(of, { limit: 5 }), []);
      for (const state of states) assert.deepEqual(await there.actions.list(of, { limit: 5, state }), []);
    });

    test('a state has its own list, from queued to the end', async () => {
      const of = 'states';
      await here.actions.create(of, action('s-1', { organization: of }), [placement('s-1', 'runtime-s')]);
      const ids = async (state: Action['state']) =>
        (await there.actions.list(of, { limit: 5, state })).map(({ id }) => id);
      assert.deepEqual(await ids('queued'), ['s-1']);
      await here.actions.changePlacement(of, 's-1', 'runtime-s', (step) => nextPlacement(step, { type: 'pending' }));
      assert.deepEqual([await ids('queued'), await ids('armed')], [[], ['s-1']]);
      await here.actions.change(of, 's-1', end);
      assert.deepEqual([await ids('armed'), await ids('cancelled')], [[], ['s-1']]);
      const { epoch } = await attach(here, 'runtime-s', of);
      await here.actions.create(of, action('s-2', { organization: of }), [placement('s-2', 'runtime-s')]);
      await there.actions.acceptHit(of, 's-2', { ...hit('runtime-s', 1), epoch });
      assert.deepEqual([await ids('queued'), await ids('completed')], [[], ['s-2']]);
    });

    test('what one broker attaches and lets go the other lists at once', async () => {
      const first = await attach(here, 'runtime-d1', 'both');
      assert.deepEqual(await there.runtimes.list('both'), [first]);
      assert.deepEqual(await here.runtimes.list('both'), [first]);
      const second = await here.runtimes.attach('both', runtime('runtime-d2'), 'elsewhere', 11);
      assert.deepEqual(await there.runtimes.list('both'), [first, second]);
      await there.runtimes.detach('both', 'runtime-d1', first.epoch, 12);
      assert.deepEqual(await here.runtimes.list('both'), [second]);
      const again = await there.runtimes.attach('both', runtime('runtime-d2'), 'third', 13);
      assert.deepEqual(await here.runtimes.list('both'), [again]);
    });
  });
}
