import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import type { Controls } from '../src/access/controls.ts';
import type { AuditRecord } from '../src/audit/audit-record.ts';
import {
  agentPeer,
  armNext,
  bearer,
  legacyClient,
  modernClient,
  runtime,
  sendHit,
  testBroker,
  until,
} from './broker-harness.ts';
import { developer, inSeconds, spec, startEngine } from './engine-harness.ts';

const PLACE = { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7, wait_seconds: 0 };

async function acts({ audit }: Pick<Controls, 'audit'>): Promise<AuditRecord[]> {
  const found: AuditRecord[] = [];
  for await (const { text } of audit.entries('default')) found.push(JSON.parse(text) as AuditRecord);
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
    const told = (await acts(all.broker.controls)).map(({ by, what }) => [what['line'] ?? what['name'], by.address]);
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

describe('who reads what another token has captured', () => {
  const reader = { ...developer, tokenId: 'token-reader', tokenName: 'reader', address: '192.0.2.9' };

  /** An action of `developer` that waits for hits. */
  async function armed(t: TestContext) {
    const harness = await startEngine(t);
    const { peer, welcome } = await harness.attach('1');
    const { id } = await harness.engine.actions.place(developer, { service: 'shop' }, { ...spec, maxHits: 4 });
    await peer.next('arm');
    peer.armed(id);
    const value = { type: 'string', value: 'captured-text', length: 13 } as const;
    const hit = async (number: number) => {
      peer.hit(id, welcome.epoch, number, { variables: [{ name: 'who', value, scope: 'local' }] });
      await until(
        async () => ((await harness.store.actions.get('default', id))?.action.hits ?? 0) >= number,
        'the hit',
      );
    };
    const reads = async () =>
      (await acts(harness.engine.controls)).filter(({ act }) => act === 'action.read').map(({ what }) => what);
    return { ...harness, actions: harness.engine.actions, id, hit, reads };
  }

  test(proves('audit:reading', 'is told with the first hit and how many, and who only polls is not'), async (t) => {
    const { actions, engine, id, hit, reads } = await armed(t);
    const now = () => ({ until: Date.now() });
    for (let n = 0; n < 3; n++) {
      assert.deepEqual((await actions.view(reader, id)).hits, []);
      assert.deepEqual((await actions.wait(reader, id, now())).hits, []);
    }
    for (let n = 1; n <= 3; n++) await hit(n);
    assert.equal((await actions.view(developer, id)).hits.length, 3, 'who placed it has its entry');
    assert.equal((await actions.action(reader, id)).hits, 3, 'a count is no hit');
    assert.deepEqual(await reads(), []);
    await actions.view(reader, id);
    await actions.view(reader, id, 2);
    await actions.view(reader, id, 3);
    await actions.wait(reader, id, { ...now(), afterNumber: 1 });
    await actions.cancel(reader, id);
    assert.deepEqual(await reads(), [
      { action: id, from: 1, hits: 3 },
      { action: id, from: 3, hits: 1 },
      { action: id, from: 2, hits: 2 },
      { action: id, from: 1, hits: 3 },
    ]);
    const told = await acts(engine.controls);
    const by = { kind: 'token', id: 'token-reader', name: 'reader', address: '192.0.2.9' };
    assert.deepEqual(told.find(({ act }) => act === 'action.read')?.by, by);
    assert.doesNotMatch(JSON.stringify(told), /captured-text/);
  });

  test(proves('audit:ahead', 'gets nothing where that cannot be written'), async (t) => {
    const { actions, store, id, hit } = await armed(t);
    await hit(1);
    const waiting = actions.wait(reader, id, { until: inSeconds(20) });
    // Somebody with the store moves the head, and has not the key.
    const ends = await store.audit.ends('default');
    assert.ok(ends);
    const forged = { ...ends.head, sequence: ends.head.sequence + 1, mac: 'f'.repeat(64) };
    const entry = { sequence: forged.sequence, at: 1, text: '{}', mac: forged.mac };
    assert.ok(await store.audit.append('default', ends.head.sequence, [entry], { ...ends, head: forged }));
    for (let n = 2; n <= 4; n++) await hit(n);
    await assert.rejects(waiting, { code: 'UNAVAILABLE' });
    await assert.rejects(actions.view(reader, id), { code: 'UNAVAILABLE' });
    assert.deepEqual(
      (await actions.view(reader, id, 4)).hits,
      [],
      'where there is nothing to hand out it is not asked',
    );
    assert.equal((await actions.view(developer, id)).hits.length, 4);
  });

  test(proves('audit:reading', 'is told once for a call, at both doors'), async (t) => {
    const all = await brokerWithRuntime(t);
    const { url, peer, broker } = all;
    const placing = await all.token({ kind: 'mcp' });
    const reading = await all.token({ kind: 'mcp', role: 'viewer' });
    const console = await all.token({ kind: 'admin', role: 'viewer' });
    const placer = await modernClient(t, url, bearer(placing.token));
    const placed = placer.callTool({ name: 'capture_snapshot', arguments: { ...PLACE, wait_seconds: 30 } });
    const id = await armNext(peer);
    sendHit(peer, id, 1, peer.epoch, 'captured-text');
    assert.match(JSON.stringify(await placed), /captured-text/);
    const again = { name: 'wait_for_action', arguments: { action_id: id, wait_seconds: 0 } };
    assert.match(JSON.stringify(await placer.callTool(again)), /captured-text/);
    const reads = async () => (await acts(broker.controls)).filter(({ act }) => act === 'action.read');
    assert.deepEqual(await reads(), []);
    const reader = await modernClient(t, url, bearer(reading.token));
    assert.match(JSON.stringify(await reader.callTool(again)), /captured-text/);
    const answer = await fetch(`${url}/api/actions/${id}`, { headers: bearer(console.token) });
    assert.match(await answer.text(), /captured-text/);
    assert.deepEqual(
      (await reads()).map(({ by, what }) => [by.id, by.address, what]),
      [reading.id, console.id].map((token) => [token, '127.0.0.1', { action: id, from: 1, hits: 1 }]),
    );
    assert.doesNotMatch(JSON.stringify(await acts(broker.controls)), /captured-text/);
  });
});
