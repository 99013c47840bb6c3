import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { CLOSE } from '@borescope/agent-protocol';
import { createChanges } from '../../server/src/actions/changes.ts';
import { createLocalOrders } from '../../server/src/actions/orders.ts';
import { createSweep } from '../../server/src/actions/sweep.ts';
import type { Foundation } from '../../server/src/foundation.ts';
import { noMeter } from '../../server/src/meter.ts';
import { openSharedFoundation } from '../../server/src/shared-foundation.ts';
import { StoreUnavailable } from '../../server/src/store/store.ts';
import { type AgentPeer, HIT, runtimeOf } from '../../server/test/agent-peer.ts';
import { developer, type Harness, inSeconds, spec, startEngine } from '../../server/test/engine-harness.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { silentLog } from '../live/silent-log.ts';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';

const ORGANIZATION = developer.organization;
/** RFC 6455's registry: try again later. The agent comes back at once, while it stays away where it is superseded. */
const TRY_AGAIN_LATER = 1013;
const impossible = { ...spec, condition: 'false' };

describe('engines on one Redis', { skip: noRedis }, () => {
  let redis: LiveRedis;
  before(async () => {
    redis = await liveRedis();
  });
  after(() => redis.close());
  let made = 0;

  /** A broker without its HTTP edge; `over` may break a part of it. */
  async function join(
    t: TestContext,
    over: (foundation: Foundation) => Partial<Foundation> = () => ({}),
    heartbeatMs = 200,
  ): Promise<Harness & { readonly foundation: Foundation }> {
    const foundation = await openSharedFoundation({
      url: redis.url,
      retentionMs: 60_000,
      replica: `engine-${++made}`,
      log: silentLog,
      meter: noMeter,
    });
    const parts = { ...foundation, ...over(foundation) };
    const harness = await startEngine(t, { ...parts, heartbeatMs });
    t.after(async () => {
      await harness.stop();
      await foundation.close();
    });
    return { ...harness, foundation };
  }

  test('a runtime that attaches to another broker is let go by the first at once, and told to stay away', async (t) => {
    // The heartbeat, which would find it out as well, does not come in the time of this test.
    const [a, b] = [await join(t, undefined, 600_000), await join(t, undefined, 600_000)];
    const { peer: first } = await a.attach('moves');
    const { peer: second } = await b.attach('moves');
    assert.equal((await first.closed).code, CLOSE.superseded);
    const placed = await a.engine.actions.place(developer, { ids: ['runtime-moves'] }, impossible);
    assert.equal((await second.next('arm')).action.actionId, placed.id);
  });

  test('a runtime whose lease has lapsed is told to come again, at its heartbeat', async (t) => {
    const a = await join(t);
    const { peer, welcome } = await a.attach('lapsed');
    await a.foundation.store.runtimes.detach(ORGANIZATION, 'runtime-lapsed', welcome.epoch, a.foundation.clock.now());
    assert.equal((await peer.closed).code, TRY_AGAIN_LATER);
    const { welcome: again } = await a.attach('lapsed');
    assert.ok(again.epoch > welcome.epoch);
  });

  test('a hit of a lapsed attachment is not taken, and its runtime is told to come again', async (t) => {
    const a = await join(t);
    const { peer, welcome } = await a.attach('late');
    const { store, clock } = a.foundation;
    const { id } = await a.engine.actions.place(developer, { ids: ['runtime-late'] }, spec);
    await peer.next('arm', id);
    await store.runtimes.detach(ORGANIZATION, 'runtime-late', welcome.epoch, clock.now());
    peer.hit(id, welcome.epoch, 1);
    assert.equal((await peer.closed).code, TRY_AGAIN_LATER);
    assert.equal((await store.actions.get(ORGANIZATION, id))?.action.hits, 0);
  });

  const older =
    'the last word of an older attachment ends nothing, whatever the newer one at another broker has yet to send';
  test(proves('faults:standstill', older), async (t) => {
    const quiet = ({ messages }: Foundation) =>
      messages === undefined ? {} : { messages: { ...messages, tell() {} } };
    // Neither a notice nor a heartbeat tells the older broker of the newer one: only what the older attachment says.
    const [a, b] = [await join(t, quiet, 600_000), await join(t, quiet, 600_000)];
    for (const [name, say] of [
      ['removed', (peer: AgentPeer, id: string) => peer.removed(id)],
      ['failed', (peer: AgentPeer, id: string) => peer.failed(id)],
    ] as const) {
      const { peer: first } = await a.attach(name);
      const { id } = await b.engine.actions.place(
        developer,
        { ids: [`runtime-${name}`] },
        { ...spec, timeoutSeconds: 2 },
      );
      await first.next('arm', id);
      first.armed(id);
      await until(async () => (await b.engine.actions.view(developer, id)).action.state === 'armed');
      const { peer: second, welcome } = await b.attach(name);
      await until(async () => (await a.engine.actions.view(developer, id)).action.expiresAt < Date.now());
      say(first, id);
      assert.equal((await first.closed).code, CLOSE.superseded);
      assert.equal((await a.engine.actions.view(developer, id)).action.state, 'armed');
      second.oldHit(id, welcome.epoch, 1, 5_000);
      assert.equal((await second.next('ack', id)).sequence, 1);
      assert.equal((await b.engine.actions.view(developer, id)).action.state, 'completed');
    }
  });

  test('the last word of a lapsed attachment is not taken, and its runtime is told to come again', async (t) => {
    const a = await join(t, undefined, 600_000);
    const { peer, welcome } = await a.attach('late-word');
    const { store, clock } = a.foundation;
    const { id } = await a.engine.actions.place(developer, { ids: ['runtime-late-word'] }, spec);
    await peer.next('arm', id);
    peer.armed(id);
    await until(async () => (await store.actions.get(ORGANIZATION, id))?.action.state === 'armed');
    await store.runtimes.detach(ORGANIZATION, 'runtime-late-word', welcome.epoch, clock.now());
    peer.removed(id);
    assert.equal((await peer.closed).code, TRY_AGAIN_LATER);
    const { peer: back, welcome: again } = await a.attach('late-word');
    // The hit that it had sent before its last word would have been fenced as well.
    back.hit(id, again.epoch, 1);
    assert.equal((await back.next('ack', id)).sequence, 1);
  });

  test('an order whose message and job are lost is given at the heartbeat, to place and to remove', async (t) => {
    const a = await join(t);
    const { peer } = await a.attach('lost');
    const { store, clock } = a.foundation;
    const now = clock.now();
    const action = {
      id: 'act_lost',
      organization: ORGANIZATION,
      createdBy: developer.tokenId,
      spec,
      // In the future, so that the sweep leaves it alone.
      createdAt: now + 60_000,
      expiresAt: now + 120_000,
      state: 'queued',
      hits: 0,
    } as const;
    const runtime = runtimeOf('lost');
    await store.actions.create(ORGANIZATION, action, [
      { actionId: action.id, runtime, status: 'queued', lastSequence: 0 },
    ]);
    await peer.next('arm', action.id);
    peer.armed(action.id);
    await until(async () => (await store.actions.get(ORGANIZATION, action.id))?.action.state === 'armed');
    await store.actions.change(ORGANIZATION, action.id, (before) => ({ ...before, state: 'cancelled', endedAt: now }));
    await peer.next('disarm', action.id);
  });

  test('an action that is stored while nothing else works is dispatched all the same', async (t) => {
    const away = () => Promise.reject(new StoreUnavailable('it is away'));
    const a = await join(t, ({ queue, messages }) => ({
      queue: { ...queue, add: away },
      ...(messages !== undefined && { messages: { ...messages, send: away } }),
    }));
    // Only the sweep is left.
    const b = await join(t, undefined, 600_000);
    const { peer } = await b.attach('no-queue');
    const { id } = await a.engine.actions.place(developer, { ids: ['runtime-no-queue'] }, impossible);
    assert.equal((await peer.next('arm')).action.actionId, id);
  });

  test('an action whose deadline job is lost ends all the same', async (t) => {
    const a = await join(t, ({ queue }) => ({
      queue: { ...queue, add: (job, at) => (job.kind === 'deadline' ? Promise.resolve() : queue.add(job, at)) },
    }));
    const { peer } = await a.attach('no-deadline');
    const { id } = await a.engine.actions.place(
      developer,
      { ids: ['runtime-no-deadline'] },
      { ...impossible, timeoutSeconds: 1 },
    );
    await peer.next('arm', id);
    peer.armed(id);
    peer.removed(id);
    const { action } = await a.engine.actions.wait(developer, id, { until: inSeconds(20) });
    assert.equal(action.state, 'expired');
  });

  test('a call that waits at one broker is answered also where the notices of the other are lost', {
    timeout: 30_000,
  }, async (t) => {
    const deaf = (foundation: Foundation) =>
      foundation.messages === undefined ? {} : { messages: { ...foundation.messages, tell() {} } };
    const [a, b] = [await join(t, deaf), await join(t)];
    const { peer, welcome } = await a.attach('silent');
    const { id } = await a.engine.actions.place(developer, { ids: ['runtime-silent'] }, spec);
    const waiting = b.engine.actions.wait(developer, id, { until: inSeconds(600) });
    await peer.next('arm', id);
    peer.armed(id);
    peer.hit(id, welcome.epoch, 1, HIT);
    const { action, hits } = await waiting;
    assert.equal(action.state, 'completed');
    assert.equal(hits.length, 1);
  });

  test('twenty runtimes at three brokers take fifty hits together, and not one more', async (t) => {
    const [first, second, third] = [await join(t), await join(t), await join(t)];
    const brokers = [first, second, third];
    const attached = await Promise.all(
      Array.from({ length: 20 }, (_, index) => brokers[index % 3]?.attach(`race-${index}`, { service: 'race' })),
    );
    for (const one of attached) one?.peer.serve(one.welcome.epoch, () => 20);
    const { id } = await first.engine.actions.place(developer, { service: 'race' }, { ...spec, maxHits: 50 });
    const { action, hits } = await second.engine.actions.wait(developer, id, { until: inSeconds(20) });
    assert.equal(action.state, 'completed');
    assert.deepEqual(
      hits.map(({ number }) => number),
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
  });

  test('a runtime that nobody renews is let go after its lease, but not right after the store came back', async (t) => {
    const { foundation, engine } = await join(t);
    const { store, clock } = foundation;
    const dead = runtimeOf('dead');
    assert.ok(await store.runtimes.attach(ORGANIZATION, dead, 'a-broker-that-died', clock.now()));
    const look = (settleMs: number, random: () => number) => sweepOf(engine, late(foundation), { settleMs, random });
    let looks = 0;
    const careful = look(60_000, () => {
      looks += 1;
      return 0.5;
    });
    await until(async () => looks > 5);
    careful.stop();
    assert.ok(await store.runtimes.get(ORGANIZATION, dead.id));
    const settled = look(0, () => 0.5);
    await until(async () => (await store.runtimes.get(ORGANIZATION, dead.id)) === undefined);
    settled.stop();
  });

  test('all runtimes of a broker that died are let go in one look of another, however many', async (t) => {
    const { foundation, engine } = await join(t);
    const { store, clock } = foundation;
    const dead = Array.from({ length: 300 }, (_, n) => runtimeOf(`dead-${n}`, { service: 'dead' }));
    await Promise.all(dead.map((one) => store.runtimes.attach(ORGANIZATION, one, 'a-broker-that-died', clock.now())));
    const left = async () =>
      (await store.runtimes.list(ORGANIZATION)).filter(({ runtime }) => runtime.service === 'dead');
    assert.equal((await left()).length, dead.length);
    // Asked at the begin of each pause: the second time after the first look.
    let looked = () => {};
    const first = new Promise<void>((resolve) => {
      looked = resolve;
    });
    let pauses = 0;
    const random = () => {
      pauses += 1;
      if (pauses === 2) looked();
      return 0.5;
    };
    const sweep = sweepOf(engine, late(foundation), { settleMs: 0, random });
    await first;
    sweep.stop();
    assert.deepEqual(await left(), []);
  });
});

/** The same a minute later: what nobody renews has lapsed. */
function late({ store, clock }: Foundation): Pick<Foundation, 'store' | 'clock'> {
  return { store, clock: { ...clock, now: () => clock.now() + 60_000 } };
}

function sweepOf(
  engine: Harness['engine'],
  { store, clock }: Pick<Foundation, 'store' | 'clock'>,
  timing: { readonly settleMs: number; readonly random: () => number },
) {
  const sweep = createSweep({
    store,
    secrets: { async keep() {} },
    orders: createLocalOrders({ sessions: engine.sessions, clock }),
    meetDeadline: async () => undefined,
    changes: createChanges(),
    clock,
    log: silentLog,
    meter: noMeter,
    everyMs: 20,
    ...timing,
  });
  sweep.start();
  return sweep;
}
