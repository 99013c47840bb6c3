import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { CLOSE, LIMITS } from '@borescope/agent-protocol';
import { WebSocket } from 'ws';
import { proves } from '../../tests/proves.ts';
import { agentPeer, bearer, runtime, testBroker, until } from './broker-harness.ts';

/** The answer to an upgrade that is refused. */
function refusal(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => reject(new Error('it was let in')));
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
}

test(proves('tokens:kind', 'who an agent is, is known before its connection becomes a WebSocket'), async (t) => {
  const { url, token, broker, organization, log } = await testBroker(t);
  const mcp = await token({ kind: 'mcp' });
  const revoked = await token({ kind: 'agent' });
  await broker.tokens.revoke(organization.id, revoked.id);
  const agents = `${url}/agent/v1`;
  const cases: [string, Record<string, string>, number, RegExp][] = [
    [agents, {}, 401, /"UNAUTHENTICATED".*no Authorization header/],
    [agents, bearer('bore_agt_x'), 401, /mistyped/],
    [agents, bearer(mcp.token), 403, /"FORBIDDEN".*takes an agent token/],
    [agents, bearer(revoked.token), 401, /revoked/],
    [`${url}/other`, bearer(revoked.token), 404, /"NOT_FOUND"/],
    [agents, { ...bearer(revoked.token), origin: 'https://evil.example' }, 403, /Origin/],
  ];
  for (const [address, headers, status, body] of cases) {
    const answer = await refusal(address, headers);
    assert.equal(answer.status, status);
    assert.match(answer.body, body);
  }
  const refused = log()
    .split('\n')
    .filter((line) => line.includes('"agent refused"'));
  assert.equal(refused.length, cases.length);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  assert.match(metrics, /^borescope_agent_refused_total\{reason="UNAUTHENTICATED"\} 3$/m);
  assert.match(metrics, /^borescope_agent_refused_total\{reason="FORBIDDEN"\} 2$/m);
  assert.match(refused[3] ?? '', /"remote":"[^"]+","reason":"UNAUTHENTICATED","text":"the token was revoked/);
});

test('an agent reaches the broker under any name that leads to it, a page of another site under none', async (t) => {
  const { url, token } = await testBroker(t);
  const agent = await token({ kind: 'agent' });
  const headers = { ...bearer(agent.token), host: 'brokers.internal:7373' };
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/agent/v1`, { headers });
  t.after(() => socket.terminate());
  await once(socket, 'open');
  const page = await refusal(`${url}/agent/v1`, { ...headers, origin: 'http://brokers.internal:7373' });
  assert.equal(page.status, 403);
});

test('a token in the query string of the upgrade opens nothing', async (t) => {
  const { url, token, log } = await testBroker(t);
  const agent = await token({ kind: 'agent' });
  assert.equal((await refusal(`${url}/agent/v1?token=${agent.token}`, {})).status, 401);
  assert.ok(!log().includes(agent.token));
});

test(proves('tokens:revoked', 'revoking a token closes the sockets of its agents and no other'), async (t) => {
  const { url, token, broker, organization, log } = await testBroker(t);
  const revoked = await token({ kind: 'agent' });
  const kept = await token({ kind: 'agent' });
  const leaving = await agentPeer(t, url, revoked.token, runtime('runtime-leaving'));
  const staying = await agentPeer(t, url, kept.token, runtime('runtime-staying'));
  await broker.tokens.revoke(organization.id, revoked.id);
  assert.equal(await leaving.closed, CLOSE.unauthorized);
  await until(async () => (await broker.store.runtimes.list(organization.id)).length === 1, 'one runtime is left');
  assert.equal(staying.socket.readyState, WebSocket.OPEN);
  // The log says by its id which token it was, and never has its text.
  assert.match(log(), new RegExp(`"token":"${revoked.id}".*"agent refused"`));
  assert.ok(!log().includes(revoked.token));
});

test(proves('limits:frame', 'a frame above 1 MiB closes its own connection only'), async (t) => {
  const { url, token } = await testBroker(t);
  const agent = await token({ kind: 'agent' });
  const big = await agentPeer(t, url, agent.token, runtime('runtime-big'));
  const other = await agentPeer(t, url, agent.token, runtime('runtime-other'));
  big.socket.send(`"${'x'.repeat(LIMITS.frameBytes)}"`);
  assert.equal(await big.closed, 1009);
  assert.equal(other.socket.readyState, WebSocket.OPEN);
});

test('a broker that holds as many agents as it can refuses one more, for now', async (t) => {
  const { url, token } = await testBroker(t, {}, { capacity: { agents: 1 } });
  const agent = await token({ kind: 'agent' });
  const first = await agentPeer(t, url, agent.token, runtime('runtime-1'));
  const answer = await refusal(`${url}/agent/v1`, bearer(agent.token));
  assert.equal(answer.status, 503);
  assert.match(answer.body, /"UNAVAILABLE".*as many agents as it can.*"retryable":true/);
  first.socket.close();
  await first.closed;
  await until(
    () => agentPeer(t, url, agent.token, runtime('runtime-2')).then(Boolean, () => false),
    'there is room again',
  );
});

test('a socket that has not said hello takes a place, too', async (t) => {
  const { url, token } = await testBroker(t, {}, { capacity: { agents: 1 } });
  const agent = await token({ kind: 'agent' });
  const silent = new WebSocket(`${url.replace(/^http/, 'ws')}/agent/v1`, { headers: bearer(agent.token) });
  t.after(() => silent.terminate());
  await once(silent, 'open');
  assert.equal((await refusal(`${url}/agent/v1`, bearer(agent.token))).status, 503);
});

test('messages are not compressed, whatever the agent offers', async (t) => {
  const { url, token } = await testBroker(t);
  const agent = await token({ kind: 'agent' });
  const peer = await agentPeer(t, url, agent.token, runtime('runtime-1'));
  assert.equal(peer.socket.extensions, '');
});
