import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { HIT, runtimeOf } from '../../server/test/agent-peer.ts';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';
import type { Answer, Caller } from './caller.ts';
import { RawAgent } from './raw-agent.ts';
import { Site, TICKER_PLACE } from './site.ts';
import { workload } from './workload.ts';

const SHIFT_CLOCK = fileURLToPath(new URL('preload/shift-clock.mjs', import.meta.url));
const HOUR = 3_600_000;
const END_WITHIN = 40_000;

describe('two brokers on one Redis', { skip: noRedis }, () => {
  let redis: LiveRedis;
  let site: Site;
  let caller: Caller;

  before(async () => {
    redis = await liveRedis({ durable: true });
    site = await Site.start({ redisUrl: redis.url, brokers: 2 });
    site.callersGoTo = 1;
    caller = await site.caller();
  });
  after(async () => {
    await site?.close();
    await redis?.close();
  });

  it(
    proves(
      ['faults:standstill', 'wire:epochs'],
      'take hits by the newer attachment only of a runtime that is attached to both',
    ),
    async () => {
      const { attach, place } = raw('twice');
      const older = await attach(0);
      const actionId = await place({ maxHits: 4, timeoutSeconds: 20 }, older);
      older.hit(actionId, 1, pass(1));
      assert.equal((await older.next('ack')).sequence, 1);
      const newer = await attach(1);
      // Both speak at once, as a connection that is half dead and its successor do.
      older.hit(actionId, 2, pass(20));
      newer.hit(actionId, 2, pass(2));
      older.hit(actionId, 3, pass(30));
      newer.hit(actionId, 3, pass(3));
      await older.closed;
      newer.hit(actionId, 4, pass(4));
      const view = await caller.ended(actionId, END_WITHIN);
      assert.deepEqual(
        view?.hits.map(({ variables }) => variables.local.mark),
        ['pass 1', 'pass 2', 'pass 3', 'pass 4'],
      );
      newer.socket.terminate();
      await site.verify();
    },
  );

  it(proves('faults:clocks', 'agree with a process whose own clock is an hour off'), async () => {
    await site.application('off', {
      nodeArguments: ['--import', SHIFT_CLOCK],
      environment: { CLOCK_SHIFT_MS: String(-HOUR) },
    });
    const placed = await caller.place({ service: 'off', maxHits: 5, timeoutSeconds: 20, place: TICKER_PLACE });
    assert.ok('view' in placed);
    const view = await caller.ended(placed.view.action.id, END_WITHIN);
    assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 5]);
    await site.verify();
  });

  it(
    proves('faults:standstill', 'go on where one stands still, and what it does when it goes on counts no more'),
    async () => {
      site.agentsGoTo = 0;
      const agent = await site.agent('paused');
      agent.busy = false;
      const placed = await caller.place({ service: 'paused', maxHits: 3, timeoutSeconds: 20 });
      assert.ok('view' in placed);
      await until(async () => agent.probes === 1);
      site.broker(0).pause();
      // Sent to the broker that stands still: it reads them when it goes on.
      agent.busy = true;
      await until(async () => agent.probes === 0);
      site.agentsGoTo = 1;
      // As after three heartbeats without a ping, but the older connection is not cut.
      agent.abandon();
      const view = await caller.ended(placed.view.action.id, END_WITHIN);
      assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 3]);
      site.broker(0).resume();
      const again = await caller.place({ service: 'paused', maxHits: 2, timeoutSeconds: 20, waitSeconds: 10 });
      assert.ok('view' in again && again.view.action.state === 'completed');
      await site.verify();
    },
  );

  const words = [
    { says: 'failed', seconds: 20, say: (agent: RawAgent, id: string) => agent.say(failed(id)) },
    { says: 'its probe is out', seconds: 2, say: (agent: RawAgent, id: string) => agent.removed(id) },
  ];
  for (const [index, { says, seconds, say }] of words.entries()) {
    const sentence = `end nothing where one that stood still reads late that an older attachment says: ${says}`;
    it(proves(['faults:standstill', 'wire:epochs'], sentence), async () => {
      const service = `word-${index}`;
      const { attach, place } = raw(service);
      const older = await attach(0);
      const actionId = await place({ maxHits: 2, timeoutSeconds: seconds }, older);
      site.broker(0).pause();
      try {
        older.hit(actionId, 1, pass(1));
        if (seconds < 5) await wait(seconds * 1_000);
        // Its broker reads this when it goes on: long after the newer attachment.
        say(older, actionId);
        const newer = await attach(1);
        site.broker(0).resume();
        await older.closed;
        newer.hit(actionId, 1, pass(1), seconds < 5 ? 5_000 : 0);
        newer.hit(actionId, 2, pass(2), seconds < 5 ? 5_000 : 0);
        const view = await caller.ended(actionId, END_WITHIN);
        assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 2]);
        newer.socket.terminate();
      } finally {
        site.broker(0).resume();
      }
      await site.verify();
    });
  }

  for (const { still, sentence, end } of [
    {
      still: 5_000,
      sentence: 'take a hit that one read late, as it stood still beyond the deadline',
      end: ['completed', 1],
    },
    {
      still: 15_000,
      sentence: 'wait for one that stands still 10 s beyond the deadline, and no longer',
      end: ['expired', 0],
    },
  ]) {
    it(proves('faults:standstill', sentence), async () => {
      const { attach, place } = raw(`still-${still}`);
      const agent = await attach(0);
      const actionId = await place({ maxHits: 1, timeoutSeconds: 2 }, agent);
      site.broker(0).pause();
      try {
        agent.hit(actionId, 1, pass(1));
        await wait(still);
      } finally {
        site.broker(0).resume();
      }
      const view = await caller.ended(actionId, END_WITHIN);
      assert.deepEqual([view?.action.state, view?.hits.length], end);
      agent.socket.terminate();
      await site.verify();
    });
  }

  /** A runtime of this service, which says what the test has it say. */
  function raw(service: string) {
    const runtime = runtimeOf(service, { service });
    site.history.record({ type: 'runtime', runtime: runtime.id, organization: 'north', witnessed: false });
    return {
      attach: (index: number) =>
        RawAgent.attach(`ws://127.0.0.1:${site.portOf(index)}/agent/v1`, site.token('agent'), runtime),
      async place(over: { maxHits: number; timeoutSeconds: number }, agent: RawAgent): Promise<string> {
        const placed = await caller.place({ service, ...over });
        assert.ok('view' in placed);
        const { actionId } = (await agent.next('arm')).action;
        agent.armed(actionId);
        await until(async () => isArmed(await caller.look(actionId)));
        return actionId;
      },
    };
  }
});

describe('two brokers on one Redis, the clock of one an hour ahead, of the other an hour behind', {
  skip: noRedis,
}, () => {
  let redis: LiveRedis;
  let site: Site;

  before(async () => {
    redis = await liveRedis();
    site = await Site.start({
      redisUrl: redis.url,
      brokers: 2,
      nodeArguments: () => ['--import', SHIFT_CLOCK],
      environment: (index) => ({ CLOCK_SHIFT_MS: String(index === 0 ? HOUR : -HOUR) }),
    });
  });
  after(async () => {
    await site?.close();
    await redis?.close();
  });

  it(proves('faults:clocks', 'agree about time'), async () => {
    const callers = await Promise.all([site.caller(), site.caller(), site.caller()]);
    const agents = await Promise.all(Array.from({ length: 4 }, () => site.agent('off')));
    await workload(site, { callers, agents, service: 'off', actions: 6 });
    const [caller] = callers;
    const [agent] = agents;
    assert.ok(caller !== undefined && agent !== undefined);
    for (const other of agents.slice(1)) other.kill();
    agent.busy = false;
    // Placed at the one and the other: each lives its two seconds, and not an hour more or less.
    const live = await Promise.all(
      callers.map((one) => one.place({ ids: [agent.runtime], timeoutSeconds: 2, waitSeconds: 10 })),
    );
    for (const answer of live) assert.ok('view' in answer && answer.view.action.state === 'expired');
    await site.verify();
  });
});

function isArmed(answer: Answer): boolean {
  return 'view' in answer && answer.view.action.state === 'armed';
}

function failed(actionId: string) {
  return {
    type: 'failed',
    actionId,
    problem: { code: 'FILE_NOT_FOUND', message: 'from the older attachment' },
  } as const;
}

/** A hit that tells which pass it is; two brokers may be sent different ones under one sequence. */
function pass(number: number) {
  return {
    ...HIT,
    variables: [{ name: 'mark', scope: 'local' as const, value: { type: 'string' as const, value: `pass ${number}` } }],
  };
}
