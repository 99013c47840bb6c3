import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type LiveRedis, liveRedis, noRedis } from '../live/redis.ts';
import type { SimulatedAgent } from './agent.ts';
import { FaultProxy } from './fault-proxy.ts';
import { ofType } from './history.ts';
import { ORGANIZATIONS, Site } from './site.ts';
import { workload } from './workload.ts';

const BROKERS = 3;
const AGENTS = 5;
const CALLERS = 16;
/** Of all callers of both organizations together; FAULTS_ACTIONS for more, or fewer. A test has 120 s. */
const ACTIONS = Number(process.env['FAULTS_ACTIONS'] ?? 600);
/** Milliseconds from one fault to the next, at most. */
const FAULT_EVERY = 1_500;

describe('three brokers on one Redis, two organizations, and every fault at once', { skip: noRedis }, () => {
  let redis: LiveRedis;
  /** Between the brokers and Redis. */
  let line: FaultProxy;
  let site: Site;

  before(async () => {
    redis = await liveRedis({ durable: true });
    line = await FaultProxy.start(() => redis.port);
    site = await Site.start({ redisUrl: `redis://127.0.0.1:${line.port}`, brokers: BROKERS });
  });
  after(async () => {
    await site?.close();
    await line?.close();
    await redis?.close();
  });

  it(`keep every promise over ${ACTIONS} actions`, async () => {
    const { random } = site;
    const agents: Record<string, SimulatedAgent[]> = {};
    const working: Promise<void>[] = [];
    for (const organization of ORGANIZATIONS) {
      const own = await Promise.all(Array.from({ length: AGENTS }, () => site.agent('shop', organization)));
      const callers = await Promise.all(Array.from({ length: CALLERS }, () => site.caller(organization)));
      agents[organization] = own;
      const each = Math.ceil(ACTIONS / CALLERS / ORGANIZATIONS.length);
      working.push(workload(site, { callers, agents: own, service: 'shop', actions: each }));
    }

    const struck: Record<string, number> = {};
    const strikes = {
      brokerKilled: async () => {
        const index = Math.floor(random() * BROKERS);
        await site.killBroker(index);
        await wait(random() * 1_000);
        await startAgain(index);
      },
      brokerPaused: async () => {
        const broker = site.broker(Math.floor(random() * BROKERS));
        broker.pause();
        await wait(random() * 3_000);
        broker.resume();
      },
      agentKilled: async () => {
        const organization = random() < 0.5 ? 'north' : 'south';
        const own = agents[organization] ?? [];
        const index = Math.floor(random() * own.length);
        own[index]?.kill();
        own[index] = await site.agent('shop', organization);
      },
      redisKilled: async () => {
        await redis.kill();
        await wait(random() * 1_000);
        await redis.restart();
      },
      redisStalled: async () => {
        redis.stall();
        await wait(random() * 3_000);
        redis.resume();
      },
      redisCut: async () => line.cut(),
      redisSwallowed: async () => line.swallow(),
      agentsCut: async () => site.wire.cut(),
      callersCut: async () => site.door.cut(),
    };
    /** Redis may be away at that moment: an operator's supervisor tries again, too. */
    const startAgain = async (index: number): Promise<void> => {
      for (let tries = 0; ; tries++) {
        try {
          return await site.startBroker(index);
        } catch (error) {
          if (tries === 5) throw error;
        }
      }
    };
    const names = Object.keys(strikes) as (keyof typeof strikes)[];
    let done = false;
    const failing = (async () => {
      while (!done) {
        const name = names[Math.floor(random() * names.length)] ?? 'agentsCut';
        await strikes[name]();
        struck[name] = (struck[name] ?? 0) + 1;
        await wait(random() * FAULT_EVERY);
      }
    })();
    const begun = performance.now();
    try {
      await Promise.race([Promise.all(working), failing]);
    } finally {
      done = true;
      await failing;
    }
    line.cut();
    await site.verify();

    const accepted = ofType(site.history.events, 'accepted').length;
    const hits = ofType(site.history.events, 'acknowledged').length;
    const seconds = Math.round((performance.now() - begun) / 1_000);
    console.log(`${accepted} actions, ${hits} acknowledgements in ${seconds} s under ${JSON.stringify(struck)}`);
    assert.ok(accepted >= ACTIONS);
  });
});
