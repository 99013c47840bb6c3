import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import type { Action, Placement } from '../src/actions/action.ts';
import { createActionIds } from '../src/actions/action-id.ts';
import {
  DELIVERY_GRACE,
  expiryOf,
  isOver,
  nextAction,
  nextPlacement,
  type PlacementEvent,
} from '../src/actions/state-machine.ts';
import { runtimeOf } from './agent-peer.ts';
import { spec } from './engine-harness.ts';

const queued: Action = {
  id: 'act_1',
  organization: 'default',
  createdBy: 'token',
  spec,
  createdAt: 0,
  expiresAt: 60_000,
  state: 'queued',
  hits: 0,
};
const placement: Placement = { actionId: 'act_1', runtime: runtimeOf('1'), status: 'queued', lastSequence: 0 };
const bound = { file: '/a.ts', line: 1, sourceLine: 'x' };
const observation = { passes: 1, conditionFalse: 0, conditionErrors: 0, dropped: 0, armedMs: 1, placedMs: 1 };
const cost = { samples: 0, meanUs: 0, maxUs: 0, totalMs: 0 };
const failed: PlacementEvent = { type: 'failed', problem: { code: 'FILE_NOT_FOUND', message: 'no' }, at: 9 };

test('the first runtime that is armed, or waits for the module, arms the action', () => {
  const step = { action: queued, placement, othersFailed: false };
  assert.equal(nextPlacement(step, { type: 'armed', bound }).action.state, 'armed');
  const waiting = nextPlacement(step, { type: 'pending' });
  assert.equal(waiting.action.state, 'armed');
  assert.equal(waiting.placement.status, 'pending');
  assert.equal(nextPlacement({ ...step, ...waiting }, { type: 'armed', bound }).placement.status, 'armed');
});

test('only the last placement that fails ends the action, and its code is the reason', () => {
  const step = { action: queued, placement, othersFailed: false };
  assert.equal(nextPlacement(step, failed).action, queued);
  const { action } = nextPlacement({ ...step, othersFailed: true }, failed);
  assert.equal(action.state, 'failed');
  assert.equal(action.endedAt, 9);
  assert.match(action.reason ?? '', /FILE_NOT_FOUND/);
});

test('a deadline before its time means nothing', () => {
  assert.equal(nextAction(queued, { type: 'deadline', at: 59_999 }), queued);
  assert.equal(nextAction(queued, { type: 'deadline', at: 60_000 }).state, 'expired');
});

test('an action ends at its deadline where every runtime has said its last word, else a bounded grace later', () => {
  const heard: Placement[] = [
    { ...placement, status: 'removed' },
    { ...placement, status: 'failed' },
  ];
  assert.equal(expiryOf(queued, heard, { ableSince: 0 }), 60_000);
  assert.equal(expiryOf(queued, heard, { ableSince: 99_000 }), 60_000);
  assert.equal(expiryOf(queued, [...heard, placement], { ableSince: 0 }), 60_000 + DELIVERY_GRACE);
  assert.equal(expiryOf(queued, [placement], { ableSince: 99_000, graceMs: 500 }), 99_500, 'the broker was away');
  assert.equal(nextAction(queued, { type: 'deadline', at: 69_999, due: 70_000 }), queued);
  assert.equal(nextAction(queued, { type: 'deadline', at: 70_000, due: 70_000 }).state, 'expired');
});

test('after the end a runtime still tells what its probe saw and cost', () => {
  const action = nextAction(queued, { type: 'cancel', at: 5 });
  const after = nextPlacement(
    { action, placement, othersFailed: false },
    { type: 'status', removed: true, observation, cost },
  );
  assert.equal(after.action, action);
  assert.deepEqual(after.placement, { ...placement, status: 'removed', observation, cost });
});

test(
  proves(
    'actions:one-end',
    'whatever comes in whatever order: what is over never changes, and an end has one time and one state',
  ),
  () => {
    const random = seeded(20_261_121);
    const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
    for (let round = 0; round < 2_000; round++) {
      let action: Action = queued;
      let placements = [placement, placement, placement];
      let ended: Action | undefined;
      for (let at = 1; at <= 30; at++) {
        if (random() < 0.1) {
          action = nextAction(
            action,
            pick([
              { type: 'cancel', at: at * 3_000 },
              { type: 'deadline', at: at * 3_000 },
              { type: 'deadline', at: at * 3_000, due: 75_000 },
            ] as const),
          );
        } else {
          const index = Math.floor(random() * placements.length);
          const event = pick<PlacementEvent>([
            { type: 'armed', bound },
            { type: 'pending' },
            { ...failed, at: at * 3_000 },
            { type: 'status', removed: random() < 0.5, observation, cost },
          ]);
          const one = placements[index] ?? placement;
          const othersFailed = placements.every(({ status }, other) => other === index || status === 'failed');
          const next = nextPlacement({ action, placement: one, othersFailed }, event);
          if (one.status === 'failed') assert.equal(next.placement.status, 'failed');
          placements = placements.with(index, next.placement);
          action = next.action;
        }
        if (ended !== undefined) assert.equal(action, ended);
        assert.equal(isOver(action), action.endedAt !== undefined);
        if (isOver(action)) ended ??= action;
        else if (placements.every(({ status }) => status === 'failed'))
          assert.fail('every placement failed, and it lives');
        if (action.state === 'failed') assert.ok(placements.every(({ status }) => status === 'failed'));
        if (action.state === 'expired') assert.ok((action.endedAt ?? 0) >= action.expiresAt);
      }
    }
  },
);

test('ids sort by time, also where the clock steps back or a thousand are made at once, and are never equal', () => {
  let now = 1_800_000_000_000;
  const bytes = (size: number) => new Uint8Array(size).fill(31);
  const make = createActionIds(() => now, bytes);
  const ids = [make()];
  for (let n = 0; n < 3_000; n++) ids.push(make());
  now -= 5_000;
  ids.push(make());
  now += 10_000;
  ids.push(make());
  assert.deepEqual(ids.toSorted(), ids);
  assert.equal(new Set(ids).size, ids.length);
  assert.match(ids[0] ?? '', /^act_[0-9a-z]{28}$/);
});

/** Mulberry32: the same walk in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
