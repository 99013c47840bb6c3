import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { lineOf } from '../../scripts/demo/source-line.ts';
import { attachedRuntime } from '../live/attached.ts';
import { type LiveBroker, liveBroker } from '../live/broker.ts';
import { type Assistant, currentClient } from '../live/mcp-clients.ts';
import { NodeProcess } from '../live/node-process.ts';
import { proves } from '../proves.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TICKER = fileURLToPath(new URL('../fixtures/ticker.mjs', import.meta.url));

const result = z.object({
  action: z.object({ state: z.string(), hits: z.number() }),
  placements: z.array(z.object({ own_limit: z.string().optional() })),
});

let broker: LiveBroker;
let assistant: Assistant;
let service: NodeProcess;

before(async () => {
  broker = await liveBroker();
  assistant = await currentClient(broker.url, broker.mcpToken);
  const environment = {
    ...broker.agentEnvironment,
    BORESCOPE_SERVICE: 'ticker',
    BORESCOPE_MAX_HITS_PER_MINUTE: '3',
  };
  service = new NodeProcess(['--import', '@borescope/agent', TICKER], { cwd: ROOT, environment });
  await attachedRuntime(assistant, 'ticker');
});

after(async () => {
  await assistant?.close();
  await service?.stop();
  await broker?.close();
});

function capture(place: { file: string; line: number }, maxHits: number) {
  const asked = { max_hits: maxHits, timeout_seconds: 2, wait_seconds: 20 };
  return assistant.call('capture_snapshot', { runtimes: { service: 'ticker' }, ...place, ...asked }).then(result.parse);
}

test(
  proves('agent:own-limits', 'an assistant reads which limit of the agent was used up, and when to try again'),
  async () => {
    const place = { file: 'fixtures/ticker.mjs', line: lineOf(TICKER, 'return next') };
    const { action, placements } = await capture(place, 5);
    assert.deepEqual([action.state, action.hits], ['expired', 3]);
    assert.equal(placements[0]?.own_limit, "the agent's own limit of 3 hits a minute");
    // A call that cannot be done is an error, with the result beside it.
    await assert.rejects(capture(place, 1), (error: Error) => {
      assert.match(error.message, /"QUOTA_EXCEEDED","message":"the agent's own limit of 3 hits a minute is used up/);
      assert.match(error.message, /"hint":"Try again in \d\d s/);
      return true;
    });
  },
);
