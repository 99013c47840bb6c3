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

test('the Email and Token headers are refused clearly where the token has no owner', async (t) => {
  const { url, token } = await testBroker(t);
  const { token: mcp } = await token({ kind: 'mcp' });
  const response = await fetch(`${url}/mcp`, { method: 'POST', headers: { email: 'a@b.example', token: mcp } });
  assert.equal(response.status, 403);
  assert.match(await response.text(), /no owner, so the Email header/);
});

test(
  proves('http:foreign-pages', 'a page of another site cannot reach the broker by rebinding its name'),
  async (t) => {
    const { url } = await testBroker(t, { BORESCOPE_PUBLIC_URL: 'https://bore.example.com' });
    const { host } = new URL(url);
    const status = async (path: string, headers: Record<string, string>) =>
      (await ask(`${url}${path}`, { headers })).status;
    assert.equal(await status('/', { host: 'evil.example' }), 403);
    assert.equal(await status('/mcp', { host: 'evil.example' }), 403);
    assert.equal(await status('/', { host, origin: 'https://evil.example' }), 403);
    assert.equal(await status('/', { host, origin: 'null' }), 403);
    assert.equal(await status('/', { host: 'localhost:1' }), 200);
    assert.equal(await status('/', { host: 'bore.example.com', origin: 'https://bore.example.com' }), 200);
    assert.equal(await status('/healthz', { host: '10.0.0.7:7373' }), 200);
  },
);

test(proves('http:foreign-pages', 'a page of another port of the same host is a page of another site'), async (t) => {
  const { url } = await testBroker(t, { BORESCOPE_PUBLIC_URL: 'https://bore.example.com' });
  const status = async (host: string, origin: string) => (await ask(`${url}/`, { headers: { host, origin } })).status;
  assert.equal(await status('localhost:7373', 'http://localhost:7373'), 200);
  assert.equal(await status('localhost:7373', 'http://localhost:3000'), 403);
  assert.equal(await status('localhost:7373', 'http://127.0.0.1:7373'), 403);
  assert.equal(await status('bore.example.com', 'https://bore.example.com:8443'), 403);
  assert.equal(await status('bore.example.com:443', 'https://bore.example.com'), 200);
  // Behind a proxy that names the broker otherwise.
  assert.equal(await status('localhost:7373', 'https://bore.example.com'), 200);
});

test(proves('http:foreign-pages', 'what a proxy says of host and scheme is not believed'), async (t) => {
  const settings = { BORESCOPE_TLS_TERMINATED: 'true', BORESCOPE_PUBLIC_URL: 'https://bore.example.com' };
  const { url } = await testBroker(t, settings);
  const forwarded = (host: string) => ({
    'x-forwarded-host': host,
    'x-forwarded-proto': 'https',
    forwarded: `host=${host}`,
  });
  const evil = await ask(`${url}/`, { headers: { host: 'evil.example', ...forwarded('bore.example.com') } });
  assert.equal(evil.status, 403);
  const page = await ask(`${url}/`, { headers: { host: 'bore.example.com', ...forwarded('evil.example') } });
  assert.equal(page.status, 200);
  assert.ok(!page.body.includes('evil.example'));
});

test('the agent that matches is served where it is packed', async (t) => {
  const { url, dataDir } = await testBroker(t);
  await writeFile(join(dataDir, 'agent.tgz'), 'packed');
  const response = await fetch(`${url}/agent.tgz`);
  assert.equal(response.headers.get('content-type'), 'application/gzip');
  assert.equal(await response.text(), 'packed');
});

test(proves('broker:metrics', 'metrics are open to loopback, and behind a proxy to an admin token only'), async (t) => {
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
