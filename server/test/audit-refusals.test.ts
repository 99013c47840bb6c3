import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import type { Caller } from '../src/access/caller.ts';
import type { Controls } from '../src/access/controls.ts';
import { BorescopeError } from '../src/actions/error.ts';
import type { AuditRecord } from '../src/audit/audit-record.ts';
import { createRefusals } from '../src/audit/refusals.ts';
import { onceAMinute } from '../src/once-a-minute.ts';
import { apiClient } from './api-client.ts';
import { agentPeer, bearer, modernClient, runtime, testBroker } from './broker-harness.ts';
import { developer, quiet, startEngine } from './engine-harness.ts';
import { person, signedIn } from './oauth-harness.ts';

const PLACE = { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7, wait_seconds: 0 };

async function records({ audit }: Pick<Controls, 'audit'>): Promise<AuditRecord[]> {
  const found: AuditRecord[] = [];
  for await (const { text } of audit.entries('default')) found.push(JSON.parse(text) as AuditRecord);
  return found;
}

/** Who was refused what, and whether anything else was told. */
async function refusals(controls: Pick<Controls, 'audit'>) {
  return (await records(controls)).map(({ act, by, what }) => {
    assert.equal(act, 'call.refuse');
    return [by.id, what];
  });
}

test(
  proves('audit:refused-calls', 'a tool that the role does not allow is told, with who, from where and why'),
  async (t) => {
    const { broker, url, token } = await testBroker(t);
    const { controls } = broker;
    const first = await token({ kind: 'mcp', role: 'viewer', name: 'first' });
    const second = await token({ kind: 'mcp', role: 'viewer', name: 'second' });
    for (const { token: text } of [first, second]) {
      const client = await modernClient(t, url, bearer(text));
      for (const name of ['capture_snapshot', 'cancel_action']) {
        for (let n = 0; n < 3; n++) {
          const args = name === 'cancel_action' ? { action_id: 'act_x' } : PLACE;
          assert.equal((await client.callTool({ name, arguments: args })).isError, true);
        }
      }
      // What goes wrong otherwise is no refusal.
      assert.equal(
        (await client.callTool({ name: 'wait_for_action', arguments: { action_id: 'act_x' } })).isError,
        true,
      );
    }
    assert.deepEqual(
      await refusals(controls),
      [first.id, second.id].flatMap((id) => [
        [id, { tool: 'capture_snapshot', code: 'FORBIDDEN' }],
        [id, { tool: 'cancel_action', code: 'FORBIDDEN' }],
      ]),
    );
    const [told] = await records(controls);
    assert.deepEqual(told?.by, { kind: 'token', id: first.id, name: 'first', address: '127.0.0.1' });
  },
);

test(
  proves('audit:refused-calls', 'a source that the policy closes and a quota of calls are told, a placing once'),
  async (t) => {
    const { broker, url, token } = await testBroker(t);
    const { controls } = broker;
    const { id, token: text } = await token({ kind: 'mcp' });
    const client = await modernClient(t, url, bearer(text));
    const agent = await token({ kind: 'agent' });
    await agentPeer(t, url, agent.token, runtime('runtime-1'));
    assert.ok(await controls.policy.set('default', { kinds: { inspect: 'nobody', snapshot: 'nobody' } }, 0));
    const { wait_seconds: _none, ...place } = PLACE;
    for (const [name, args] of [
      ['inspect_location', place],
      ['capture_snapshot', PLACE],
    ] as const) {
      assert.equal((await client.callTool({ name, arguments: args })).isError, true);
    }
    const told = (await records(controls)).map(({ act, what }) => [act, what['tool'] ?? what['kind'], what['code']]);
    assert.deepEqual(told, [
      ['call.refuse', 'inspect_location', 'BLOCKED_BY_POLICY'],
      ['action.refuse', 'snapshot', 'BLOCKED_BY_POLICY'],
    ]);
    assert.ok(await controls.quotaChange.set('default', { token: { calls_per_second: 0.001, call_burst: 1 } }, 0));
    const list = () => client.callTool({ name: 'list_runtimes', arguments: {} });
    while ((await list()).isError !== true);
    assert.deepEqual((await records(controls)).at(-1)?.what, { tool: 'list_runtimes', code: 'QUOTA_EXCEEDED' });
    assert.equal((await records(controls)).at(-1)?.by.id, id);
  },
);

test(proves('audit:refused-calls', 'a tool that lacks a scope is told, with the person'), async (t) => {
  const { broker, url } = await testBroker(t);
  const { email } = await person(broker.store);
  const { access } = await signedIn(url, { scope: 'runtime:read' });
  const params = { name: 'capture_snapshot', arguments: PLACE };
  for (let n = 0; n < 3; n++) {
    const refused = await fetch(`${url}/mcp`, {
      method: 'POST',
      headers: { ...bearer(access), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
    });
    assert.equal(refused.status, 403);
  }
  const told = (await records(broker.controls)).filter(({ act }) => act === 'call.refuse');
  assert.deepEqual(
    told.map(({ by, what }) => [by.user, by.address, what]),
    [[email, '127.0.0.1', { tool: 'capture_snapshot', code: 'FORBIDDEN' }]],
  );
});

test(
  proves('audit:refused-calls', 'a route that the role or the bounds of a token do not allow is told'),
  async (t) => {
    const { broker, url, token } = await testBroker(t);
    const api = await apiClient(url);
    const viewer = await token({ kind: 'admin', role: 'viewer' });
    const bound = await token({ kind: 'admin', services: ['shop'] });
    for (let n = 0; n < 3; n++) {
      const made = await api('POST', '/api/tokens', { token: viewer.token, body: { kind: 'mcp', name: 'n' } });
      assert.equal(made.status, 403);
      const exported = await api('GET', '/api/audit', { token: bound.token });
      assert.equal(exported.status, 403);
      // Refused by the route itself: nobody makes what reaches further.
      const wider = await api('POST', '/api/tokens', { token: bound.token, body: { kind: 'mcp', name: 'n' } });
      assert.equal(wider.status, 403);
      assert.equal((await api('GET', '/api/actions/act_x', { token: viewer.token })).status, 404);
    }
    assert.deepEqual(await refusals(broker.controls), [
      [viewer.id, { route: 'createToken', code: 'FORBIDDEN' }],
      [bound.id, { route: 'exportAudit', code: 'FORBIDDEN' }],
      [bound.id, { route: 'createToken', code: 'FORBIDDEN' }],
    ]);
  },
);

test(
  proves('audit:refused-calls', 'a flood of them is one entry a minute, and the next tells how many there were'),
  async (t) => {
    const { audit } = (await startEngine(t)).engine.controls;
    let now = 0;
    const { told } = createRefusals({ audit, monotonic: () => now, log: quiet });
    const no = new BorescopeError('FORBIDDEN', 'no', 'no');
    const refuse = (caller: Caller, tool = 'capture_snapshot') => told(caller, { tool }, no);
    await Promise.all(Array.from({ length: 1000 }, () => refuse(developer)));
    now = 59_999;
    await refuse(developer);
    await refuse({ ...developer, tokenId: 'token-other' });
    now = 60_000;
    for (let n = 0; n < 5; n++) await refuse(developer);
    await told(developer, { tool: 'capture_snapshot' }, new BorescopeError('ACTION_NOT_FOUND', 'no', 'no'));
    now = 120_000;
    await refuse(developer);
    const entry = { tool: 'capture_snapshot', code: 'FORBIDDEN' };
    assert.deepEqual(await refusals({ audit }), [
      ['token-dev', entry],
      ['token-other', entry],
      ['token-dev', { ...entry, passed_over: 1000 }],
      ['token-dev', { ...entry, passed_over: 4 }],
    ]);
  },
);

test(
  proves('audit:refused-calls', 'a flood by many tokens of one organization keeps no entry of another out'),
  async (t) => {
    const { audit } = (await startEngine(t)).engine.controls;
    const { told } = createRefusals({ audit, monotonic: () => 0, log: quiet });
    const no = new BorescopeError('FORBIDDEN', 'no', 'no');
    for (let block = 0; block < 11; block++) {
      const tokens = Array.from({ length: 1_000 }, (_, n) => `token-${block}-${n}`);
      const callers = tokens.map((tokenId) => ({ ...developer, organization: 'acme', tokenId }));
      await Promise.all(callers.map((caller) => told(caller, { tool: 'capture_snapshot' }, no)));
    }
    await told(developer, { tool: 'capture_snapshot' }, no);
    assert.deepEqual(await refusals({ audit }), [['token-dev', { tool: 'capture_snapshot', code: 'FORBIDDEN' }]]);
  },
);

test('of many kinds only so many are let through in a minute', () => {
  let now = 0;
  const turn = onceAMinute(() => now, 3);
  const asked = ['a', 'b', 'c', 'd', 'a', 'd'].map(turn);
  assert.deepEqual(asked, [0, 0, 0, undefined, undefined, undefined]);
  now = 60_000;
  assert.deepEqual(['d', 'c', 'e', 'f'].map(turn), [0, 0, 0, undefined]);
});

test(proves('audit:refused-calls', 'a refusal that cannot be written is still one, and the log has it'), async (t) => {
  const { broker, url, token, log } = await testBroker(t);
  const { audit } = broker.store;
  const by = { kind: 'command', id: 'test' } as const;
  await broker.controls.audit.record('default', { act: 'user.create', by, what: {} });
  const ends = await audit.ends('default');
  assert.ok(ends);
  // An end that no broker with this secret has written.
  const entry = { sequence: 2, at: 1, text: '{}', mac: 'ff' };
  assert.ok(await audit.append('default', 1, [entry], { ...ends, head: { sequence: 2, mac: 'ff', seal: 'ff' } }));
  const viewer = await token({ kind: 'admin', role: 'viewer' });
  const mcp = await token({ kind: 'mcp', role: 'viewer' });
  const api = await apiClient(url);
  const { status, body } = await api('PUT', '/api/policy', { token: viewer.token, body: {}, ifMatch: '"0"' });
  assert.deepEqual([status, body.error.code], [403, 'FORBIDDEN']);
  const client = await modernClient(t, url, bearer(mcp.token));
  const called = await client.callTool({ name: 'capture_snapshot', arguments: PLACE });
  assert.match(JSON.stringify(called.structuredContent), /"FORBIDDEN"/);
  for (const what of ['"route":"setPolicy"', '"tool":"capture_snapshot"']) {
    assert.match(log(), new RegExp(`${what},"code":"FORBIDDEN".*a refused call is not in the audit`));
  }
});

test(proves('tokens:refused', 'once a minute for an address, and without the credential'), async (t) => {
  const { broker, url, token, log, organization } = await testBroker(t, { BORESCOPE_TLS_TERMINATED: 'true' });
  const revoked = await token({ kind: 'admin' });
  await broker.tokens.revoke(organization.id, revoked.id);
  const mcp = await token({ kind: 'mcp' });
  const lines = () =>
    log()
      .split('\n')
      .filter((line) => line.includes('"credential refused"'))
      .map((line) => JSON.parse(line));
  const ask = async (path: string, address: string, headers: Record<string, string>, status: number) => {
    const answer = await fetch(url + path, { headers: { ...headers, 'x-forwarded-for': address } });
    assert.equal(answer.status, status);
  };
  // Without a credential: so a sign-in begins.
  await ask('/mcp', '192.0.2.1', {}, 401);
  assert.deepEqual(lines(), []);
  for (let n = 0; n < 20; n++) await ask('/api/me', '192.0.2.1', bearer(revoked.token), 401);
  await ask('/mcp', '192.0.2.2', bearer('no-such-token'), 401);
  await ask('/api/me', '192.0.2.3', bearer(mcp.token), 403);
  await ask('/mcp', '192.0.2.4', { email: 'ann@example.com', token: mcp.token }, 403);
  await ask('/metrics', '192.0.2.5', bearer('bore_adm_x'), 401);
  assert.deepEqual(
    lines().map(({ level, remote, route, reason, passedOver }) => [level, remote, route, reason, passedOver]),
    [
      [40, '192.0.2.1', '/api/me', 'UNAUTHENTICATED', 0],
      [40, '192.0.2.2', '/mcp', 'UNAUTHENTICATED', 0],
      [40, '192.0.2.3', '/api/me', 'FORBIDDEN', 0],
      [40, '192.0.2.4', '/mcp', 'FORBIDDEN', 0],
      [40, '192.0.2.5', '/metrics', 'UNAUTHENTICATED', 0],
    ],
  );
  assert.equal(lines()[0].text, 'the token was revoked');
  for (const secret of [revoked.token, mcp.token, 'no-such-token', 'bore_adm_x', 'ann@example.com']) {
    assert.ok(!log().includes(secret), secret);
  }
  const { token: admin } = await token({ kind: 'admin' });
  const metrics = await (await fetch(`${url}/metrics`, { headers: bearer(admin) })).text();
  assert.match(metrics, /borescope_http_requests_total\{route="\/api\/me",status="401"\} 20/);
});
