import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { lineOf } from '../../scripts/demo/source-line.ts';
import { type LiveBroker, liveBroker } from '../live/broker.ts';
import { type Assistant, currentClient } from '../live/mcp-clients.ts';
import { NodeProcess } from '../live/node-process.ts';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TICKER = fileURLToPath(new URL('../fixtures/ticker.mjs', import.meta.url));
const PLACE = { file: 'fixtures/ticker.mjs', line: lineOf(TICKER, 'return next;') };

const result = z.object({
  action: z.object({ id: z.string(), state: z.string(), hits: z.number() }),
  placements: z.array(z.object({ runtime: z.string(), status: z.string() })),
  hits: z.array(z.object({ hit: z.number(), runtime: z.string(), values: z.array(z.unknown()).optional() })),
});

let broker: LiveBroker;
let assistant: Assistant;
const processes: NodeProcess[] = [];

before(async () => {
  broker = await liveBroker();
  assistant = await currentClient(broker.url, broker.mcpToken);
});

after(async () => {
  await assistant?.close();
  await Promise.all(processes.map((one) => one.stop()));
  await broker?.close();
});

/** Processes of this service, attached and ticking. */
async function attach(service: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const environment = { ...broker.agentEnvironment, BORESCOPE_SERVICE: service };
    const one = new NodeProcess(['--import', '@borescope/agent', TICKER], { cwd: ROOT, environment });
    processes.push(one);
    await one.line(/ticking/);
  }
  const total = z.object({ total: z.number() });
  await until(async () => total.parse(await assistant.call('list_runtimes', { service })).total === count);
}

/** The result of an action when it is over: a call waits for a part of its life only. */
async function ended(answer: z.infer<typeof result>): Promise<z.infer<typeof result>> {
  const { id, state } = answer.action;
  if (state !== 'queued' && state !== 'armed') return answer;
  return ended(result.parse(await assistant.call('wait_for_action', { action_id: id, wait_seconds: 30 })));
}

test(proves('actions:concurrent', 'a hundred actions at once on one real process each get their hit'), async () => {
  await attach('one', 1);
  const calls = Array.from({ length: 100 }, (_, index) =>
    assistant.call('capture_snapshot', {
      runtimes: { service: 'one' },
      ...PLACE,
      expressions: [`next * 0 + ${index}`],
      overhead_percent: 20,
      timeout_seconds: 200,
      wait_seconds: 30,
    }),
  );
  // On a busy machine a capture takes longer, and the runtime rests longer before the next one.
  const results = await Promise.all(calls.map(async (call) => ended(result.parse(await call))));
  for (const [index, { action, hits }] of results.entries()) {
    assert.equal(action.state, 'completed', `action ${index}`);
    assert.deepEqual(hits[0]?.values, [{ expression: `next * 0 + ${index}`, value: index }]);
  }
  assert.equal(new Set(results.map(({ action }) => action.id)).size, 100);
});

test(proves('limits:hits', 'one action on twenty real processes records fifty hits and not one more'), async () => {
  await attach('many', 20);
  const { action, hits } = result.parse(
    await assistant.call('capture_snapshot', {
      runtimes: { service: 'many' },
      ...PLACE,
      max_hits: 50,
      timeout_seconds: 50,
      wait_seconds: 50,
    }),
  );
  assert.equal(action.state, 'completed');
  assert.equal(action.hits, 50);
  const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
  assert.deepEqual(
    hits.map(({ hit }) => hit),
    numbers,
  );
  assert.ok(new Set(hits.map(({ runtime }) => runtime)).size > 1, 'of more than one process');
  // Late hits of the race must change nothing, and every process lets go.
  const look = async () => result.parse(await assistant.call('wait_for_action', { action_id: action.id }));
  await until(async () => (await look()).placements.every(({ status }) => status === 'removed'));
  assert.equal((await look()).hits.length, 50);
  assert.equal((await look()).placements.length, 20);
});
