import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../src/clock.ts';
import { createEmbeddedQueue } from '../src/queue/embedded-queue.ts';
import type { Job } from '../src/queue/queue.ts';
import { quiet } from './engine-harness.ts';

const job = (id: string): Job => ({ id, kind: 'dispatch', organization: 'default', actionId: `act-${id}` });

test('jobs wait for the start, and for their time', async () => {
  const clock = handClock();
  const queue = createEmbeddedQueue({ clock, log: quiet });
  const done: string[] = [];
  await queue.add(job('later'), 100);
  await queue.add(job('now'));
  await queue.add(job('past'), -5);
  await clock.advance(0);
  assert.equal(done.length, 0);
  queue.start(async ({ id }) => void done.push(id));
  await clock.advance(99);
  assert.deepEqual(done, ['now', 'past']);
  await clock.advance(1);
  assert.deepEqual(done, ['now', 'past', 'later']);
});

test('of one id there is one job that waits, and it can be removed', async () => {
  const clock = handClock();
  const queue = createEmbeddedQueue({ clock, log: quiet });
  const done: [string, number][] = [];
  queue.start(async ({ id }) => void done.push([id, clock.now()]));
  await queue.add(job('once'), 300);
  await queue.add(job('once'), 100);
  await queue.add(job('gone'), 100);
  await queue.remove('gone');
  await clock.advance(1_000);
  assert.deepEqual(done, [['once', 300]]);
});

test('a rejected job comes again, later each time, until it succeeds', async () => {
  const clock = handClock();
  const queue = createEmbeddedQueue({ clock, log: quiet });
  const tries: number[] = [];
  queue.start(async () => {
    tries.push(clock.now());
    if (tries.length < 9) throw new Error('not yet');
  });
  await queue.add(job('stubborn'));
  await clock.advance(60_000);
  assert.deepEqual(tries, [0, 100, 300, 700, 1_500, 3_100, 6_300, 11_300, 16_300]);
});

test('a job comes again when its handler says so', async () => {
  const clock = handClock();
  const queue = createEmbeddedQueue({ clock, log: quiet });
  const tries: number[] = [];
  queue.start(async (): Promise<number | undefined> => {
    tries.push(clock.now());
    return tries.length < 3 ? clock.now() + 250 : undefined;
  });
  await queue.add(job('patient'));
  await clock.advance(5_000);
  assert.deepEqual(tries, [0, 250, 500]);
});

test('no more jobs run at once than are allowed', async () => {
  const clock = handClock();
  const queue = createEmbeddedQueue({ clock, log: quiet, concurrency: 2 });
  let running = 0;
  let most = 0;
  let finished = 0;
  queue.start(async () => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    finished++;
  });
  for (let n = 0; n < 10; n++) await queue.add(job(`${n}`));
  while (finished < 10) await new Promise(setImmediate);
  assert.equal(most, 2);
});

test('closing waits for what runs, and hands out nothing further', async () => {
  const clock = handClock();
  const queue = createEmbeddedQueue({ clock, log: quiet });
  const done: string[] = [];
  let finish = () => {};
  queue.start(async ({ id }) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    done.push(id);
  });
  await queue.add(job('running'));
  await queue.add(job('waiting'), 50);
  const closed = queue.close(1_000).then(() => done.push('closed'));
  await queue.add(job('too late'));
  await clock.advance(100);
  finish();
  await closed;
  assert.deepEqual(done, ['running', 'closed']);
});

test('closing does not wait for ever for a job that hangs', async () => {
  const clock = handClock();
  const queue = createEmbeddedQueue({ clock, log: quiet });
  queue.start(() => new Promise<void>(() => {}));
  await queue.add(job('hangs'));
  const closed = queue.close(1_000);
  await clock.advance(1_000);
  await closed;
});

/** A clock that goes only where the test moves it. */
function handClock(): Clock & { advance(ms: number): Promise<void> } {
  let now = 0;
  const timers = new Map<object, { at: number; run: () => void }>();
  const idle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => now,
    later(ms, run) {
      const timer = {};
      timers.set(timer, { at: now + ms, run });
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const end = now + ms;
      await idle();
      for (;;) {
        const [next] = [...timers].filter(([, { at }]) => at <= end).toSorted(([, a], [, b]) => a.at - b.at);
        if (next === undefined) break;
        const [timer, { at, run }] = next;
        now = at;
        timers.delete(timer);
        run();
        await idle();
      }
      now = end;
    },
  };
}
