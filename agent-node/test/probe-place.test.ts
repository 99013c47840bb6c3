import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { PLACE } from '../src/application/shared.ts';
import { newAction } from '../src/probes/live-action.ts';
import { ProbePlace } from '../src/probes/probe-place.ts';
import { armSpec } from './support/broker.ts';

const PASS_US = 100;
/** Milliseconds between two looks of the watch. */
const TICK = 100;

/** A place whose debugger answers at once and says what each arming took, by a clock that stands until it is moved. */
function placeOn(stalls: readonly number[]) {
  let now = 0;
  let armings = 0;
  let set = 0;
  const spending = new Float64Array(PLACE.columns);
  const arm = async () => {
    const stallMs = stalls[armings] ?? 0;
    armings += 1;
    set += 1;
    return { id: String(armings), stallMs };
  };
  const place = new ProbePlace(
    {
      row: 0,
      key: 'a',
      targets: [{ location: { scriptId: '1', line: 1, column: 0 } }],
      names: [],
      used: new Set(),
      hasThis: false,
      thisInPause: 'always',
      passUs: PASS_US,
      parseUs: 0,
      pausing: false,
      unseen: 'none',
    },
    {
      debugger: {
        setBreakpoint: arm,
        setBreakpointAhead: arm,
        async removeBreakpoint() {
          set -= 1;
          return 0;
        },
      },
      spending,
      tell: () => {},
      hides: () => false,
      now: () => now,
      pausing: async () => {},
      changed: () => {},
    },
  );
  return {
    place,
    armings: () => armings,
    isArmed: () => set === 1,
    async join(actionId: string) {
      const action = newAction(armSpec({ actionId, place: { file: 'a.js', line: 2 } }), 0);
      await place.add(action);
      return action;
    },
    /** The application spends microseconds at the place. */
    spend(us: number) {
      spending[PLACE.spentUs] = (spending[PLACE.spentUs] ?? 0) + us;
    },
    /** Milliseconds go by, tick for tick. Gives those for which the breakpoint was set. */
    async pass(ms: number): Promise<number> {
      let armed = 0;
      for (let gone = 0; gone < ms; gone += TICK) {
        if (set === 1) armed += TICK;
        now += TICK;
        place.tick();
        // What a tick begins ends within some microtasks: the debugger answers at once.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return armed;
    },
  };
}

describe('a place whose arming stalled the application for longer than its second allows', () => {
  it(
    proves('agent:window', 'stays armed until it has been passed, and is not armed again and again for nothing'),
    async () => {
      const { place, join, pass, armings } = placeOn([250]);
      place.setShare(1);
      await join('first');
      assert.equal(await pass(60_000), 60_000);
      assert.equal(armings(), 1);
    },
  );

  it('pays for the stall with a longer rest after its window', async () => {
    const { place, join, pass, spend, isArmed } = placeOn([250]);
    place.setShare(1);
    await join('first');
    spend(10_000);
    await pass(TICK);
    assert.equal(isArmed(), false);
    // 250 ms at 1 % of a core are 25 s; and then most of a new window.
    assert.equal(await pass(25_000), 0);
    await pass(2000);
    assert.equal(isArmed(), true);
  });
});

it('an action that joins a resting place is armed at once', async () => {
  const { place, join, pass, spend, isArmed } = placeOn([250]);
  place.setShare(1);
  await join('first');
  spend(60_000);
  await pass(TICK);
  assert.equal(isArmed(), false);
  place.setShare(2);
  await join('second');
  assert.equal(isArmed(), true);
});

it('over a minute a place spends its share and what its first window holds, however long each arming stalls', async () => {
  const stallMs = 20;
  const { place, join, pass, spend, isArmed, armings } = placeOn(Array.from({ length: 1000 }, () => stallMs));
  place.setShare(1);
  await join('first');
  let spentUs = 0;
  for (let ms = 0; ms < 60_000; ms += TICK) {
    if (isArmed()) {
      spend(5000);
      spentUs += 5000;
    }
    await pass(TICK);
  }
  const shareUs = 60_000 * 10;
  const firstWindowUs = 10_000 + 5000 + stallMs * 1000;
  assert.ok(spentUs + armings() * stallMs * 1000 <= shareUs + firstWindowUs, `${spentUs} us in ${armings()} windows`);
  assert.ok(armings() > 10);
});
