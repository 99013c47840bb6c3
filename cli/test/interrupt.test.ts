import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { agentPeer, armNext, runtime } from '../../server/test/broker-harness.ts';
import { proves } from '../../tests/proves.ts';
import { cli, createToken, serve, start } from './run-cli.ts';

test(
  proves('commands:interrupt', 'Ctrl-C while a snapshot waits cancels it: its probe is removed, exit 130'),
  async (t) => {
    const { env, peer } = await attached(t);
    const { child, finished } = start(['snapshot', 'a.ts:7', '--service', 'shop'], env);
    const id = await armNext(peer);
    child.kill('SIGINT');
    const disarm = await peer.next('disarm');
    assert.equal(disarm.actionId, id);
    assert.equal(disarm.reason, 'cancelled');
    const { code, stdout, stderr } = await finished;
    assert.equal(code, 130, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^borescope: cancelling \(Ctrl-C once more to leave at once\)$/m);
    assert.match(stderr, new RegExp(`^borescope: cancelled .*0 of 1 hits, action ${id}$`, 'm'));
  },
);

test(proves('commands:interrupt', 'Ctrl-C while a command waits for an action cancels that action'), async (t) => {
  const { env, peer } = await attached(t);
  const placed = cli(['snapshot', 'a.ts:7', '--service', 'shop', '--wait', '0'], env);
  const id = await armNext(peer);
  assert.equal((await placed).code, 0);
  const { child, finished, says } = start(['wait', id], env);
  await says(/0 of 1 hits/);
  child.kill('SIGINT');
  assert.equal((await peer.next('disarm')).reason, 'cancelled');
  assert.equal((await finished).code, 130);
});

test('with a broker that does not answer Ctrl-C says so after 2 s, and a second one leaves at once', async (t) => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  assert.ok(typeof address === 'object' && address !== null);
  t.after(() => silent.close());
  const env = { BORESCOPE_URL: `http://127.0.0.1:${address.port}`, BORESCOPE_TOKEN: 'bore_mcp_x' };
  const interrupted = async () => {
    const connection = once(silent, 'connection');
    const running = start(['wait', 'act_1'], env);
    await connection;
    running.child.kill('SIGINT');
    await running.says(/cancelling/);
    return running;
  };
  const patient = await (await interrupted()).finished;
  assert.equal(patient.code, 130);
  assert.match(patient.stderr, /not cancelled: the broker did not answer within 2 s\. The probe goes at its deadline/);
  const { child, finished } = await interrupted();
  child.kill('SIGINT');
  const hasty = await finished;
  assert.equal(hasty.code, 130);
  assert.doesNotMatch(hasty.stderr, /not cancelled/);
});

test('a wait that is refused leaves no probe behind', async (t) => {
  const { env, peer } = await attached(t);
  const running = cli(['snapshot', 'a.ts:7', '--service', 'shop', '--wait', '601'], env);
  await armNext(peer);
  assert.equal((await peer.next('disarm')).reason, 'cancelled');
  const { code, stderr } = await running;
  assert.equal(code, 1);
  assert.match(stderr, /LIMIT_EXCEEDED: wait_seconds: above the limit of 600/);
});

async function attached(t: TestContext) {
  const { url, dataDir } = await serve(t);
  const agent = await createToken(dataDir, 'agent');
  const mcp = await createToken(dataDir, 'mcp');
  const peer = await agentPeer(t, url, agent.token, runtime('runtime-1'));
  return { env: { BORESCOPE_URL: url, BORESCOPE_TOKEN: mcp.token }, peer };
}
