import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Action } from '../../server/src/actions/action.ts';
import { nextAction, nextPlacement, type PlacementEvent } from '../../server/src/actions/state-machine.ts';
import type { Store } from '../../server/src/store/store.ts';
import { type StoreKind, StoreModel } from './store-model.ts';
import { action, captured, placement, runtime, spec } from './store-samples.ts';

/** Sequences that are tried in one run of the tests; each is made anew every time. */
const RUNS = 100;
const LONGEST = 60;
/** A sequence plays with so few of each that they meet often. */
const ACTIONS = ['act-0', 'act-1', 'act-2'];
const RUNTIMES = ['runtime-0', 'runtime-1', 'runtime-2'];
const STATES = ['queued', 'armed', 'completed', 'expired', 'cancelled', 'failed'] as const;
const START = 1_000_000;

const EVENTS: Readonly<Record<string, (at: number) => PlacementEvent>> = {
  armed: () => ({ type: 'armed', bound: { file: '/a.ts', line: 3, sourceLine: 'x' } }),
  pending: () => ({ type: 'pending' }),
  failed: (at) => ({ type: 'failed', problem: { code: 'FILE_NOT_FOUND', message: 'no such file' }, at }),
  status: (at) => ({ type: 'status', removed: false, ...toldAt(at) }),
  removed: (at) => ({ type: 'status', removed: true, ...toldAt(at) }),
};

function toldAt(at: number) {
  return {
    observation: { passes: at, conditionFalse: 0, conditionErrors: 0, dropped: 0, armedMs: 5, placedMs: 6 },
    cost: { samples: 1, meanUs: 2, maxUs: 3, totalMs: 4 },
  };
}

const actionId = fc.constantFrom(...ACTIONS);
const runtimeId = fc.constantFrom(...RUNTIMES);
/** How many attachments ago: 0 is the one that holds. */
const back = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) });

const command = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('create'),
      id: actionId,
      on: fc.uniqueArray(runtimeId, { minLength: 1 }),
      maxHits: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('attach'), on: runtimeId }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('detach'), on: runtimeId, back }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('renew'), on: runtimeId, back }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('hit'),
      id: actionId,
      on: runtimeId,
      back,
      // 0 is the next sequence, below it are known ones, above it is a gap.
      ahead: fc.constantFrom(0, 0, 0, 0, -1, 1),
      late: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('report'),
      id: actionId,
      on: runtimeId,
      event: fc.constantFrom(...Object.keys(EVENTS), 'failed'),
      // Null: the broker itself says so.
      back: fc.oneof({ weight: 4, arbitrary: back }, { weight: 1, arbitrary: fc.constant(null) }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deadline'), id: actionId }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel'), id: actionId }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1, 15_000, 30_000, 60_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lapse') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire'), age: fc.constantFrom(0, 30_000) }) },
) as fc.Arbitrary<Command>;

type Command =
  | { do: 'create'; id: string; on: string[]; maxHits: number }
  | { do: 'attach'; on: string }
  | { do: 'detach' | 'renew'; on: string; back: number }
  | { do: 'hit'; id: string; on: string; back: number; ahead: number; late: boolean }
  | { do: 'report'; id: string; on: string; event: string; back: number | null }
  | { do: 'deadline' | 'cancel'; id: string }
  | { do: 'wait'; ms: number }
  | { do: 'lapse' }
  | { do: 'expire'; age: number };

/**
 * Random sequences of everything that happens to actions, each command at one of two brokers, beside the pure state machine:
 * every answer and all that is left must be the same.
 */
export function storeFollowsModel(name: string, kind: StoreKind, open: () => Promise<readonly [Store, Store]>): void {
  describe(`the ${name} store beside the state machine`, () => {
    let stores: readonly [Store, Store];
    before(async () => {
      stores = await open();
    });
    after(async () => {
      for (const store of stores ?? []) await store.close();
    });

    test(`answers alike in ${RUNS} sequences of attach, hit, report, deadline, cancel, lapse and expiry`, async () => {
      let run = 0;
      const sequence = fc.array(fc.tuple(command, fc.boolean()), { maxLength: LONGEST, size: 'max' });
      await fc.assert(
        fc.asyncProperty(sequence, async (commands) => {
          // An organization of its own is an empty store.
          const played = new Played(`run-${run++}`, stores, kind);
          for (const [asked, first] of commands) await played.play(asked, stores[first ? 0 : 1]);
          await played.compare();
        }),
        { numRuns: RUNS, endOnFailure: false, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
      );
    });
  });
}

class Played {
  readonly #organization: string;
  readonly #stores: readonly [Store, Store];
  readonly #model: StoreModel;
  #now = START;

  constructor(organization: string, stores: readonly [Store, Store], kind: StoreKind) {
    this.#organization = organization;
    this.#stores = stores;
    this.#model = new StoreModel(kind);
  }

  async play(asked: Command, { actions, runtimes }: Store): Promise<void> {
    const of = this.#organization;
    const model = this.#model;
    const at = ++this.#now;
    switch (asked.do) {
      case 'create': {
        if (model.get(asked.id) !== undefined) return;
        const own = {
          organization: of,
          spec: { ...spec, maxHits: asked.maxHits },
          createdAt: at,
          expiresAt: at + 60_000,
        };
        const placements = asked.on.map((id) => placement(asked.id, id));
        model.create(action(asked.id, own), placements);
        return actions.create(of, action(asked.id, own), placements);
      }
      case 'attach': {
        const expected = model.attach(runtime(asked.on), 'here', at);
        return same(await runtimes.attach(of, runtime(asked.on), 'here', at), expected);
      }
      case 'detach': {
        const epoch = model.epoch(asked.on) - asked.back;
        const expected = model.detach(asked.on, epoch, at);
        return same((await runtimes.detach(of, asked.on, epoch, at)).sort(), expected);
      }
      case 'renew': {
        const epoch = model.epoch(asked.on) - asked.back;
        return same(await runtimes.renew(of, asked.on, epoch, at), model.renew(asked.on, epoch, at));
      }
      case 'hit': {
        const known = model.get(asked.id);
        const last = known?.placements.find(({ runtime: { id } }) => id === asked.on)?.lastSequence ?? 0;
        const hit = {
          runtime: asked.on,
          epoch: model.epoch(asked.on) - asked.back,
          sequence: Math.max(1, last + 1 + asked.ahead),
          hit: { ...captured, time: at },
          receivedAt: at,
          capturedAt: asked.late ? at : START,
        };
        return same(await actions.acceptHit(of, asked.id, hit), model.acceptHit(asked.id, hit));
      }
      case 'report': {
        const event = EVENTS[asked.event]?.(at);
        assert.ok(event);
        const epoch = asked.back === null ? undefined : model.epoch(asked.on) - asked.back;
        const expected = model.changePlacement(asked.id, asked.on, (step) => nextPlacement(step, event), epoch);
        return same(
          await actions.changePlacement(of, asked.id, asked.on, (step) => nextPlacement(step, event), epoch),
          expected,
        );
      }
      case 'deadline':
      case 'cancel': {
        const event = { type: asked.do, at } as const;
        const expected = model.change(asked.id, (before) => nextAction(before, event));
        return same(await actions.change(of, asked.id, (before) => nextAction(before, event)), expected);
      }
      case 'wait':
        this.#now += asked.ms;
        return;
      case 'lapse': {
        const expected = model.lapse(at);
        const lapsed = (await runtimes.lapse(at)).filter(({ organization }) => organization === of);
        return same(
          lapsed
            .map(({ runtime: id, actionIds }) => ({ runtime: id, actionIds: actionIds.toSorted() }))
            .sort((one, other) => (one.runtime < other.runtime ? -1 : 1)),
          expected,
        );
      }
      case 'expire': {
        model.expire(at - asked.age);
        while ((await actions.expire(at - asked.age)) > 0);
      }
    }
  }

  /** All that can be read, at both brokers. */
  async compare(): Promise<void> {
    const of = this.#organization;
    const model = this.#model;
    const listed = model.list();
    const live = listed.filter(({ endedAt }) => endedAt === undefined);
    const idsOf = (found: readonly Action[]) => found.map(({ id }) => id).sort();
    const looks = this.#stores.flatMap(({ actions, runtimes }) => [
      ...ACTIONS.map(async (id) => same(await actions.get(of, id), model.get(id))),
      ...ACTIONS.map(async (id) => same(await actions.hits(of, id, 0), model.hits(id))),
      ...RUNTIMES.map(async (id) => same(await actions.liveOn(of, id), model.liveOn(id))),
      ...STATES.map(async (state) => {
        const expected = listed.filter((one) => one.state === state);
        same(await actions.list(of, { limit: 50, state }), expected);
      }),
      actions.list(of, { limit: 50 }).then((found) => same(found, listed)),
      actions.live().then((found) => same(idsOf(found.filter(({ organization }) => organization === of)), idsOf(live))),
      runtimes.list(of).then((found) => same(found, model.attached())),
    ]);
    await Promise.all(looks);
  }
}

function same(actual: unknown, expected: unknown): void {
  assert.deepEqual(actual, expected);
}
