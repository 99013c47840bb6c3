import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import Libsql from 'libsql';
import { WebSocket } from 'ws';
import { certificateFiles, createCertificate } from '../../tests/live/certificates.ts';
import { proves } from '../../tests/proves.ts';
import { ListenError, startBroker } from '../src/broker.ts';
import { readSettings } from '../src/settings.ts';
import { DataDirectoryInUse } from '../src/store/embedded/embedded-store.ts';
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

const place = { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7 };
const silent = { write: () => undefined };

test('a port that is taken stops the start with one line, and leaves the store free', async (t) => {
  const { broker } = await testBroker(t);
  const dataDir = await mkdtemp(join(tmpdir(), 'borescope-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const settings = readSettings({ BORESCOPE_PORT: String(broker.port), BORESCOPE_DATA_DIR: dataDir });
  const refused = (error: unknown) =>
    error instanceof ListenError && /^port \d+ on 127\.0\.0\.1 is taken: .*BORESCOPE_PORT$/.test(error.message);
  await assert.rejects(startBroker({ settings, logTo: silent }), refused);
  const second = await startBroker({ settings: { ...settings, port: 0 }, logTo: silent });
  await second.close();
});

test(proves('broker:one-per-store', 'two brokers never share an embedded store'), async (t) => {
  const { dataDir } = await testBroker(t);
  const settings = readSettings({ BORESCOPE_PORT: '0', BORESCOPE_DATA_DIR: dataDir });
  await assert.rejects(startBroker({ settings, logTo: silent }), DataDirectoryInUse);
});

test('an address that is not of this machine stops the start with one line', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'borescope-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const settings = readSettings({
    BORESCOPE_HOST: '192.0.2.1',
    BORESCOPE_TLS_TERMINATED: 'true',
    BORESCOPE_PORT: '0',
    BORESCOPE_DATA_DIR: dataDir,
  });
  await assert.rejects(startBroker({ settings, logTo: silent }), ListenError);
});

test(proves('broker:drain', 'draining answers calls that wait, tells agents to come back, and ends'), async (t) => {
  const { broker, url, token } = await testBroker(t);
  const agent = (await token({ kind: 'agent' })).token;
  const mcp = (await token({ kind: 'mcp' })).token;
  const peer = await agentPeer(t, url, agent, runtime('runtime-1'));
  const modern = await modernClient(t, url, bearer(mcp));
  const legacy = await legacyClient(t, url, bearer(mcp));
  const calls = [
    modern.callTool({ name: 'capture_snapshot', arguments: place }),
    legacy.callTool({ name: 'capture_snapshot', arguments: place }),
  ];
  const ids = [await armNext(peer), await armNext(peer)];
  const closing = broker.close();
  const drained = peer.next('drain');
  assert.equal((await fetch(`${url}/readyz`)).status, 503);
  for (const answer of await Promise.all(calls)) {
    const action = Object(answer.structuredContent).action;
    assert.ok(ids.includes(action.id));
    assert.match(action.state, /queued|armed/);
  }
  assert.ok((await drained).reconnectAfterMs >= 0);
  await closing;
  await assert.rejects(fetch(`${url}/healthz`));
});

test(proves('broker:drain', 'a call that is sent while the broker drains is answered, not cut off'), async (t) => {
  const { broker, url, token } = await testBroker(t);
  const headers = { ...bearer((await token({ kind: 'mcp' })).token), 'content-type': 'application/json' };
  let answered = 0;
  const call = async () => {
    const answer = await fetch(`${url}/mcp`, { method: 'POST', headers, body: '{}' });
    await answer.text();
    answered++;
    return answer.status;
  };
  const callers = Array.from({ length: 40 }, async () => {
    while ((await call()) !== 503);
  });
  await until(async () => answered > 200, 'the callers are under way');
  const closing = broker.close();
  await Promise.all(callers);
  await closing;
});

test(
  proves('actions:restart', 'an action that lives when the broker stops goes on when it starts again'),
  async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'borescope-'));
    t.after(() => rm(dataDir, { recursive: true, force: true }));
    const environment = { BORESCOPE_DATA_DIR: dataDir };
    const first = await testBroker(t, environment);
    const agent = (await first.token({ kind: 'agent' })).token;
    const mcp = (await first.token({ kind: 'mcp' })).token;
    const peer = await agentPeer(t, first.url, agent, runtime('runtime-1'));
    const call = await modernClient(t, first.url, bearer(mcp));
    await call.callTool({ name: 'capture_snapshot', arguments: { ...place, wait_seconds: 0 } });
    const id = await armNext(peer);
    await first.broker.close();

    const second = await testBroker(t, environment);
    const again = await agentPeer(t, second.url, agent, runtime('runtime-1'));
    const client = await modernClient(t, second.url, bearer(mcp));
    const answer = client.callTool({ name: 'wait_for_action', arguments: { action_id: id } });
    sendHit(again, id, 1, again.epoch);
    assert.equal(Object((await answer).structuredContent).action.state, 'completed');
  },
);

test('a broker with a certificate speaks TLS, to assistants and in its own words', async (t) => {
  const pair = createCertificate();
  const { url, token } = await testBroker(t, { ...certificateFiles(t, pair).settings });
  assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const status = await new Promise((resolve, reject) => {
    const sent = request(`${url}/readyz`, { ca: pair.certificate }, (response) => resolve(response.statusCode));
    sent.once('error', reject);
    sent.end();
  });
  assert.equal(status, 200);
  const peer = new WebSocket(`${url.replace('https', 'wss')}/agent/v1`, {
    ca: pair.certificate,
    headers: bearer((await token({ kind: 'agent' })).token),
  });
  t.after(() => peer.terminate());
  await once(peer, 'open');
});

test('while another process holds the database, calls that write are UNAVAILABLE, and work again afterwards', async (t) => {
  const { url, token, dataDir } = await testBroker(t);
  const peer = await agentPeer(t, url, (await token({ kind: 'agent' })).token, runtime('runtime-1'));
  const client = await modernClient(t, url, bearer((await token({ kind: 'mcp' })).token));
  const capture = () => client.callTool({ name: 'capture_snapshot', arguments: { ...place, wait_seconds: 0 } });
  const other = new Libsql(join(dataDir, 'borescope.db'));
  t.after(() => other.close());
  other.exec('BEGIN EXCLUSIVE');
  const refused = await capture();
  assert.equal(refused.isError, true);
  const { error } = Object(refused.structuredContent);
  assert.equal(error.code, 'UNAVAILABLE');
  assert.equal(error.retryable, true);
  assert.doesNotMatch(JSON.stringify(refused), /SQLITE|\.db|\/tmp/);
  assert.equal((await fetch(`${url}/readyz`)).status, 503);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  other.exec('ROLLBACK');
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  assert.equal((await capture()).isError, undefined);
  await armNext(peer);
});

test(proves('tokens:silent', 'nothing that was captured and no credential is ever logged'), async (t) => {
  const { url, token, log } = await testBroker(t);
  const agent = (await token({ kind: 'agent' })).token;
  const mcp = (await token({ kind: 'mcp' })).token;
  const peer = await agentPeer(t, url, agent, runtime('runtime-1'));
  const client = await modernClient(t, url, bearer(mcp));
  const answer = client.callTool({
    name: 'capture_snapshot',
    arguments: { ...place, condition: "user === 'condition-marker'" },
  });
  const id = await armNext(peer);
  sendHit(peer, id, 1, 1, 'captured-marker');
  assert.match(JSON.stringify((await answer).structuredContent), /captured-marker/);
  assert.ok(log().length > 200);
  for (const secret of [agent, mcp, 'captured-marker', 'condition-marker']) assert.ok(!log().includes(secret), secret);
});

test('the log tells what was placed where and by whom, and why an agent left', async (t) => {
  const { url, token, log } = await testBroker(t);
  const agent = await token({ kind: 'agent' });
  const mcp = await token({ kind: 'mcp' });
  const first = await agentPeer(t, url, agent.token, runtime('runtime-1'));
  const second = await agentPeer(t, url, agent.token, runtime('runtime-2'));
  const client = await modernClient(t, url, bearer(mcp.token));
  const file = 'srv/jane.doe@example.com/src/cart.ts';
  await client.callTool({ name: 'capture_snapshot', arguments: { ...place, file, wait_seconds: 0 } });
  const entry = async (text: string) => {
    await until(() => log().includes(text), text);
    return JSON.parse(
      log()
        .split('\n')
        .findLast((line) => line.includes(text)) ?? '',
    );
  };
  const placed = await entry('"action placed"');
  assert.equal(placed.token, mcp.id);
  assert.deepEqual([placed.kind, placed.line, placed.maxHits, placed.timeoutSeconds], ['snapshot', 7, 1, 60]);
  assert.match(placed.file, /^srv\/.*\/src\/cart\.ts$/);
  assert.doesNotMatch(placed.file, /jane/);
  first.socket.close(1000);
  await entry('"reason":"closed by the agent (1000)"');
  second.socket.terminate();
  assert.equal((await entry('"reason":"connection lost"')).msg, 'agent left');
  const third = await agentPeer(t, url, agent.token, runtime('runtime-3'));
  third.socket.send('no frame');
  await until(() => /"reason":"badFrame","msg":"agent left"/.test(log()), 'why the broker closed it');
});
