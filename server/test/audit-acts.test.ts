import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import type { AuditRecord } from '../src/audit/audit-record.ts';
import {
  agentPeer,
  bearer,
  legacyClient,
  modernClient,
  runtime,
  type TestBroker,
  testBroker,
} from './broker-harness.ts';

const PLACE = { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7, wait_seconds: 0 };

async function acts({ broker }: Pick<TestBroker, 'broker'>): Promise<AuditRecord[]> {
  const found: AuditRecord[] = [];
  for await (const { text } of broker.controls.audit.entries('default')) found.push(JSON.parse(text) as AuditRecord);
  return found;
}

/** A broker with a runtime that is only its wire. */
async function brokerWithRuntime(t: TestContext, environment: Record<string, string> = {}) {
  const all = await testBroker(t, environment);
  const agent = await all.token({ kind: 'agent' });
  const peer = await agentPeer(t, all.url, agent.token, runtime('runtime-1'));
  return { ...all, peer };
}

describe('where a call came from', () => {
  test(proves('audit:address', 'is told of each act, also where many call with one token at once'), async (t) => {
    const all = await brokerWithRuntime(t, { BORESCOPE_TLS_TERMINATED: 'true' });
    const mcp = await all.token({ kind: 'mcp' });
    const admin = await all.token({ kind: 'admin' });
    const from = (address: string, { token }: { token: string }) => ({
      ...bearer(token),
      'x-forwarded-for': address,
    });
    const assistants = [
      { line: 11, client: await modernClient(t, all.url, from('192.0.2.11', mcp)) },
      { line: 12, client: await modernClient(t, all.url, from('192.0.2.12', mcp)) },
      { line: 13, client: await legacyClient(t, all.url, from('192.0.2.13', mcp)) },
      { line: 14, client: await legacyClient(t, all.url, from('192.0.2.14', mcp)) },
    ];
    const administrators = ['192.0.2.21', '192.0.2.22'].map((address) =>
      fetch(`${all.url}/api/tokens`, {
        method: 'POST',
        headers: { ...from(address, admin), 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'mcp', name: `by ${address}` }),
      }),
    );
    const placed = assistants.map(({ client, line }) =>
      client.callTool({ name: 'capture_snapshot', arguments: { ...PLACE, line } }),
    );
    for (const { status } of await Promise.all(administrators)) assert.equal(status, 201);
    for (const { isError } of await Promise.all(placed)) assert.notEqual(isError, true);
    const told = (await acts(all)).map(({ by, what }) => [what['line'] ?? what['name'], by.address]);
    assert.deepEqual(told.toSorted(), [
      [11, '192.0.2.11'],
      [12, '192.0.2.12'],
      [13, '192.0.2.13'],
      [14, '192.0.2.14'],
      ['by 192.0.2.21', '192.0.2.21'],
      ['by 192.0.2.22', '192.0.2.22'],
    ]);
  });
});
