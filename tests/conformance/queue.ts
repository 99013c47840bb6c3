import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, describe, test } from 'node:test';
import type { Job, JobHandler, Queue } from '../../server/src/queue/queue.ts';

/** What every queue does alike. `open` gives an empty one, which the suite closes; `skip` says why it cannot run here. */
export function queueConformance(name: string, skip: string | false, open: () => Promise<Queue>): void {
  describe(`the ${name} queue`, { skip }, () => {
    const opened: Queue[] = [];
    const start = async (handle: JobHandler): Promise<Queue> => {
      const queue = await open();
      opened.push(queue);
      queue.start(handle);
      return queue;
    };
    const closeAll = async () => {
      await Promise.all(opened.splice(0).map((queue) => queue.close(1_000)));
    };
    afterEach(closeAll);
    after(closeAll);

    test('a job is handed over once, as it was added', async () => {
      const seen = new Seen();
      const queue = await start(async (job) => seen.note(job));
      const added = job('once-1');
      await queue.add(added);
      await queue.add(job('once-2'));
      await seen.times(2);
      assert.deepEqual(
        seen.jobs.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
        [added, job('once-2')],
      );
    });

    test('a delayed job comes when it is due and not before', async () => {
      const seen = new Seen();
      const queue = await start(async (job) => seen.note(job));
      const at = Date.now() + 400;
      await queue.add(job('delayed'), at);
      await queue.add(job('prompt'));
      await seen.times(1);
      assert.deepEqual(seen.ids, ['prompt']);
      await seen.times(2);
      assert.ok(Date.now() >= at, 'it came too early');
    });

    test('of one id there is one job that waits', async () => {
      const seen = new Seen();
      const queue = await start(async (job) => seen.note(job));
      await queue.add(job('same'), Date.now() + 300);
      await queue.add(job('same'), Date.now() + 200);
      await queue.add(job('behind'), Date.now() + 600);
      await seen.times(2);
      assert.deepEqual(seen.ids, ['same', 'behind']);
    });

    test('an id can be used again when its job is done', async () => {
      const seen = new Seen();
      const queue = await start(async (job) => seen.note(job));
      for (let n = 1; n <= 3; n++) {
        await queue.add(job('again'));
        await seen.times(n);
        // It is done when its handler has answered, and that was told.
        await queue.add(job(`between-${n}`), Date.now() + 100);
        await seen.includes(`between-${n}`);
        seen.forget(`between-${n}`);
      }
      assert.deepEqual(seen.ids, ['again', 'again', 'again']);
    });

    test('a job that waits can be removed', async () => {
      const seen = new Seen();
      const queue = await start(async (job) => seen.note(job));
      await queue.add(job('gone'), Date.now() + 200);
      await queue.add(job('stays'), Date.now() + 400);
      await queue.remove(job('gone').id);
      await queue.remove(job('never-was').id);
      await seen.times(1);
      assert.deepEqual(seen.ids, ['stays']);
    });

    test('a rejected job comes again, each time later, until it succeeds', async () => {
      const times: number[] = [];
      const seen = new Seen();
      const queue = await start(async (job) => {
        times.push(performance.now());
        if (times.length < 4) throw new Error('not yet');
        seen.note(job);
      });
      await queue.add(job('stubborn'));
      await seen.times(1);
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      assert.equal(gaps.length, 3);
      for (const [index, gap] of gaps.entries()) assert.ok(gap >= 95 * 2 ** index, `gap ${index} was ${gap} ms`);
    });

    test('a job comes again when its handler says so, as often as it says so, and is not tried less for that', async () => {
      let times = 0;
      const seen = new Seen();
      const queue = await start(async (job) => {
        times += 1;
        if (times <= 60) return Date.now() + 1;
        if (times === 61) throw new Error('once');
        seen.note(job);
        return undefined;
      });
      await queue.add(job('patient'));
      await seen.times(1);
      assert.equal(times, 62);
    });

    test('a job that is done cannot be removed any more while it runs, and goes on', async () => {
      const seen = new Seen();
      let finish = () => {};
      const running = new Seen();
      const queue = await start(async (job) => {
        running.note(job);
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        seen.note(job);
      });
      await queue.add(job('runs'));
      await running.times(1);
      await queue.remove(job('runs').id);
      finish();
      await seen.times(1);
    });

    test('closing waits for what runs, and for no longer than it is given', async () => {
      const seen = new Seen();
      const running = new Seen();
      let finish = () => {};
      const queue = await start(async (job) => {
        running.note(job);
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        seen.note(job);
      });
      await queue.add(job('ends'));
      await running.times(1);
      const closed = queue.close(20_000);
      finish();
      await closed;
      assert.deepEqual(seen.ids, ['ends']);

      const stuck = await start(() => new Promise<void>(() => running.note(job('hangs'))));
      await stuck.add(job('hangs'));
      await running.includes('hangs');
      await stuck.close(50);
    });
  });
}

export function job(id: string): Job {
  return { id: `deadline-${id}`, kind: 'deadline', organization: 'org', actionId: id };
}

/** Jobs that came, in their order; waits for them at most 10 s. */
export class Seen {
  readonly jobs: Job[] = [];
  readonly #changes = new EventTarget();

  get ids(): string[] {
    return this.jobs.map(({ actionId }) => actionId);
  }

  note(job: Job): void {
    this.jobs.push(job);
    this.#changes.dispatchEvent(new Event('change'));
  }

  forget(id: string): void {
    this.jobs.splice(0, this.jobs.length, ...this.jobs.filter(({ actionId }) => actionId !== id));
  }

  times(count: number): Promise<void> {
    return this.#until(() => this.jobs.length >= count);
  }

  includes(id: string): Promise<void> {
    return this.#until(() => this.ids.includes(id));
  }

  async #until(holds: () => boolean): Promise<void> {
    const signal = AbortSignal.timeout(10_000);
    while (!holds()) await once(this.#changes, 'change', { signal });
  }
}
