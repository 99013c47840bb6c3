import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { proves } from '../../tests/proves.ts';
import { agentPeer, armNext, bearer, legacyClient, runtime, sendHit, testBroker } from './broker-harness.ts';

const asked = { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7, condition: 'total > 10' };

/** A broker whose policy asks for a person in the environment of its only runtime. */
async function brokerThatAsks(t: TestContext, by: 'person' | 'admin' = 'person') {
  const test = await testBroker(t);
  const { broker, url } = test;
  const approval = { environments: ['test'], by, expires_minutes: 5 };
  assert.ok(await broker.controls.policy.set('default', { approval }, 0));
  const { token } = await test.token({ kind: 'mcp', name: 'assistant' });
  const agent = await test.token({ kind: 'agent' });
  const peer = await agentPeer(t, url, agent.token, runtime('runtime-1'));
  const describing = async (sourceLine = '  return total;') => {
    const { requestId } = await peer.next('inspect');
    const bound = { file: 'src/cart.ts', line: 7, sourceLine };
    const inspection = { bound, source: [], names: [], scripts: [], pending: false };
    peer.send({ type: 'inspected', requestId, inspection });
  };
  return { ...test, token, peer, describing };
}

/** A client that shows forms to a person who answers so. */
async function clientThatAsks(t: TestContext, url: string, token: string, answer: (message: string) => unknown) {
  const client = new Client(
    { name: 'modern', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: { elicitation: { form: {} } } },
  );
  const shown: string[] = [];
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    shown.push(params.message);
    return answer(params.message) as { action: 'accept'; content: Record<string, boolean> };
  });
  const requestInit = { headers: bearer(token) };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
  t.after(() => client.close());
  return { client, shown };
}

test(
  proves('approvals:shown', 'a client that can ask shows the person the line and the cost, and a yes places the probe'),
  async (t) => {
    const { url, token, peer, describing, broker } = await brokerThatAsks(t);
    const yes = () => ({ action: 'accept', content: { approve: true } });
    const { client, shown } = await clientThatAsks(t, url, token, yes);
    const calling = client.callTool({ name: 'capture_snapshot', arguments: asked });
    await describing();
    await describing();
    const id = await armNext(peer);
    sendHit(peer, id, 1, peer.epoch);
    assert.notEqual((await calling).isError, true);
    assert.equal(shown.length, 1);
    for (const part of [
      /Place a probe \(snapshot\) in test\?/,
      /src\/cart\.ts:7, before the line runs: return total;/,
      /1 runtimes that match \{"service":"shop"\}/,
      /Only where: total > 10/,
      /at most 1 % of one core/,
    ]) {
      assert.match(shown[0] ?? '', part);
    }
    const acts: string[] = [];
    for await (const { text } of broker.controls.audit.entries('default')) acts.push(String(JSON.parse(text).act));
    assert.deepEqual(acts.slice(0, 3), ['approval.ask', 'approval.decide', 'action.place']);
  },
);

test(
  proves('approvals:shown', 'an answer is none to a request that was made anew while the person read the form'),
  async (t) => {
    const { url, token, describing, broker } = await brokerThatAsks(t);
    const { approvals } = broker.controls;
    let asks = 0;
    const { client, shown } = await clientThatAsks(t, url, token, async () => {
      asks += 1;
      if (asks > 1) return { action: 'accept', content: { approve: false } };
      const [found] = await approvals.list('default');
      assert.ok(found !== undefined && (await broker.store.documents.remove('default', 'approval', found.id)));
      return { action: 'accept', content: { approve: true } };
    });
    const calling = client.callTool({ name: 'capture_snapshot', arguments: asked });
    await describing();
    await describing('  return secret;');
    assert.equal((await calling).isError, true);
    assert.deepEqual(
      shown.map((message) => /return \w+;/.exec(message)?.[0]),
      ['return total;', 'return secret;'],
    );
    assert.deepEqual(await broker.store.actions.live(), []);
  },
);

for (const [how, answer] of [
  ['declines', { action: 'decline' }],
  ['says no', { action: 'accept', content: { approve: false } }],
] as const) {
  test(proves('approvals:before', `nothing is placed where the person ${how}`), async (t) => {
    const { url, token, describing, broker } = await brokerThatAsks(t);
    const { client } = await clientThatAsks(t, url, token, () => answer);
    const calling = client.callTool({ name: 'capture_snapshot', arguments: asked });
    await describing();
    const result = await calling;
    assert.equal(result.isError, true);
    assert.match(JSON.stringify(result.structuredContent), /BLOCKED_BY_POLICY.*assistant has denied/);
    assert.deepEqual(await broker.store.actions.live(), []);
  });
}

test(proves('approvals:admin', 'an answer of the client decides nothing where an admin has to'), async (t) => {
  const { url, token, describing, broker } = await brokerThatAsks(t, 'admin');
  const yes = () => ({ action: 'accept', content: { approve: true } });
  const { client, shown } = await clientThatAsks(t, url, token, yes);
  const calling = client.callTool({ name: 'capture_snapshot', arguments: { ...asked, wait_seconds: 0 } });
  await describing();
  const result = await calling;
  assert.match(JSON.stringify(result.structuredContent), /needs the approval of an admin.*borescope approvals approve/);
  assert.deepEqual(shown, []);
  assert.deepEqual(await broker.store.actions.live(), []);
});

test('a client that cannot ask waits for a decision that is made elsewhere', async (t) => {
  const { url, token, peer, describing, broker } = await brokerThatAsks(t);
  const client = await legacyClient(t, url, bearer(token));
  const calling = client.callTool({ name: 'capture_snapshot', arguments: { ...asked, wait_seconds: 30 } });
  await describing();
  const { approvals } = broker.controls;
  for (;;) {
    const [found] = await approvals.list('default');
    if (found === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
    else {
      await approvals.decide('default', found.id, { approve: true, by: 'ann@example.com' });
      break;
    }
  }
  await describing();
  const id = await armNext(peer);
  sendHit(peer, id, 1, peer.epoch);
  assert.notEqual((await calling).isError, true);
});

test(proves('policy:kinds', 'a tool whose kind the policy closes for a role is not listed'), async (t) => {
  const { broker, url, token } = await testBroker(t);
  assert.ok(await broker.controls.policy.set('default', { kinds: { snapshot: 'admin', inspect: 'nobody' } }, 0));
  for (const [role, hasSnapshot] of [
    ['developer', false],
    ['admin', true],
  ] as const) {
    const client = await legacyClient(t, url, bearer((await token({ kind: 'mcp', role })).token));
    const names = (await client.listTools()).tools.map(({ name }) => name);
    assert.equal(names.includes('capture_snapshot'), hasSnapshot);
    assert.ok(!names.includes('inspect_location') && names.includes('list_runtimes'));
  }
});
