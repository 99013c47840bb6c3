import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RuntimeDescription } from '@borescope/agent-protocol';
import type { Action } from '../../server/src/actions/action.ts';
import { nextPlacement, type PlacementEvent } from '../../server/src/actions/state-machine.ts';
import { type Store, TooManyActions } from '../../server/src/store/store.ts';
import {
  accept,
  action,
  attach,
  captured,
  end,
  hit,
  hitAction,
  placement,
  runtime,
  spec,
  token,
} from './store-samples.ts';

/** What every engine of the store does alike. `open` gives an empty store; the suite closes it. */
export function storeConformance(name: string, open: () => Promise<Store>): void {
  describe(`the ${name} store`, () => {
    let store: Store;
    before(async () => {
      store = await open();
    });
    after(() => store.close());

    describe('organizations', () => {
      test('the default one exists from the start', async () => {
        assert.equal((await store.organizations.byName('default'))?.name, 'default');
      });

      test('a name is given once', async () => {
        const first = { id: 'o-twice-1', name: 'twice', createdAt: 1 };
        assert.deepEqual(await store.organizations.create(first), first);
        assert.equal(await store.organizations.create({ ...first, id: 'o-twice-2' }), undefined);
        assert.deepEqual(await store.organizations.byName('twice'), first);
        assert.ok((await store.organizations.list()).some((organization) => organization.name === 'twice'));
      });
    });

    describe('tokens', () => {
      test('come back as they were stored, by hash and by id', async () => {
        const full = token('t-full', { services: ['a'], environments: [], expiresAt: 9, lastUsedAt: 3 });
        const bare = token('t-bare');
        await store.tokens.create('org', full);
        await store.tokens.create('org', bare);
        assert.deepEqual(await store.tokens.byHash(full.hash), full);
        assert.deepEqual(await store.tokens.get('org', 't-bare'), bare);
        assert.deepEqual(await store.tokens.byHash('no such hash'), undefined);
      });

      test('another organization finds, lists, revokes and changes nothing', async () => {
        const mine = token('t-mine');
        await store.tokens.create('org', mine);
        assert.equal(await store.tokens.get('other', 't-mine'), undefined);
        assert.deepEqual(await store.tokens.list('other'), []);
        assert.equal(await store.tokens.revoke('other', 't-mine', 5), undefined);
        assert.equal(await store.tokens.setExpiry('other', 't-mine', 5), undefined);
        await store.tokens.used('other', 't-mine', 5);
        assert.deepEqual(await store.tokens.get('org', 't-mine'), mine);
      });

      test('a second revocation keeps the time of the first', async () => {
        await store.tokens.create('org', token('t-revoked'));
        assert.equal((await store.tokens.revoke('org', 't-revoked', 5))?.revokedAt, 5);
        assert.equal((await store.tokens.revoke('org', 't-revoked', 6))?.revokedAt, 5);
      });

      test('expiry and last use are recorded', async () => {
        await store.tokens.create('org', token('t-used'));
        await store.tokens.used('org', 't-used', 7);
        assert.deepEqual(
          await store.tokens.setExpiry('org', 't-used', 8),
          token('t-used', { lastUsedAt: 7, expiresAt: 8 }),
        );
      });
    });

    describe('actions', () => {
      test('come back as they were stored, with their placements in the order of the runtimes', async () => {
        const made = action('a-back', { spec: { ...spec, condition: 'x > 1', expressions: ['x'] } });
        const placements = [placement('a-back', 'runtime-b2'), placement('a-back', 'runtime-b1')];
        await store.actions.create('org', made, placements);
        const found = await store.actions.get('org', 'a-back');
        assert.deepEqual(found?.action, made);
        assert.deepEqual(found?.placements, placements.reverse());
      });

      test('another organization sees nothing of it, and cannot change it', async () => {
        await store.actions.create('org', action('a-mine'), [placement('a-mine', 'runtime-m')]);
        await attach(store, 'runtime-m');
        await attach(store, 'runtime-m', 'other');
        assert.equal(await store.actions.get('other', 'a-mine'), undefined);
        assert.deepEqual(await store.actions.hits('other', 'a-mine', 0), []);
        assert.deepEqual(await store.actions.list('other', { limit: 50 }), []);
        assert.deepEqual(await store.actions.liveOn('other', 'runtime-m'), []);
        assert.equal(await store.actions.change('other', 'a-mine', end), undefined);
        assert.equal(await store.actions.changePlacement('other', 'a-mine', 'runtime-m', () => undefined), undefined);
        const taken = await store.actions.acceptHit('other', 'a-mine', { ...hit('runtime-m', 1), epoch: 1 });
        assert.deepEqual(taken, { outcome: 'closed' });
        assert.equal((await store.actions.get('org', 'a-mine'))?.action.hits, 0);
      });

      test('are listed newest first, page by page, by state, by maker, and by what the caller may see', async () => {
        const of = 'list';
        for (const id of ['1', '2', '3']) {
          await store.actions.create(of, action(id, { organization: of, createdBy: `token-${id}` }), [
            placement(id, 'runtime-l', { service: 'shop', environment: 'prod' }),
            ...(id === '3' ? [placement(id, 'runtime-k', { service: 'billing' })] : []),
          ]);
        }
        await store.actions.change(of, '2', end);
        const ids = async (filter: object) =>
          (await store.actions.list(of, { limit: 50, ...filter })).map(({ id }) => id);
        assert.deepEqual(await ids({}), ['3', '2', '1']);
        assert.deepEqual(await ids({ limit: 2 }), ['3', '2']);
        assert.deepEqual(await ids({ before: '2' }), ['1']);
        assert.deepEqual(await ids({ state: 'cancelled' }), ['2']);
        assert.deepEqual(await ids({ createdBy: 'token-1' }), ['1']);
        assert.deepEqual(await ids({ services: ['shop'] }), ['2', '1']);
        assert.deepEqual(await ids({ services: ['shop', 'billing'] }), ['3', '2', '1']);
        assert.deepEqual(await ids({ environments: ['prod'] }), ['2', '1']);
        assert.deepEqual(await ids({ environments: [] }), []);
      });

      test('late are live actions past a deadline, and those that no runtime has taken up for long', async () => {
        const made: [string, Partial<Action>][] = [
          ['a-late-1', { createdAt: 100, expiresAt: 900, state: 'armed' }],
          ['a-late-2', { createdAt: 200, expiresAt: 5_000 }],
          ['a-late-3', { createdAt: 300, expiresAt: 5_000, state: 'armed' }],
          ['a-late-4', { createdAt: 800, expiresAt: 5_000 }],
          ['a-late-5', { createdAt: 100, expiresAt: 800 }],
        ];
        for (const [id, over] of made) {
          await store.actions.create('late', action(id, { organization: 'late', ...over }), [
            placement(id, `on-${id}`),
          ]);
        }
        await store.actions.create('late-2', action('a-late-6', { organization: 'late-2', expiresAt: 850 }), [
          placement('a-late-6', 'on-a-late-6'),
        ]);
        await store.actions.change('late', 'a-late-5', end);
        const late = async (deadlineBefore: number, queuedBefore: number) =>
          (await store.actions.late({ deadlineBefore, queuedBefore }))
            .filter(({ organization }) => organization.startsWith('late'))
            .map(({ id }) => id);
        assert.deepEqual(await late(1_000, 0), ['a-late-6', 'a-late-1']);
        assert.deepEqual(await late(0, 500), ['a-late-6', 'a-late-2']);
        assert.deepEqual(await late(900, 0), ['a-late-6']);
        assert.deepEqual(await late(0, 0), []);
      });

      test('a change is read and written in one step, and leaves what is over out of the live ones', async () => {
        await store.actions.create('org', action('a-change'), [placement('a-change', 'runtime-c')]);
        assert.deepEqual(await store.actions.change('org', 'a-change', () => undefined), action('a-change'));
        assert.ok((await store.actions.live()).some(({ id }) => id === 'a-change'));
        const ended = await store.actions.change('org', 'a-change', end);
        assert.equal(ended?.state, 'cancelled');
        assert.deepEqual((await store.actions.get('org', 'a-change'))?.action, ended);
        assert.ok(!(await store.actions.live()).some(({ id }) => id === 'a-change'));
        assert.deepEqual(await store.actions.liveOn('org', 'runtime-c'), []);
        assert.equal(await store.actions.change('org', 'no such', end), undefined);
      });

      test('a change that throws changes nothing', async () => {
        await store.actions.create('org', action('a-throw'), [placement('a-throw', 'runtime-t')]);
        const boom = new Error('boom');
        await assert.rejects(
          store.actions.change('org', 'a-throw', () => {
            throw boom;
          }),
          boom,
        );
        assert.deepEqual((await store.actions.get('org', 'a-throw'))?.action, action('a-throw'));
      });

      test('a placement is changed with its action, and knows when it is the last that has not failed', async () => {
        await store.actions.create('org', action('a-two'), [placement('a-two', 'r-1'), placement('a-two', 'r-2')]);
        const problem = { code: 'FILE_NOT_FOUND', message: 'no such file' } as const;
        const fail = async (runtime: string) => {
          const after = await store.actions.changePlacement('org', 'a-two', runtime, (at) => ({
            placement: { ...at.placement, status: 'failed', problem },
            ...(at.othersFailed ? { action: end(at.action) } : {}),
          }));
          assert.ok(after !== 'fenced');
          return after;
        };
        const first = await fail('r-1');
        assert.deepEqual(first?.placement.problem, problem);
        assert.equal(first?.action.state, 'queued');
        assert.deepEqual(await store.actions.liveOn('org', 'r-1'), []);
        assert.equal((await store.actions.liveOn('org', 'r-2')).length, 1);
        assert.equal((await fail('r-2'))?.action.state, 'cancelled');
        const found = await store.actions.get('org', 'a-two');
        assert.equal(found?.action.state, 'cancelled');
        assert.deepEqual(
          found?.placements.map(({ status }) => status),
          ['failed', 'failed'],
        );
        assert.equal(await store.actions.changePlacement('org', 'a-two', 'r-3', () => undefined), undefined);
      });

      test('what an older attachment says of a placement, or one that was let go, is fenced and changes nothing', async () => {
        await store.actions.create('org', action('a-fence'), [placement('a-fence', 'r-fence')]);
        const problem = { code: 'FILE_NOT_FOUND', message: 'no such file' } as const;
        const say = (event: PlacementEvent, epoch: number, runtime = 'r-fence') =>
          store.actions.changePlacement('org', 'a-fence', runtime, (step) => nextPlacement(step, event), epoch);
        const failed = { type: 'failed', problem, at: 9 } as const;
        const pending = { type: 'pending' } as const;
        assert.equal(await say(failed, 1), 'fenced', 'it never was attached');
        const old = await attach(store, 'r-fence');
        const now = await attach(store, 'r-fence');
        const before = await store.actions.get('org', 'a-fence');
        for (const event of [failed, pending]) {
          assert.equal(await say(event, old.epoch), 'fenced');
          assert.equal(await say(event, now.epoch + 1), 'fenced');
        }
        assert.equal(await say(failed, old.epoch, 'r-none'), undefined);
        assert.deepEqual(await store.actions.get('org', 'a-fence'), before);
        const after = await say(pending, now.epoch);
        assert.ok(after !== 'fenced' && after?.action.state === 'armed');
        await store.runtimes.detach('org', 'r-fence', now.epoch, 5);
        assert.equal(await say(failed, now.epoch), 'fenced');
        const again = await attach(store, 'r-fence');
        const last = await say(failed, again.epoch);
        assert.ok(last !== 'fenced' && last?.action.state === 'failed');
        assert.equal(await say(failed, now.epoch), 'fenced', 'also where it would change nothing');
      });

      test('what a runtime saw is kept, also after the end', async () => {
        await store.actions.create('org', action('a-seen'), [placement('a-seen', 'r-seen')]);
        await store.actions.change('org', 'a-seen', end);
        const told = {
          status: 'removed',
          observation: { passes: 3, conditionFalse: 3, conditionErrors: 0, dropped: 0, armedMs: 5, placedMs: 6 },
          cost: { samples: 1, meanUs: 2, maxUs: 3, totalMs: 4 },
          bound: { file: '/a.ts', line: 3, sourceLine: 'x' },
        } as const;
        await store.actions.changePlacement('org', 'a-seen', 'r-seen', ({ placement: before }) => ({
          placement: { ...before, ...told },
        }));
        assert.deepEqual((await store.actions.get('org', 'a-seen'))?.placements, [
          { ...placement('a-seen', 'r-seen'), ...told },
        ]);
      });

      test('no more than 200 are live on one runtime, and the one too many is not there at all', async () => {
        for (let n = 0; n < 200; n++) {
          await store.actions.create('org', action(`full-${n}`), [placement(`full-${n}`, 'runtime-full')]);
        }
        const both = [placement('full-x', 'runtime-free'), placement('full-x', 'runtime-full')];
        await assert.rejects(store.actions.create('org', action('full-x'), both), TooManyActions);
        assert.equal(await store.actions.get('org', 'full-x'), undefined);
        await store.actions.change('org', 'full-0', end);
        await store.actions.create('org', action('full-x'), both);
      });

      test('old ones are deleted with their hits, in batches, and live ones are not', async () => {
        const at = 2;
        for (let n = 0; n < 50; n++) {
          await store.actions.create(
            'old',
            action(`old-${n}`, { organization: 'old', state: 'expired', endedAt: at }),
            [],
          );
        }
        await store.actions.create('old', action('old-live', { organization: 'old' }), []);
        await store.actions.create(
          'old',
          action('old-now', { organization: 'old', state: 'expired', endedAt: at + 1 }),
          [],
        );
        let deleted = 0;
        for (let some = await store.actions.expire(at + 1); some > 0; some = await store.actions.expire(at + 1)) {
          deleted += some;
        }
        assert.equal(deleted, 50);
        const left = await store.actions.list('old', { limit: 100 });
        assert.deepEqual(
          left.map(({ id }) => id),
          ['old-now', 'old-live'],
        );
      });
    });

    describe('hits', () => {
      test('are numbered in the order of acceptance, and the last of the budget completes the action', async () => {
        const [one, two] = await hitAction(store, 'h-two', 2, 'rh-1', 'rh-2');
        assert.deepEqual(await accept(store, 'h-two', one, 1), { outcome: 'accepted', number: 1, completed: false });
        assert.deepEqual(await accept(store, 'h-two', two, 1), { outcome: 'accepted', number: 2, completed: true });
        assert.deepEqual(await accept(store, 'h-two', one, 2), { outcome: 'closed' });
        const found = await store.actions.get('org', 'h-two');
        assert.equal(found?.action.state, 'completed');
        assert.equal(found?.action.hits, 2);
        assert.equal(found?.action.endedAt, 77);
        assert.deepEqual(
          found?.placements.map(({ lastSequence }) => lastSequence),
          [1, 1],
        );
        const hits = await store.actions.hits('org', 'h-two', 0);
        assert.deepEqual(hits, [
          { number: 1, runtime: 'rh-1', sequence: 1, receivedAt: 77, hit: captured },
          { number: 2, runtime: 'rh-2', sequence: 1, receivedAt: 77, hit: captured },
        ]);
        assert.deepEqual(await store.actions.hits('org', 'h-two', 1), hits.slice(1));
        assert.deepEqual(await store.actions.liveOn('org', 'rh-1'), []);
      });

      test('a known sequence is a duplicate, a later one than the next a gap; neither is stored', async () => {
        const [one] = await hitAction(store, 'h-gap', 5, 'rg-1');
        await accept(store, 'h-gap', one, 1);
        assert.deepEqual(await accept(store, 'h-gap', one, 1), { outcome: 'duplicate', lastSequence: 1 });
        assert.deepEqual(await accept(store, 'h-gap', one, 3), { outcome: 'gap', lastSequence: 1 });
        assert.equal((await store.actions.hits('org', 'h-gap', 0)).length, 1);
        assert.equal((await store.actions.get('org', 'h-gap'))?.action.hits, 1);
      });

      test('count until the deadline by when they were captured, whenever they come; a known one stays known', async () => {
        const [one] = await hitAction(store, 'h-late', 5, 'rl-1');
        const { expiresAt } = action('h-late');
        const late = (sequence: number, capturedAt: number) =>
          store.actions.acceptHit('org', 'h-late', {
            ...hit('rl-1', sequence),
            epoch: one.epoch,
            receivedAt: expiresAt + 5_000,
            capturedAt,
          });
        assert.equal((await late(1, expiresAt)).outcome, 'accepted');
        assert.deepEqual(await late(2, expiresAt + 1), { outcome: 'closed' });
        assert.deepEqual(await late(1, expiresAt + 1), { outcome: 'duplicate', lastSequence: 1 });
        assert.equal((await store.actions.get('org', 'h-late'))?.action.hits, 1);
      });

      test('of an older attachment, or of one that was let go, are fenced', async () => {
        const [old] = await hitAction(store, 'h-fence', 5, 'rf-1');
        const now = await attach(store, 'rf-1');
        assert.ok(now.epoch > old.epoch);
        assert.deepEqual(await accept(store, 'h-fence', old, 1), { outcome: 'fenced' });
        assert.deepEqual(await accept(store, 'h-fence', { ...now, epoch: now.epoch + 1 }, 1), { outcome: 'fenced' });
        assert.equal((await accept(store, 'h-fence', now, 1)).outcome, 'accepted');
        await store.runtimes.detach('org', 'rf-1', now.epoch, 5);
        assert.deepEqual(await accept(store, 'h-fence', now, 2), { outcome: 'fenced' });
      });

      test('of a runtime that the action is not for, or of no action, are refused', async () => {
        await hitAction(store, 'h-other', 5, 'ro-1');
        const stranger = await attach(store, 'ro-2');
        assert.deepEqual(await accept(store, 'h-other', stranger, 1), { outcome: 'closed' });
        assert.deepEqual(await accept(store, 'h-none', stranger, 1), { outcome: 'closed' });
      });

      test('20 runtimes race for 50, and exactly 50 are stored', async () => {
        const names = Array.from({ length: 20 }, (_, n) => `race-${n}`);
        const attached = await hitAction(store, 'h-race', 50, ...names);
        const outcomes = await Promise.all(
          attached.map(async (runtime) => {
            const own: string[] = [];
            for (let sequence = 1; sequence <= 10; sequence++) {
              own.push((await accept(store, 'h-race', runtime, sequence)).outcome);
            }
            return own;
          }),
        );
        assert.equal(outcomes.flat().filter((outcome) => outcome === 'accepted').length, 50);
        assert.equal(outcomes.flat().filter((outcome) => outcome === 'closed').length, 150);
        const numbers = (await store.actions.hits('org', 'h-race', 0)).map(({ number }) => number);
        assert.deepEqual(
          numbers,
          Array.from({ length: 50 }, (_, n) => n + 1),
        );
      });
    });

    describe('the directory of runtimes', () => {
      test('an attachment is listed until it is let go, and the epoch rises for ever', async () => {
        const first = await attach(store, 'rd-1', 'dir');
        assert.deepEqual(first, { runtime: runtime('rd-1'), replica: 'here', epoch: 1, attachedAt: 10 });
        assert.deepEqual(await store.runtimes.list('dir'), [first]);
        assert.deepEqual(await store.runtimes.get('dir', 'rd-1'), first);
        assert.deepEqual(await store.runtimes.list('other-dir'), []);
        assert.equal(await store.runtimes.get('other-dir', 'rd-1'), undefined);
        await store.runtimes.detach('dir', 'rd-1', 1, 20);
        assert.deepEqual(await store.runtimes.list('dir'), []);
        assert.equal((await attach(store, 'rd-1', 'dir')).epoch, 2);
      });

      test('an older attachment neither keeps nor ends the lease of a newer one', async () => {
        const old = await attach(store, 'rd-2', 'dir2');
        const now = await attach(store, 'rd-2', 'dir2');
        assert.equal(await store.runtimes.renew('dir2', 'rd-2', old.epoch, 20), false);
        assert.equal(await store.runtimes.renew('dir2', 'rd-2', now.epoch, 20), true);
        assert.deepEqual(await store.runtimes.detach('dir2', 'rd-2', old.epoch, 20), []);
        assert.equal((await store.runtimes.get('dir2', 'rd-2'))?.epoch, now.epoch);
      });

      test('an id cannot be taken by a runtime of another service or environment', async () => {
        const theirs = { ...runtime('rd-3'), environment: 'prod' };
        await store.runtimes.attach('dir3', theirs, 'here', 1);
        const attempt = (other: RuntimeDescription) => store.runtimes.attach('dir3', other, 'here', 2);
        assert.equal(await attempt({ ...theirs, service: 'evil' }), undefined);
        assert.equal(await attempt({ ...theirs, environment: 'dev' }), undefined);
        assert.equal(await attempt(runtime('rd-3')), undefined);
        assert.equal((await store.runtimes.get('dir3', 'rd-3'))?.epoch, 1);
        assert.equal((await attempt(theirs))?.epoch, 2);
      });

      test('its live placements are gone while it is, and no others', async () => {
        const { epoch } = await attach(store, 'rd-4');
        await store.actions.create('org', action('gone-live'), [placement('gone-live', 'rd-4')]);
        await store.actions.create('org', action('gone-over'), [placement('gone-over', 'rd-4')]);
        await store.actions.change('org', 'gone-over', end);
        const goneSince = async (id: string) => (await store.actions.get('org', id))?.placements[0]?.goneSince;
        assert.deepEqual(await store.runtimes.detach('org', 'rd-4', epoch, 33), ['gone-live']);
        assert.equal(await goneSince('gone-live'), 33);
        assert.equal(await goneSince('gone-over'), undefined);
        await attach(store, 'rd-4');
        assert.equal(await goneSince('gone-live'), undefined);
      });
    });

    test('the pseudonym key of a day stays what it was first, and differs by day and organization', async () => {
      assert.equal(await store.keys.pseudonymKey('org', '2026-11-20', 'k1'), 'k1');
      assert.equal(await store.keys.pseudonymKey('org', '2026-11-20', 'k2'), 'k1');
      assert.equal(await store.keys.pseudonymKey('other', '2026-11-20', 'k3'), 'k3');
      assert.equal(await store.keys.pseudonymKey('org', '2026-11-21', 'k4'), 'k4');
      assert.equal(await store.keys.pseudonymKey('org', '2026-11-20', 'k5'), 'k1');
      await store.keys.pseudonymKey('org', '2026-11-22', 'k6');
      assert.equal(await store.keys.pseudonymKey('org', '2026-11-20', 'k7'), 'k7', 'keys before yesterday are deleted');
    });

    test('a store that works passes its own check', async () => {
      await store.check();
    });
  });
}
