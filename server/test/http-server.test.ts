import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { ask } from './ask.ts';
import { bearer, testBroker, until } from './broker-harness.ts';

test('health, readiness and the home page answer without a credential', async (t) => {
  const { url } = await testBroker(t);
  assert.deepEqual(await (await fetch(`${url}/healthz`)).json(), { status: 'ok' });
  assert.deepEqual(await (await fetch(`${url}/readyz`)).json(), { status: 'ready' });
  const page = await fetch(`${url}/`);
  const html = await page.text();
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.ok(html.includes(`claude mcp add --transport http borescope ${url}/mcp`));
  assert.ok(html.includes(`npm install ${url}/agent.tgz`));
  assert.ok(!html.includes('<script'));
});

test('every error has the one shape', async (t) => {
  const { url, token } = await testBroker(t);
  const { token: mcp } = await token({ kind: 'mcp' });
  const json = { ...bearer(mcp), 'content-type': 'application/json' };
  const cases: [string, RequestInit, number, string][] = [
    ['/nothing', {}, 404, 'NOT_FOUND'],
    ['/agent.tgz', {}, 404, 'NOT_FOUND'],
    ['/healthz', { method: 'DELETE' }, 404, 'NOT_FOUND'],
    ['/mcp', { method: 'POST', body: '{', headers: json }, 400, 'BAD_REQUEST'],
    ['/mcp', { method: 'POST', body: '{"__proto__":1}', headers: json }, 400, 'BAD_REQUEST'],
    ['/mcp', { method: 'POST', body: `"${'x'.repeat(1_100_000)}"`, headers: json }, 413, 'PAYLOAD_TOO_LARGE'],
    [
      '/mcp',
      { method: 'POST', body: 'a', headers: { ...json, 'content-type': 'application/xml' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['/mcp', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }, 401, 'UNAUTHENTICATED'],
  ];
  for (const [path, init, status, code] of cases) {
    const response = await fetch(url + path, init);
    assert.equal(response.status, status, path);
    const { error } = Object(await response.json());
    assert.deepEqual(Object.keys(error), ['code', 'message', 'hint', 'retryable']);
    assert.equal(error.code, code);
  }
});

test('what cannot be parsed as a request has the same shape of error', async (t) => {
  const { broker } = await testBroker(t);
  const cases: [string, RegExp][] = [
    ['nonsense\r\n\r\n', /^HTTP\/1\.1 400 .*"code":"BAD_REQUEST"/s],
    [`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 .*"code":"HEADERS_TOO_LARGE"/s],
    ['GET /%zz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n', /^HTTP\/1\.1 400 .*"code":"BAD_REQUEST"/s],
  ];
  for (const [sent, expected] of cases) {
    const socket = connect(broker.port, '127.0.0.1');
    socket.end(sent);
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
    assert.match(answer, expected);
    for (const header of ['x-content-type-options: nosniff', 'x-frame-options: DENY', 'cache-control: no-store']) {
      assert.ok(answer.includes(header), answer);
    }
  }
});

test('answers of the MCP endpoint carry the headers of every route, and are counted', async (t) => {
  const { url, token } = await testBroker(t);
  const { token: mcp } = await token({ kind: 'mcp' });
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { ...bearer(mcp), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
  });
  assert.equal(response.status, 200);
  assert.match(await response.text(), /capture_snapshot/);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(response.headers.get('x-frame-options'), 'DENY');
  const counted = /borescope_http_requests_total\{route="\/mcp",status="200"\} 1/;
  await until(async () => counted.test(await (await fetch(`${url}/metrics`)).text()), 'the request is counted');
});

test('the Email and Token headers are refused clearly while tokens have no owner', async (t) => {
  const { url, token } = await testBroker(t);
  const { token: mcp } = await token({ kind: 'mcp' });
  const response = await fetch(`${url}/mcp`, { method: 'POST', headers: { email: 'a@b.example', token: mcp } });
  assert.equal(response.status, 403);
  assert.match(await response.text(), /no owner e-mail/);
});

test('a page of another site cannot reach the broker by rebinding its name', async (t) => {
  const { url } = await testBroker(t, { BORESCOPE_PUBLIC_URL: 'https://bore.example.com' });
  const { host } = new URL(url);
  assert.equal((await ask(`${url}/`, { headers: { host: 'evil.example' } })).status, 403);
  assert.equal((await ask(`${url}/mcp`, { headers: { host: 'evil.example' } })).status, 403);
  assert.equal((await ask(`${url}/`, { headers: { host, origin: 'https://evil.example' } })).status, 403);
  assert.equal((await ask(`${url}/`, { headers: { host, origin: 'null' } })).status, 403);
  assert.equal((await ask(`${url}/`, { headers: { host: 'localhost:1' } })).status, 200);
  assert.equal(
    (await ask(`${url}/`, { headers: { host: 'bore.example.com', origin: 'https://bore.example.com' } })).status,
    200,
  );
  assert.equal((await ask(`${url}/healthz`, { headers: { host: '10.0.0.7:7373' } })).status, 200);
});

test('the agent that matches is served where it is packed', async (t) => {
  const { url, dataDir } = await testBroker(t);
  await writeFile(join(dataDir, 'agent.tgz'), 'packed');
  const response = await fetch(`${url}/agent.tgz`);
  assert.equal(response.headers.get('content-type'), 'application/gzip');
  assert.equal(await response.text(), 'packed');
});

test('metrics are open to loopback, and behind a proxy to an admin token only', async (t) => {
  const local = await testBroker(t);
  const text = await (await fetch(`${local.url}/metrics`)).text();
  assert.match(text, /^borescope_agents_attached 0$/m);
  assert.match(text, /^process_cpu_user_seconds_total /m);
  const proxied = await testBroker(t, { BORESCOPE_TLS_TERMINATED: 'true' });
  assert.equal((await fetch(`${proxied.url}/metrics`)).status, 401);
  const mcp = await proxied.token({ kind: 'mcp' });
  assert.equal((await fetch(`${proxied.url}/metrics`, { headers: bearer(mcp.token) })).status, 403);
  const admin = await proxied.token({ kind: 'admin' });
  assert.equal((await fetch(`${proxied.url}/metrics`, { headers: bearer(admin.token) })).status, 200);
});

test(proves('tokens:silent', 'a token in a query string opens nothing and is never logged'), async (t) => {
  const { url, token, log } = await testBroker(t);
  const { token: mcp } = await token({ kind: 'mcp' });
  for (const query of [`token=${mcp}`, `access_token=${mcp}`]) {
    assert.equal((await fetch(`${url}/mcp?${query}`, { method: 'POST' })).status, 401);
  }
  assert.equal((await fetch(`${url}/mcp?x=${mcp}`, { method: 'POST', headers: bearer(mcp) })).status >= 400, true);
  assert.match(log(), /"route":"\/mcp"/);
  assert.ok(!log().includes(mcp));
});
