import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStandstill } from '../src/standstill.ts';

/** A clock that goes on by hand; what is due runs in its order. */
function handClock() {
  let now = 0;
  let due: { at: number; run: () => void } | undefined;
  return {
    now: () => 1_000_000 + now,
    monotonic: () => now,
    later(ms: number, run: () => void) {
      due = { at: now + ms, run };
      return () => {
        due = undefined;
      };
    },
    /** Timers that became due meanwhile run late, at its end, as in a process that was paused. */
    pass(ms: number) {
      now += ms;
    },
    run() {
      const timer = due;
      due = undefined;
      timer?.run();
    },
    waits: () => due !== undefined,
  };
}

test('a process that goes on steadily has not stood still', () => {
  const clock = handClock();
  const standstill = createStandstill({ clock, monotonic: clock.monotonic });
  standstill.start();
  for (let step = 0; step < 20; step++) {
    clock.pass(260);
    clock.run();
    assert.deepEqual([standstill.delay(), standstill.over()], [0, 0]);
  }
});

test('one that did knows for how long, for a moment, and since when it goes on', () => {
  const clock = handClock();
  const standstill = createStandstill({ clock, monotonic: clock.monotonic });
  standstill.start();
  clock.pass(20_000);
  assert.equal(standstill.delay(), 20_000, 'before a timer has run');
  assert.equal(standstill.over(), 1_020_000);
  for (let step = 0; step < 7; step++) {
    clock.run();
    clock.pass(250);
    assert.equal(standstill.delay(), 20_000);
  }
  clock.run();
  clock.pass(300);
  assert.equal(standstill.delay(), 0, 'what came meanwhile has been read');
  assert.equal(standstill.over(), 1_020_000);
});

test('once it is stopped it looks no more', () => {
  const clock = handClock();
  const standstill = createStandstill({ clock, monotonic: clock.monotonic });
  standstill.start();
  standstill.stop();
  assert.equal(clock.waits(), false);
  clock.pass(20_000);
  assert.deepEqual([standstill.delay(), standstill.over()], [0, 0]);
});
