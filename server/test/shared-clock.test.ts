import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSharedClock } from '../src/shared-clock.ts';

/** Milliseconds by which the machine's own clock goes; the shared time is `ahead` of it. */
function world(ahead: number) {
  let elapsed = 5_000;
  const timers: { at: number; run: () => void }[] = [];
  const state = { ahead, wayMs: 0, fails: false };
  const clock = createSharedClock({
    monotonic: () => elapsed,
    async readTime() {
      if (state.fails) throw new Error('away');
      elapsed += state.wayMs / 2;
      const time = elapsed + state.ahead;
      elapsed += state.wayMs / 2;
      return time;
    },
    later(ms, run) {
      const timer = { at: elapsed + ms, run };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer), 1);
    },
  });
  async function pass(ms: number): Promise<void> {
    const end = elapsed + ms;
    for (;;) {
      const next = timers.find(({ at }) => at <= end);
      if (next === undefined) break;
      timers.splice(timers.indexOf(next), 1);
      elapsed = Math.max(elapsed, next.at);
      next.run();
      await new Promise(setImmediate);
    }
    elapsed = Math.max(elapsed, end);
  }
  return { clock, state, pass, shared: () => elapsed + state.ahead, timers };
}

test('the time is the shared one, carried on between two readings', async () => {
  const { clock, pass, shared } = world(3_600_000);
  await clock.start();
  assert.equal(clock.now(), shared());
  await pass(1_234);
  assert.equal(clock.now(), shared());
});

test('it follows the shared time when that is set, also back', async () => {
  const { clock, state, pass, shared } = world(0);
  await clock.start();
  for (const ahead of [40_000, -3_600_000]) {
    state.ahead = ahead;
    await pass(5_001);
    assert.equal(clock.now(), shared());
  }
});

test('it does not jitter by the time that a reading takes, nor follow one that was held up', async () => {
  const { clock, state, pass, shared } = world(0);
  state.wayMs = 20;
  await clock.start();
  const error = clock.now() - shared();
  state.ahead = 9;
  await pass(5_001);
  assert.equal(clock.now() - (shared() - 9), error, 'within the doubt of the reading');
  state.ahead = 400;
  state.wayMs = 2_000;
  await pass(5_001);
  assert.equal(clock.now() - (shared() - 400), error, 'a reading of two seconds says nothing');
});

test('it goes on while the shared time cannot be read, and says so only at the start', async () => {
  const { clock, state, pass, shared } = world(7);
  await clock.start();
  state.fails = true;
  await pass(20_000);
  assert.equal(clock.now(), shared());
  state.fails = false;
  state.ahead = 500;
  await pass(5_001);
  assert.equal(clock.now(), shared());
  clock.stop();

  const away = world(0);
  away.state.fails = true;
  await assert.rejects(away.clock.start(), /away/);
});

test('nothing is read any more once it is stopped', async () => {
  const { clock, pass, timers } = world(0);
  await clock.start();
  clock.stop();
  await pass(20_000);
  assert.equal(timers.length, 0);
});
