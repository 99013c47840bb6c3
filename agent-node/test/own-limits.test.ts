import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type AgentFrame, LIMITS, type Problem } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

/** Line 2 is passed 500 times a second, each time with some 60 KB of strings; line 6 as often as a core can. */
const APPLICATION = `function large(id, text) {
  return id + text.length;
}
const texts = Array.from({ length: 40 }, (_, i) => String(i).repeat(1000).slice(0, 1000));
function hot(n) {
  const next = n + 1;
  return next;
}
let n = 0;
setInterval(() => large(++n, texts), 2);
process.on('message', () => {
  setInterval(() => {
    const end = performance.now() + 20;
    while (performance.now() < end) for (let i = 0; i < 1000; i++) n = hot(n);
  }, 0);
});
`;

/** Until a broker that orders as fast as it can has used up what it may. */
const MOST_MS = 20_000;

describe('an agent with a broker that takes what it can', () => {
  let folder: string;
  let count = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'borescope-limits-'));
    await writeFile(join(folder, 'large.cjs'), APPLICATION);
  });
  after(() => rm(folder, { recursive: true }));

  async function running(
    environment: Readonly<Record<string, string>>,
    body: (broker: TestBroker, application: Application) => Promise<void>,
  ): Promise<void> {
    const broker = await TestBroker.start();
    const application = startApplication(broker, join(folder, 'large.cjs'), { environment });
    try {
      await broker.hello();
      await body(broker, application);
      assert.equal(application.stderr, '');
      assert.equal(application.child.exitCode, null);
    } finally {
      await application.stop();
      await broker.close();
    }
  }

  function arm(broker: TestBroker, line: number, over: object = {}): string {
    const actionId = `action-${++count}`;
    broker.arm({ actionId, place: { file: 'large.cjs', line }, maxHits: 50, ...over });
    return actionId;
  }
  async function refusalOf(broker: TestBroker, actionId: string): Promise<Problem> {
    return (await broker.next('failed', (frame) => frame.actionId === actionId)).problem;
  }
  const hits = (broker: TestBroker) => broker.frames.filter((frame) => frame.type === 'hit');
  const bytesOf = (frames: readonly AgentFrame[]) =>
    frames.reduce((sum, frame) => sum + Buffer.byteLength(JSON.stringify('hit' in frame ? frame.hit : frame)), 0);

  it(proves('agent:own-limits', 'gives no more hits in a minute than its setting says, and tells it'), () =>
    running({ BORESCOPE_MAX_HITS_PER_MINUTE: '20' }, async (broker) => {
      const actionIds = [2, 2, 11].map((line) => arm(broker, line));
      const told = await broker.next('status', ({ observation }) => observation.ownLimit !== undefined);
      assert.deepEqual(told.observation.ownLimit, { of: 'hits', most: 20 });
      assert.equal(told.removed, false);
      const refused = await refusalOf(broker, arm(broker, 2));
      assert.equal(refused.code, 'QUOTA_EXCEEDED');
      assert.match(refused.message, /the agent's own limit of 20 hits a minute/);
      assert.match(refused.hint ?? '', /Try again in \d\d s/);
      broker.send({ type: 'inspect', requestId: 'i', place: { file: 'large.cjs', line: 2 } });
      const { inspection } = await broker.next('inspected');
      assert.equal(inspection.problem?.code, 'QUOTA_EXCEEDED');
      for (const actionId of actionIds) {
        broker.send({ type: 'disarm', actionId, reason: 'cancelled' });
        await broker.next('status', (frame) => frame.actionId === actionId && frame.removed);
      }
      assert.equal(hits(broker).length, 20);
    }),
  );

  it(
    proves('agent:own-limits', 'gives no more bytes in a minute, neither at first nor when they are asked for again'),
    () => {
      const most = 512 * 1024;
      return running({ BORESCOPE_MAX_BYTES_PER_MINUTE: `${most}` }, async (broker) => {
        broker.acknowledge = false;
        const actionIds = [arm(broker, 2), arm(broker, 2)];
        const told = await broker.next('status', ({ observation }) => observation.ownLimit !== undefined);
        assert.deepEqual(told.observation.ownLimit, { of: 'bytes', most });
        const first = hits(broker).length;
        const bytes = bytesOf(hits(broker));
        assert.ok(bytes <= most && bytes > most / 2, `${bytes} bytes`);
        for (let asked = 0; asked < 200; asked++) {
          for (const actionId of actionIds) broker.send({ type: 'resend', actionId, lastSequence: 0 });
        }
        broker.send({ type: 'inspect', requestId: 'i', place: { file: 'large.cjs', line: 2 } });
        await broker.next('inspected');
        const again = bytesOf(hits(broker).slice(first));
        assert.ok(again > 0 && again <= most, `${again} bytes again`);
      });
    },
  );

  it(proves('agent:own-limits', 'takes no more of a core, however many probes it is told to place'), () =>
    running({ BORESCOPE_MAX_OVERHEAD_PERCENT: '5' }, async (broker, application) => {
      const greedy = await refusalOf(broker, arm(broker, 2, { overheadPercent: 6 }));
      assert.equal(greedy.code, 'LIMIT_EXCEEDED');
      assert.match(greedy.message, /BORESCOPE_MAX_OVERHEAD_PERCENT/);
      application.tell('run');
      const from = performance.now();
      let refused: Problem | undefined;
      while (refused === undefined && performance.now() - from < MOST_MS) {
        const actionId = arm(broker, 6, { overheadPercent: 5, condition: 'n < 0' });
        await pause(20);
        broker.send({ type: 'disarm', actionId, reason: 'cancelled' });
        refused = broker.frames
          .flatMap((frame) => (frame.type === 'failed' ? frame.problem : []))
          .find(({ code }) => code === 'QUOTA_EXCEEDED');
      }
      const taken = performance.now() - from;
      assert.match(refused?.message ?? '', /5 % of a core/);
      const costs = new Map<string, number>();
      for (const frame of broker.frames) {
        if (frame.type === 'status') costs.set(frame.actionId, frame.cost.totalMs + (frame.cost.armingMs ?? 0));
      }
      const cost = [...costs.values()].reduce((sum, one) => sum + one, 0);
      // What may be ahead, half a second, and what one look, a tenth of a second, comes too late.
      assert.ok(cost <= taken * 0.05 + 500 + 100, `${cost} ms in ${taken} ms, by ${costs.size} actions`);
    }),
  );

  it('places the next action after a flood of them', () =>
    running({}, async (broker) => {
      for (let n = 0; n < 2000; n++) arm(broker, 4000);
      broker.cut();
      const { live } = await broker.hello(2);
      assert.ok(live.length <= LIMITS.liveActionsPerRuntime);
      // The broker asks for none of them any more; each keeps its place until it is out.
      const isFull = async () => {
        const actionId = arm(broker, 2, { maxHits: 1 });
        const answer = await broker.until(() => {
          const told = broker.frames.filter((frame) => frame.type === 'hit' || frame.type === 'failed');
          return told.find((frame) => frame.actionId === actionId);
        }, 'answer to the next action');
        if (answer.type === 'failed') assert.match(answer.problem.message, /already has \d+ live actions/);
        return answer.type === 'failed';
      };
      const end = performance.now() + MOST_MS;
      while (await isFull()) assert.ok(performance.now() < end, 'there is room for it');
    }));

  it('has to have limits that are numbers, else there is no agent', async () => {
    await writeFile(join(folder, 'end.cjs'), '');
    for (const [setting, value] of [
      ['BORESCOPE_MAX_OVERHEAD_PERCENT', '21'],
      ['BORESCOPE_MAX_HITS_PER_MINUTE', '-1'],
      ['BORESCOPE_MAX_HITS_PER_MINUTE', '1e3'],
      ['BORESCOPE_MAX_BYTES_PER_MINUTE', '64 MB'],
    ] as const) {
      const ended = await startApplication(undefined, join(folder, 'end.cjs'), {
        environment: { [setting]: value },
      }).ended();
      assert.equal(ended.code, 0);
      assert.match(
        ended.stderr,
        new RegExp(`^borescope: no agent was started: ${setting} must be a whole number from \\d`),
      );
    }
  });
});
