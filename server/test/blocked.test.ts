import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Blocked } from '@borescope/agent-protocol';
import { proves } from '../../tests/proves.ts';
import { createPolicies } from '../src/agents/policies.ts';
import { systemClock } from '../src/clock.ts';
import { policySchema } from '../src/policies/policy.ts';
import { rulesFor } from '../src/policies/redaction-policy.ts';
import { HIT } from './agent-peer.ts';
import {
  agentCaller,
  controlsBeside,
  developer,
  type Harness,
  inSeconds,
  spec,
  startEngine,
} from './engine-harness.ts';

type Test = Parameters<typeof startEngine>[0];

const SHOP = { service: 'shop' };
const NOTHING: Blocked = { files: [], packages: [], classes: [] };
/** Where the peer's probes stand, and its hits come from. */
const ORDER = { ...NOTHING, files: ['src/order.ts'] };

async function withAgent(t: Test, blocked?: Blocked) {
  const harness = await startEngine(t);
  const block = async (what: Blocked, expected = 0) => {
    assert.ok(await harness.engine.controls.policy.set('default', { blocked: what }, expected));
  };
  if (blocked) await block(blocked);
  const { peer, welcome } = await harness.attach('1');
  return { ...harness, peer, welcome, block };
}

async function place({ engine, peer }: Awaited<ReturnType<typeof withAgent>>, maxHits = 5): Promise<string> {
  const { id } = await engine.actions.place(developer, SHOP, { ...spec, maxHits });
  await peer.next('arm', id);
  return id;
}

async function placementOf({ engine }: Pick<Harness, 'engine'>, id: string) {
  const { action, placements, hits } = await engine.actions.view(developer, id);
  return { action, hits, placement: placements[0] };
}

describe('what an organization blocks', () => {
  test('is told to its agents when they attach, and to nobody else', async (t) => {
    const blocked = { files: ['src/secrets/*'], packages: ['stripe'], classes: ['Vault'] };
    const harness = await withAgent(t, blocked);
    assert.deepEqual(harness.welcome.policy.blocked, blocked);
    const other = await harness.attach('2', {}, { ...agentCaller, organization: 'another' });
    assert.equal(other.welcome.policy.blocked, undefined);
  });

  test(proves('blocked:at-once', 'is told within a second when another process changes it'), async (t) => {
    const harness = await withAgent(t);
    const beside = await controlsBeside(t, harness);
    for (const [version, pattern] of ['src/a.ts', 'src/b.ts'].entries()) {
      const began = performance.now();
      assert.ok(await beside.policy.set('default', { blocked: { ...NOTHING, files: [pattern] } }, version));
      const { policy } = await harness.peer.next('policy');
      assert.ok(performance.now() - began < 1000, `${performance.now() - began} ms`);
      assert.deepEqual(policy.blocked?.files, [pattern]);
      assert.notEqual(policy.revision, harness.welcome.policy.revision);
    }
  });

  test('is told to an agent that attaches later, also where no agent was there when it changed', async (t) => {
    const harness = await withAgent(t, ORDER);
    await harness.peer.leave();
    const beside = await controlsBeside(t, harness);
    assert.ok(await beside.policy.set('default', { blocked: { ...NOTHING, files: ['src/new.ts'] } }, 1));
    for (;;) {
      const { peer, welcome } = await harness.attach('1');
      if (welcome.policy.blocked?.files[0] === 'src/new.ts') return;
      // What was read may be three tenths of a second old: then it comes at once behind the welcome.
      const { policy } = await peer.next('policy');
      assert.deepEqual(policy.blocked?.files, ['src/new.ts']);
      return;
    }
  });

  test('has to be written in patterns that say what they seem to say', () => {
    const parse = (blocked: Partial<Blocked>) => policySchema.safeParse({ blocked });
    assert.ok(parse({ files: ['src/**/*.key.ts'], packages: ['@acme/*'], classes: ['Vault'] }).success);
    const wrong = parse({ files: ['src/{a,b}.ts'] });
    assert.match(wrong.error?.issues[0]?.message ?? '', /"src\/\{a,b\}\.ts" has `\?`, `\{` or `\}` in it/);
    const large = Array.from({ length: 1000 }, (_, n) => `${'x'.repeat(250)}${n}`);
    const many = parse({ files: large, packages: large });
    assert.match(many.error?.issues[0]?.message ?? '', /more than 262144 bytes/);
    assert.ok(parse({ files: large }).success);
  });
});

describe('an agent that does not know what is blocked', () => {
  test(proves('blocked:broker', 'has its hits dropped and counted, and its probe removed'), async (t) => {
    const harness = await withAgent(t, ORDER);
    const { peer, welcome, meter } = harness;
    const id = await place(harness);
    peer.hit(id, welcome.epoch, 1);
    const { reason } = await peer.next('disarm', id);
    assert.equal(reason, 'failed');
    const { action, hits, placement } = await placementOf(harness, id);
    assert.deepEqual([action.state, hits.length, placement?.problem?.code], ['failed', 0, 'BLOCKED_BY_POLICY']);
    assert.ok(meter.events.includes('hit blocked') && !meter.events.includes('hit accepted'));
    assert.ok(!peer.received.some((frame) => frame.type === 'ack'));
    assert.ok(!JSON.stringify(placement).includes('total += 1'));
  });

  test(proves('blocked:broker', 'has its probe removed when it says where it stands'), async (t) => {
    const harness = await withAgent(t, ORDER);
    const id = await place(harness);
    harness.peer.armed(id);
    await harness.peer.next('disarm', id);
    const { placement } = await placementOf(harness, id);
    assert.equal(placement?.problem?.code, 'BLOCKED_BY_POLICY');
    assert.equal(placement?.bound, undefined);
  });

  test(
    proves('blocked:broker', 'has its probe removed with its next word when the policy comes after it'),
    async (t) => {
      const harness = await withAgent(t);
      const { peer, welcome } = harness;
      const id = await place(harness);
      peer.armed(id);
      peer.hit(id, welcome.epoch, 1);
      await peer.next('ack', id);
      await harness.block(ORDER);
      await peer.next('policy');
      peer.removed(id, { removed: false });
      await peer.next('disarm', id);
      const { placement, hits } = await placementOf(harness, id);
      assert.equal(placement?.problem?.code, 'BLOCKED_BY_POLICY');
      assert.equal(hits.length, 1, 'what was stored before stays');
      peer.hit(id, welcome.epoch, 2);
      await peer.next('disarm', id);
      assert.equal((await placementOf(harness, id)).hits.length, 1);
    },
  );

  test(proves('blocked:broker', 'is not believed about what stands in such a file'), async (t) => {
    const harness = await withAgent(t, ORDER);
    const inspecting = harness.engine.actions.inspect(developer, SHOP, spec.place);
    await harness.peer.answerInspect();
    const [found] = await inspecting;
    assert.equal(found?.inspection.problem?.code, 'BLOCKED_BY_POLICY');
    assert.deepEqual([found?.inspection.bound, found?.inspection.source], [undefined, []]);
    const ahead = harness.engine.actions.inspect(developer, SHOP, spec.place);
    const { requestId } = await harness.peer.next('inspect');
    const source = [{ line: 1, text: 'secret' }];
    harness.peer.send({
      type: 'inspected',
      requestId,
      inspection: { source, names: ['a'], scripts: [], pending: true },
    });
    assert.deepEqual((await ahead)[0]?.inspection.source, []);
  });

  test(proves('blocked:broker', 'has objects of blocked classes hidden in its hits'), async (t) => {
    const harness = await withAgent(t, { ...NOTHING, classes: ['Vault', '*Credentials'] });
    const { peer, welcome, engine } = harness;
    const id = await place(harness, 1);
    const canary = { type: 'string', value: 'canary' } as const;
    const properties = [{ name: 'label', value: canary }];
    const vault = { type: 'object', class: 'Vault', properties } as const;
    const values = [
      vault,
      { type: 'array', items: [vault] },
      { type: 'map', class: 'AwsCredentials', entries: [[canary, canary]] },
      { type: 'error', class: 'Vault', message: 'canary' },
      { type: 'function', name: 'Vault', class: true, properties },
      { type: 'object', class: 'Order', properties: [{ name: 'kept', value: vault }] },
    ] as const;
    const variables = values.map((value, n) => ({
      name: `v${n}`,
      value: structuredClone(value),
      scope: 'local' as const,
    }));
    peer.hit(id, welcome.epoch, 1, { ...HIT, variables: variables as unknown as typeof HIT.variables });
    await peer.next('disarm', id);
    peer.removed(id);
    const view = await engine.actions.wait(developer, id, { until: inSeconds(5) });
    const shown = JSON.stringify(view.hits[0]?.hit);
    assert.doesNotMatch(shown, /canary/);
    assert.match(shown, /"kept"/);
    assert.deepEqual(view.hits[0]?.hit.redactions, { count: 6, kinds: ['blocked-class'] });
  });
});

test('a policy has another revision where the day or the content is another, and else is asked for once', async () => {
  let now = 0;
  let version = 1;
  let asked = 0;
  const told: string[] = [];
  const policies = createPolicies({
    keys: { pseudonymKey: async (_organization, day) => day },
    clock: { ...systemClock, now: () => now },
    freshKey: () => 'fresh',
    async rulesOf() {
      asked += 1;
      return { blocked: { ...NOTHING, classes: [`V${version}`] }, version, ...rulesFor(undefined) };
    },
  });
  policies.watch((organization) => told.push(organization));
  const first = await policies.current('o');
  assert.equal(policies.current('o'), policies.current('o'));
  assert.equal(asked, 1);
  assert.equal((await policies.fresh('o')).revision, first.revision);
  assert.deepEqual(told, []);
  version = 2;
  assert.equal((await policies.current('o')).revision, first.revision);
  const second = await policies.fresh('o');
  assert.notEqual(second.revision, first.revision);
  assert.deepEqual([second.in(undefined).blocked?.classes, told], [['V2'], ['o']]);
  now = 24 * 60 * 60 * 1000;
  const third = await policies.current('o');
  assert.ok(![first.revision, second.revision].includes(third.revision));
  assert.ok(Number.isSafeInteger(third.revision));
});
