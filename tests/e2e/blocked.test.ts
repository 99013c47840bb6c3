import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { lineOf } from '../../scripts/demo/source-line.ts';
import { attachedRuntime } from '../live/attached.ts';
import { type LiveBroker, liveBroker } from '../live/broker.ts';
import { type Assistant, currentClient } from '../live/mcp-clients.ts';
import { NodeProcess } from '../live/node-process.ts';
import { until } from '../live/until.ts';
import { proves } from '../proves.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SERVICE = fileURLToPath(new URL('../fixtures/cart-service.mjs', import.meta.url));
const PLACE = { file: 'fixtures/cart-service.mjs', line: lineOf(SERVICE, 'const sum = ') };
const RUNTIMES = { runtimes: { service: 'cart' } };

const result = z.object({
  action: z.object({ id: z.string(), state: z.string(), reason: z.string().optional() }),
  hits: z.array(
    z.object({ values: z.array(z.object({ value: z.unknown().optional(), error: z.string().optional() })).optional() }),
  ),
});

let broker: LiveBroker;
let assistant: Assistant;
let service: NodeProcess;
let version = 0;

before(async () => {
  broker = await liveBroker();
  assistant = await currentClient(broker.url, broker.mcpToken);
  const environment = { ...broker.agentEnvironment, BORESCOPE_SERVICE: 'cart' };
  service = new NodeProcess(['--import', '@borescope/agent', SERVICE], { cwd: ROOT, environment });
  await service.line(/serving/);
  await attachedRuntime(assistant, 'cart');
});

after(async () => {
  await assistant?.close();
  await service?.stop();
  await broker?.close();
});

async function block(blocked: object): Promise<void> {
  const answer = await fetch(`${broker.url}/api/policy`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${broker.adminToken}`,
      'content-type': 'application/json',
      'if-match': `"${version}"`,
    },
    body: JSON.stringify({ blocked }),
  });
  assert.equal(answer.status, 200, await answer.text());
  version += 1;
}

async function capture(asked: object = {}) {
  const wait = { timeout_seconds: 30, wait_seconds: 30 };
  return result.parse(await assistant.call('capture_snapshot', { ...RUNTIMES, ...PLACE, ...wait, ...asked }));
}

test(proves('blocked:at-once', 'a policy that an administrator sets removes the probe that is in place'), async () => {
  const asked = { condition: 'user.name === "nobody"', wait_seconds: 0 };
  const { action } = await capture(asked);
  const waiting = (seconds: number) =>
    assistant.call('wait_for_action', { action_id: action.id, wait_seconds: seconds }).then(result.parse);
  await until(async () => (await waiting(1)).action.state === 'armed');
  await block({ files: ['fixtures/*-service.mjs'] });
  await assert.rejects(waiting(20), /"state":"failed".*BLOCKED_BY_POLICY/);
  await assert.rejects(capture(), /BLOCKED_BY_POLICY/);
  await assert.rejects(assistant.call('inspect_location', { ...RUNTIMES, ...PLACE }), (error: Error) => {
    assert.match(error.message, /BLOCKED_BY_POLICY/);
    assert.doesNotMatch(error.message, /reduce/);
    return true;
  });
});

test(proves('blocked:classes', 'an assistant reads a marker in the place of an object'), async () => {
  await block({ classes: ['Order'] });
  // The policy before this one may hold for a moment more.
  let hits: z.infer<typeof result>['hits'] = [];
  await until(async () => {
    const asked = { expressions: ['order', 'order.id', 'items.length'] };
    try {
      hits = (await capture(asked)).hits;
    } catch (error) {
      assert.match(String(error), /BLOCKED_BY_POLICY/);
    }
    return hits.length > 0;
  });
  const [whole, part, other] = hits[0]?.values ?? [];
  assert.deepEqual(whole?.value, { $redacted: 'blocked-class', $of: 'object' });
  assert.match(part?.error ?? '', /a class that a policy blocks/);
  assert.equal(other?.value, 40);
});
