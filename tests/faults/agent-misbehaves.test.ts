import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AgentFrame, encodeFrame } from '@borescope/agent-protocol';
import { HIT, runtimeOf } from '../../server/test/agent-peer.ts';
import { proves } from '../proves.ts';
import type { Caller } from './caller.ts';
import { RawAgent } from './raw-agent.ts';
import { Site } from './site.ts';

const END_WITHIN = 30_000;
const MIB = 1024 * 1024;

describe('beside an agent that misbehaves an honest one is served, when the other one', () => {
  let site: Site;
  let north: Caller;
  let south: Caller;

  before(async () => {
    site = await Site.start();
    north = await site.caller('north');
    south = await site.caller('south');
  });
  after(() => site?.close());

  /** An action of an honest agent, from its start to its end. */
  async function honestWork(service: string): Promise<void> {
    const placed = await north.place({ service, maxHits: 5, timeoutSeconds: 20 });
    assert.ok('view' in placed, JSON.stringify(placed));
    const view = await north.ended(placed.view.action.id, END_WITHIN);
    assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 5]);
  }

  async function raw(service: string, organization: 'north' | 'south' = 'north'): Promise<RawAgent> {
    const runtime = runtimeOf(`raw-${service}`, { service });
    site.history.record({ type: 'runtime', runtime: runtime.id, organization, witnessed: false });
    return RawAgent.attach(site.agentUrl, site.token('agent', organization), runtime);
  }

  it(
    proves(
      ['faults:misbehaving', 'wire:bad-frame'],
      'sends what is huge, what is no frame, and what reaches for a prototype',
    ),
    async () => {
      await site.agent('honest-1');
      const bad = [
        'x'.repeat(MIB + 1),
        'x'.repeat(MIB - 1),
        `${'['.repeat(100_000)}`,
        '{"type":"hit","__proto__":{"polluted":true}}',
        '{"type":"nothing"}',
        '{"type":"hit","actionId":1}',
        '',
        encodeFrame({ type: 'hit', actionId: 'a', epoch: 999_999, sequence: 1, hit: HIT }),
      ];
      for (const [index, text] of bad.entries()) {
        const agent = await raw(`bad-${index}`);
        agent.socket.send(text);
        await agent.closed;
      }
      const binary = await raw('bad-binary');
      binary.socket.send(Buffer.alloc(1000));
      await binary.closed;
      await honestWork('honest-1');
      await site.verify();
    },
  );

  it(
    proves(['faults:misbehaving', 'limits:hits'], 'doubles and reorders its hits, and sends more than are wanted'),
    async () => {
      await site.agent('honest-2');
      const agent = await raw('eager');
      const placed = await north.place({ service: 'eager', maxHits: 7, timeoutSeconds: 20 });
      assert.ok('view' in placed);
      const { actionId } = (await agent.next('arm')).action;
      const send = (sequence: number) => {
        const variables = [
          { name: 'mark', scope: 'local', value: { type: 'string', value: `hit ${sequence}` } },
          { name: 'sequence', scope: 'local', value: { type: 'number', value: sequence } },
        ] as const;
        agent.hit(actionId, sequence, { ...HIT, variables: [...variables] });
      };
      for (const sequence of [1, 1, 1, 3, 2, 2, 9, 4, 3, 1, 5, 4, 50]) send(sequence);
      for (let round = 0; round < 5; round++) for (let sequence = 1; sequence <= 60; sequence++) send(sequence);
      const view = await north.ended(placed.view.action.id, END_WITHIN);
      assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 7]);
      await honestWork('honest-2');
      agent.socket.terminate();
      await site.verify();
    },
  );

  it(
    proves(['faults:misbehaving', 'tokens:organization'], 'knows the id of an action of another organization'),
    async () => {
      const honest = await site.agent('honest-3');
      honest.busy = false;
      const agent = await raw('spy', 'south');
      const placed = await north.place({ service: 'honest-3', maxHits: 5, timeoutSeconds: 20 });
      assert.ok('view' in placed);
      const actionId = placed.view.action.id;
      const [cost, observation] = [
        { samples: 1, meanUs: 1, maxUs: 1, totalMs: 1 },
        { passes: 1, conditionFalse: 0, conditionErrors: 0, dropped: 0, armedMs: 1, placedMs: 1 },
      ];
      const lies: AgentFrame[] = [
        { type: 'armed', actionId, place: { file: 'spy.ts', line: 1, sourceLine: 'spy' } },
        { type: 'failed', actionId, problem: { code: 'FILE_NOT_FOUND', message: 'spy' } },
        { type: 'status', actionId, removed: true, cost, observation },
      ];
      for (const lie of lies) agent.socket.send(encodeFrame(lie));
      for (let sequence = 1; sequence <= 5; sequence++) agent.hit(actionId, sequence, HIT);
      const { reason } = await agent.next('disarm');
      assert.equal(reason, 'unknown', 'as of one that never was');
      assert.deepEqual(await south.look(actionId), { code: 'ACTION_NOT_FOUND' });
      assert.deepEqual(await south.cancel(actionId), { code: 'ACTION_NOT_FOUND' });
      honest.busy = true;
      const view = await north.ended(actionId, END_WITHIN);
      assert.deepEqual([view?.action.state, view?.hits.length], ['completed', 5]);
      assert.ok(view?.hits.every(({ runtime }) => runtime === honest.runtime));
      agent.socket.terminate();
      await site.verify();
    },
  );

  it(proves('faults:misbehaving', 'floods'), async () => {
    await site.agent('honest-4');
    const agent = await raw('flood');
    const placed = await north.place({ service: 'flood', maxHits: 50, timeoutSeconds: 20 });
    assert.ok('view' in placed);
    const { actionId } = (await agent.next('arm')).action;
    const flood = agent.flood(actionId);
    await honestWork('honest-4');
    assert.ok(flood.stop() > 1_000, 'frames were sent meanwhile');
    agent.socket.terminate();
    await north.cancel(actionId);
    await site.verify();
  });

  it(proves('faults:misbehaving', 'does not read'), async () => {
    const [slow, honest] = await Promise.all([site.agent('slow'), site.agent('honest-5')]);
    slow.reads = false;
    const expressions = Array.from({ length: 10 }, () => `'${'x'.repeat(1000)}'.length`);
    // Together more than fits into the buffers of the sockets.
    const ids = [slow.runtime, honest.runtime];
    const placed = await Promise.all(
      Array.from({ length: 150 }, () => north.place({ ids, expressions, timeoutSeconds: 20 })),
    );
    for (const answer of placed) {
      assert.ok('view' in answer, JSON.stringify(answer));
      assert.equal((await north.ended(answer.view.action.id, END_WITHIN))?.action.state, 'completed');
    }
    slow.reads = true;
    await site.verify();
  });
});
