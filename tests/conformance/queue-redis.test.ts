import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../../server/src/clock.ts';
import { type BullmqQueueOptions, openBullmqQueue } from '../../server/src/queue/bullmq-queue.ts';
import { TAKE_OVER } from '../../server/src/queue/bullmq-worker.ts';
import type { Queue } from '../../server/src/queue/queue.ts';
import { createRedisClient, type RedisClient } from '../../server/src/store/redis/redis-client.ts';
import { parseRedisUrl } from '../../server/src/store/redis/redis-url.ts';
import { StoreUnavailable } from '../../server/src/store/store.ts';
import { NodeProcess } from '../live/node-process.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { silentLog } from '../live/silent-log.ts';
import { job, Seen } from './queue.ts';

const takeOver = { lockMs: 600, lookEveryMs: 200 };

describe('the queue of many brokers', { skip: noRedis }, () => {
  let redis: LiveRedis;
  const queues: Queue[] = [];
  const clients: RedisClient[] = [];
  before(async () => {
    redis = await liveRedis({ durable: true });
  });
  afterEach(async () => {
    await Promise.all(queues.splice(0).map((queue) => queue.close(500)));
    for (const client of clients.splice(0)) client.disconnect();
    await redis.command('FLUSHALL');
  });
  after(() => redis.close());

  const connect = (use: 'requests' | 'blocking'): RedisClient => {
    const client = createRedisClient(parseRedisUrl(redis.url), { use, name: 'queue', onError() {} });
    clients.push(client);
    return client;
  };
  const open = async (replica: string, over: Partial<BullmqQueueOptions> = {}): Promise<Queue> => {
    const queue = await openBullmqQueue({
      connection: connect('requests'),
      workerConnection: () => connect('blocking'),
      replica,
      clock: systemClock,
      log: silentLog,
      takeOver,
      ...over,
    });
    queues.push(queue);
    return queue;
  };

  test('a job that one adds is run by one of the others, once', async () => {
    const seen = new Seen();
    const first = await open('first');
    // A short lock is lost where the machine is busy, and the job is run twice then, as it may be.
    for (const name of ['second', 'third']) {
      (await open(name, { takeOver: TAKE_OVER })).start(async (each) => seen.note(each));
    }
    const ids = Array.from({ length: 100 }, (_, index) => `shared-${index}`);
    await Promise.all(ids.map((id) => first.add(job(id))));
    for (const id of ids) await seen.includes(id);
    // One that was run twice has been by now.
    await first.add(job('last'));
    await seen.includes('last');
    assert.deepEqual(seen.ids.toSorted(), [...ids, 'last'].toSorted());
  });

  test('the job of a broker that is killed is taken over', async () => {
    const doomed = new NodeProcess(
      ['--import', 'tsx', fileURLToPath(new URL('../fixtures/queue-worker.ts', import.meta.url)), redis.url],
      { cwd: fileURLToPath(new URL('../..', import.meta.url)) },
    );
    try {
      await doomed.line(/^started$/);
      const queue = await open('survivor');
      const took = doomed.line(/^took orphan$/);
      await queue.add(job('orphan'));
      await took;
      process.kill(doomed.pid, 'SIGKILL');
      const seen = new Seen();
      queue.start(async (each) => seen.note(each));
      await seen.includes('orphan');
    } finally {
      await doomed.stop();
    }
  });

  test('jobs that wait outlive the broker that added them', async () => {
    const gone = await open('gone');
    gone.start(async () => {});
    await gone.add(job('left-behind'), Date.now() + 400);
    await gone.close(500);
    const seen = new Seen();
    (await open('heir')).start(async (each) => seen.note(each));
    await seen.includes('left-behind');
  });

  test('jobs go on when Redis is killed and comes back with its data, whatever the worker did then', async () => {
    const seen = new Seen();
    const queue = await open('patient');
    queue.start(async (each) => seen.note(each));
    await queue.add(job('before'));
    await seen.includes('before');
    await queue.add(job('across'), Date.now() + 500);
    await redis.kill();
    await assert.rejects(queue.add(job('during')), StoreUnavailable);
    await redis.restart();
    await seen.includes('across');
    await until(() => queue.add(job('afterwards')));
    await seen.includes('afterwards');
  });

  test('a worker that asks for no job any more is replaced', async () => {
    const made: RedisClient[] = [];
    let rebuilt = 0;
    const seen = new Seen();
    const queue = await open('wedged', {
      lookEveryMs: 100,
      onRebuilt: () => {
        rebuilt += 1;
      },
      workerConnection: () => {
        const client = connect('blocking');
        made.push(client);
        return client;
      },
    });
    queue.start(async (each) => seen.note(each));
    await queue.add(job('fine'));
    await seen.includes('fine');
    // A client that has ended never connects again.
    made[0]?.disconnect();
    await queue.add(job('rescued'));
    await seen.includes('rescued');
    assert.ok(rebuilt >= 1);
    assert.equal(made.length, rebuilt + 1);
  });

  test('a worker that lives is left alone', async () => {
    let rebuilt = 0;
    const seen = new Seen();
    const queue = await open('quiet', { lookEveryMs: 2_000, onRebuilt: () => rebuilt++ });
    queue.start(async (each) => seen.note(each));
    await queue.add(job('late'), Date.now() + 2_500);
    await seen.includes('late');
    assert.equal(rebuilt, 0);
  });

  test('where the clock of this machine is an hour off, jobs come when the shared clock says so', async () => {
    for (const wrongBy of [-3_600_000, 3_600_000]) {
      const clock: Clock = { ...systemClock, now: () => Date.now() + wrongBy };
      const seen = new Seen();
      let early = 0;
      const queue = await open(`off-by-${wrongBy}`, { clock });
      const due = clock.now() + 400;
      queue.start(async (each) => {
        if (clock.now() < due) {
          early += 1;
          return due;
        }
        seen.note(each);
        return undefined;
      });
      await queue.add(job(`off${wrongBy}`), due);
      await seen.times(1);
      await queue.close(500);
      assert.ok(early <= 2, `it came ${early} times too early`);
    }
  });

  test('nothing is left of a queue that is closed', async () => {
    const before = await count(redis);
    const queue = await open('closing');
    const seen = new Seen();
    queue.start(async (each) => seen.note(each));
    await queue.add(job('one'));
    await seen.includes('one');
    await queue.close(1_000);
    for (const client of clients.splice(0)) client.disconnect();
    await until(async () => assert.ok((await count(redis)) <= before));
    assert.equal(await redis.command('EXISTS', '{borescope}:actions:deadline-one'), ':0\r\n');
  });
});

/** Connections to the server but the one that asks. */
async function count(redis: LiveRedis): Promise<number> {
  const reply = await redis.command('CLIENT', 'LIST');
  return reply.split('\n').filter((line) => line.includes('name=borescope-queue')).length;
}

/** Until it does not reject any more, at most 10 s. */
async function until(work: () => Promise<unknown>): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (signal.aborted) throw error;
      const tick = new EventTarget();
      setTimeout(() => tick.dispatchEvent(new Event('tick')), 50);
      await once(tick, 'tick');
    }
  }
}
