import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { correctHistory } from './correct-history.ts';
import type { EventOf, HistoryEvent, Observation, ShownHit } from './history.ts';
import { check, INVARIANTS, type Invariant } from './invariants.ts';
import { seededRandom } from './seeded-random.ts';

const OPTIONS = { probeToleranceMs: 0 };
/** The random histories go on in steps of so many milliseconds at most. */
const RANDOM_OPTIONS = { probeToleranceMs: 10 };

/** A history of one action of two hits in one runtime, beside another organization, without a fault. */
const CORRECT: readonly HistoryEvent[] = [
  { at: 0, type: 'runtime', runtime: 'r1', organization: 'north', witnessed: true },
  { at: 0, type: 'runtime', runtime: 'r2', organization: 'north', witnessed: true },
  { at: 0, type: 'runtime', runtime: 'other', organization: 'south', witnessed: true },
  { at: 10, type: 'accepted', action: 'a', organization: 'north', maxHits: 3, deadline: 100 },
  { at: 11, type: 'probe', runtime: 'r1', action: 'a', present: true },
  { at: 12, type: 'captured', runtime: 'r1', action: 'a', sequence: 1, mark: 'x' },
  { at: 13, type: 'acknowledged', runtime: 'r1', action: 'a', sequence: 1 },
  { at: 15, type: 'captured', runtime: 'other', action: 'b', sequence: 1, mark: 'x' },
  shown({ at: 20, began: 14, state: 'armed', hits: [hit(1)] }),
  { at: 22, type: 'captured', runtime: 'r1', action: 'a', sequence: 2, mark: 'y' },
  { at: 23, type: 'acknowledged', runtime: 'r1', action: 'a', sequence: 2 },
  shown({ at: 30, began: 25, state: 'armed', hits: [hit(1), hit(2, { mark: 'y' })] }),
  { at: 90, type: 'probe', runtime: 'r1', action: 'a', present: false },
  shown({ at: 120, began: 110, state: 'expired', hits: [hit(1), hit(2, { mark: 'y' })] }),
];

function hit(number: number, over: Partial<ShownHit> = {}): ShownHit {
  return { number, runtime: 'r1', mark: 'x', sequence: number, ...over };
}

function shown(over: Partial<EventOf<'shown'>> & { at: number; hits: readonly ShownHit[] }): EventOf<'shown'> {
  return {
    type: 'shown',
    action: 'a',
    organization: 'north',
    began: over.at,
    state: 'armed',
    count: over.hits.length,
    ...over,
  };
}

/** The history with the last event of a type changed, and more events behind it. */
function planted(type: Observation['type'], change: object | undefined, ...more: HistoryEvent[]): HistoryEvent[] {
  const index = CORRECT.findLastIndex((event) => event.type === type);
  const events = CORRECT.map((event, at) => (at === index && change !== undefined ? { ...event, ...change } : event));
  return [...events, ...more];
}

const both = [hit(1), hit(2, { mark: 'y' })];

const BUGS: Readonly<Record<Invariant, readonly (readonly [string, HistoryEvent[]])[]>> = {
  'one end': [
    ['it never ends', planted('shown', { state: 'armed' })],
    ['nobody is ever told of it again', CORRECT.filter(({ type }) => type !== 'shown')],
    ['it ends in two ways', planted('shown', undefined, shown({ at: 130, state: 'cancelled', hits: both }))],
    ['it is live again after its end', planted('shown', undefined, shown({ at: 130, state: 'armed', hits: both }))],
  ],
  vanished: [
    [
      'it is not found',
      planted('shown', undefined, { at: 130, type: 'missing', action: 'a', organization: 'north', began: 125 }),
    ],
  ],
  gapless: [
    ['a number is left out', planted('shown', { hits: [hit(1), hit(3, { mark: 'y', sequence: 2 })] })],
    ['the count is another than that of the hits', planted('shown', { count: 1 })],
  ],
  'in sequence': [
    [
      'an earlier hit of the runtime is left out',
      planted('shown', { hits: [hit(1), hit(2, { sequence: 3, mark: 'z' })] }),
    ],
    [
      'the hits of the runtime change places',
      planted('shown', { hits: [hit(1, { sequence: 2, mark: 'y' }), hit(2, { sequence: 1 })] }),
    ],
  ],
  double: [
    ['a hit that was sent twice is stored twice', planted('shown', { hits: [hit(1), hit(2, { sequence: 1 })] })],
  ],
  limit: [
    [
      'there is one more than was asked for',
      planted('shown', { state: 'completed', count: 4, hits: [...both, hit(3, { mark: 'z' }), hit(4, { mark: 'w' })] }),
    ],
  ],
  budget: [
    ['it is completed too early', planted('shown', { state: 'completed' })],
    ['it goes on with all its hits', planted('accepted', { maxHits: 2 })],
  ],
  steady: [
    ['a hit that was shown is another one later', planted('shown', { hits: [hit(1), hit(2, { mark: 'z' })] })],
    ['a hit that was shown is gone later', planted('shown', { hits: [hit(1)], count: 1 })],
  ],
  true: [
    ['a hit is shown that no runtime captured', planted('captured', { mark: 'never' })],
    ['a hit of another action is shown', planted('captured', { action: 'b' })],
    ['an action is shown that nobody was given', planted('shown', { action: 'c' })],
  ],
  kept: [['a hit that was acknowledged is not there', planted('acknowledged', { sequence: 3 })]],
  separate: [
    ['another organization is shown the action', planted('shown', { organization: 'south' })],
    [
      'a hit of the runtime of another organization is shown',
      planted('shown', { hits: [hit(1), hit(2, { runtime: 'other', sequence: 1 })] }),
    ],
  ],
  'probe in time': [
    ['a probe is taken out too late', planted('probe', { at: 101 })],
    ['a probe is never taken out', CORRECT.filter((event) => event.type !== 'probe' || event.present)],
    [
      'a probe comes back after the end',
      planted('shown', undefined, { at: 140, type: 'probe', runtime: 'r1', action: 'a', present: true }),
    ],
    [
      'a probe is in a runtime when the history ends before its deadline',
      planted('probe', { present: true }).map((event) =>
        event.type === 'accepted' ? { ...event, deadline: 500 } : event,
      ),
    ],
  ],
  'probe wanted': [
    [
      'a probe is placed that nobody asked for',
      planted('probe', undefined, { at: 20, type: 'probe', runtime: 'r1', action: 'c', present: true }),
    ],
    ['a probe is placed in the runtime of another organization', planted('probe', { runtime: 'other' })],
  ],
};

describe('the checker of histories', () => {
  it('finds nothing in a correct one', () => {
    assert.deepEqual(check(CORRECT, OPTIONS), []);
  });

  it('finds nothing in a random correct one', () => {
    for (let seed = 1; seed <= 100; seed++) {
      assert.deepEqual(check(correctHistory(seededRandom(seed)), RANDOM_OPTIONS), [], `seed ${seed}`);
    }
  });

  for (const [invariant, plants] of Object.entries(BUGS)) {
    for (const [bug, events] of plants) {
      it(`names "${invariant}" where ${bug}`, () => {
        const names = check(events, OPTIONS).map((violation) => violation.invariant);
        assert.ok(
          names.some((name) => name === invariant),
          `it named ${names.join(', ') || 'nothing'}`,
        );
      });
    }
  }

  it('has a planted bug for every invariant', () => {
    for (const invariant of Object.keys(INVARIANTS)) assert.ok(Object.hasOwn(BUGS, invariant), invariant);
  });

  it('finds a bug that is planted in a random history', () => {
    // Every hit that is shown in a random history, hidden once: whatever is around it, it is missed.
    const random = seededRandom(7);
    let planted = 0;
    for (let round = 0; round < 10; round++) {
      const events = correctHistory(random);
      for (const [index, event] of events.entries()) {
        if (event.type !== 'shown' || event.hits.length === 0) continue;
        const broken = events.with(index, { ...event, hits: event.hits.slice(1) });
        assert.notDeepEqual(check(broken, RANDOM_OPTIONS), []);
        planted += 1;
      }
    }
    assert.ok(planted > 50);
  });

  it('holds what a store that lost its data has lost against nobody, and all the rest', () => {
    const lost: HistoryEvent = { at: 50, type: 'lost' };
    const gone: HistoryEvent = { at: 60, type: 'missing', action: 'a', organization: 'north', began: 55 };
    const before = CORRECT.filter(({ at, type }) => at < 50 || type === 'probe');
    assert.deepEqual(check([...before, lost, gone], OPTIONS), []);
    const stays = before.filter((event) => event.type !== 'probe' || event.present);
    assert.deepEqual(
      check([...stays, lost, { ...gone, at: 400 }], OPTIONS).map(({ invariant }) => invariant),
      ['probe in time'],
    );
  });

  it('takes a probe for gone when its process is', () => {
    const died: HistoryEvent = { at: 80, type: 'died', runtime: 'r1' };
    const events = CORRECT.flatMap((event) => (event.type === 'probe' && !event.present ? [died] : [event]));
    assert.deepEqual(check(events, OPTIONS), []);
  });
});
