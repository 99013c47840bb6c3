import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { QuotaNeed, QuotaReturn } from '../../server/src/store/quota-store.ts';
import type { Store } from '../../server/src/store/store.ts';
import { AccessModel } from './access-model.ts';

/** Sequences that are tried in one run of the tests; each is made anew every time. */
const RUNS = 100;
const LONGEST = 60;
/** A sequence plays with so few of each that they meet often. */
const IDS = ['a', 'b', 'ä:☃'];
/**
 * What runs into the bucket of each name in a second. One rate for each, as callers have: a bucket that is full at the rate at
 * which it was asked last is forgotten, and at a lower one it would not be full.
 */
const RATES: Readonly<Record<string, number>> = { a: 1, b: 3, 'ä:☃': 0.7 };
const START = 1_764_288_000_000;

const id = fc.constantFrom(...IDS);
const amount = fc.integer({ min: 0, max: 4 });
const limit = fc.integer({ min: 0, max: 6 });
const windowMs = fc.constantFrom(1_000, 7_000);

/** Of a lease: how many milliseconds from now on. */
type Asked<T> = T extends { readonly kind: 'lease' } ? Omit<T, 'until'> & { readonly ms: number } : T;

const need = fc.oneof(
  fc.record({ kind: fc.constant('window'), name: id, amount, limit, windowMs }),
  fc.record({ kind: fc.constant('bucket'), name: id, amount, limit }).map((asked) => ({
    ...asked,
    perSecond: RATES[asked.name],
  })),
  fc.record({ kind: fc.constant('lease'), name: id, id, limit, ms: fc.constantFrom(1, 500, 20_000) }),
) as fc.Arbitrary<Asked<QuotaNeed>>;

/** Of a window: how many milliseconds ago it was taken of. */
const back = fc.oneof(
  fc.record({ kind: fc.constant('window'), name: id, amount, windowMs, ago: fc.constantFrom(0, 1_500) }),
  fc.record({ kind: fc.constant('lease'), name: id, id }),
) as fc.Arbitrary<
  | (Omit<Extract<QuotaReturn, { kind: 'window' }>, 'at'> & { readonly ago: number })
  | Extract<QuotaReturn, { kind: 'lease' }>
>;

const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), needs: fc.array(need, { maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('give' as const), returned: fc.array(back, { maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('used' as const), needs: fc.array(need, { maxLength: 4 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 333, 1_000, 5_000, 30_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('put' as const),
      id,
      // From the version that is there: 0 is right.
      off: fc.constantFrom(0, 0, 0, 1, -1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('remove' as const), id, off: fc.constantFrom(0, 1, undefined) }),
  },
);

type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Random sequences of what is asked of documents and quotas, each command at one of two stores, beside a model in memory: every answer must be the same. */
export function accessFollowsModel(name: string, open: () => Promise<readonly [Store, Store]>): void {
  describe(`documents and quotas of the ${name} store beside a model`, () => {
    let stores: readonly [Store, Store];
    before(async () => {
      stores = await open();
    });
    after(async () => {
      for (const store of stores ?? []) await store.close();
    });

    test(`answer alike in ${RUNS} sequences of take, give, put, remove and expiry`, async () => {
      let run = 0;
      const sequence = fc.array(fc.tuple(command, fc.boolean()), { maxLength: LONGEST, size: 'max' });
      await fc.assert(
        fc.asyncProperty(sequence, async (commands) => {
          // An organization of its own is an empty store.
          const of = `run-${run++}`;
          const model = new AccessModel();
          let now = START;
          for (const [asked, first] of commands) {
            if (asked.do === 'wait') now += asked.ms;
            else await play(of, asked, stores[first ? 0 : 1], model, now);
          }
          for (const { documents } of stores) {
            assert.deepEqual(await documents.list(of, 'kind', { limit: 9 }), model.list());
            for (const one of IDS) assert.deepEqual(await documents.get(of, 'kind', one), model.get(one));
          }
        }),
        { numRuns: RUNS, endOnFailure: false, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: true },
      );
    });
  });
}

async function play(
  of: string,
  asked: Exclude<Command, { do: 'wait' }>,
  { documents, quotas }: Store,
  model: AccessModel,
  now: number,
): Promise<void> {
  switch (asked.do) {
    case 'take':
      return same(await quotas.take(of, needsAt(asked.needs, now), now), model.take(needsAt(asked.needs, now), now));
    case 'used':
      return same(await quotas.used(of, needsAt(asked.needs, now), now), model.used(needsAt(asked.needs, now), now));
    case 'give': {
      const returned = asked.returned.map((one) => (one.kind === 'lease' ? one : { ...one, at: now - one.ago }));
      return same(await quotas.give(of, returned, now), model.give(returned, now));
    }
    case 'expire':
      while ((await quotas.expire(now)) > 0);
      return;
    case 'put': {
      const expected = Math.max(0, (model.get(asked.id)?.version ?? 0) + asked.off);
      const answer = await documents.put(of, 'kind', { id: asked.id, value: { n: now } }, expected);
      return same(answer, model.put(asked.id, now, expected));
    }
    case 'remove': {
      const expected = asked.off === undefined ? undefined : (model.get(asked.id)?.version ?? 0) + asked.off;
      return same(await documents.remove(of, 'kind', asked.id, expected), model.remove(asked.id, expected));
    }
  }
}

function needsAt(needs: readonly Asked<QuotaNeed>[], now: number): QuotaNeed[] {
  return needs.map((one) => ('ms' in one ? { ...one, until: now + one.ms } : one));
}

function same(actual: unknown, expected: unknown): void {
  assert.deepEqual(actual, expected);
}
