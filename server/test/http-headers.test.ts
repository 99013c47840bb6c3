import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { certificateFiles, createCertificate } from '../../tests/live/certificates.ts';
import { proves } from '../../tests/proves.ts';
import { pagePolicy, securityHeaders } from '../src/http/security-headers.ts';
import { ask, rawAnswer } from './ask.ts';
import { bearer, type TestBroker, testBroker } from './broker-harness.ts';

/** What stands on every answer, and what it begins with. */
const EXPECTED: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; ",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
};

function check(headers: IncomingHttpHeaders, where: string): void {
  for (const [name, value] of Object.entries(EXPECTED)) {
    // Forms of our own pages have to name their origin.
    const page = name === 'referrer-policy' && String(headers['content-type']).startsWith('text/html');
    if (page && headers[name] === 'same-origin') continue;
    assert.ok(String(headers[name]).startsWith(value), `${where}: ${name} is ${headers[name]}`);
  }
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /frame-ancestors 'none'/, where);
  assert.doesNotMatch(policy, /unsafe|script-src|\*/, where);
  for (const name of ['x-powered-by', 'server', 'access-control-allow-origin']) assert.ok(!(name in headers), where);
}

/** The head of a raw answer. */
function headOf(answer: string): IncomingHttpHeaders {
  const [head = ''] = answer.split('\r\n\r\n', 1);
  const lines = head.split('\r\n').slice(1);
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
}

const JSON_BODY = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** Every route with its parameters filled in, with each kind of credential, and such that it fails. */
async function everyAnswer(
  { broker, url, token }: TestBroker,
  each: (headers: IncomingHttpHeaders, where: string) => void,
) {
  const credentials: Record<string, string>[] = [{}, bearer('bore_mcp_x')];
  for (const kind of ['mcp', 'agent', 'admin'] as const) credentials.push(bearer((await token({ kind })).token));
  assert.ok(broker.routes.some((route) => route.url === '/mcp'));
  for (const { method, url: pattern } of broker.routes) {
    const path = pattern.replace(/:[^/]+/g, 'x').replaceAll('*', 'x');
    for (const [index, credential] of credentials.entries()) {
      for (const sending of method === 'GET' || method === 'HEAD'
        ? [undefined]
        : [undefined, '{}', '{"__proto__":1}']) {
        const headers = { ...credential, ...(sending === undefined ? {} : JSON_BODY) };
        const answer = await ask(url + path, { method, headers, rejectUnauthorized: false }, sending);
        each(answer.headers, `${method} ${path} with credential ${index} and body ${sending}: ${answer.status}`);
      }
    }
  }
}

test(proves('http:headers', 'every answer of every route carries the headers, whoever asks'), async (t) => {
  const broker = await testBroker(t);
  let answers = 0;
  await everyAnswer(broker, (headers, where) => {
    answers++;
    check(headers, where);
    assert.ok(!('strict-transport-security' in headers), where);
  });
  assert.ok(answers > 50);
});

test(proves('http:headers', 'what is refused before it reaches a route carries them, too'), async (t) => {
  const { broker, url, token } = await testBroker(t);
  const { token: mcp } = await token({ kind: 'mcp' });
  const { token: agent } = await token({ kind: 'agent' });
  const post = { method: 'POST', headers: { ...bearer(mcp), ...JSON_BODY } };
  const asked: [string, Parameters<typeof ask>[1], string | undefined, number][] = [
    ['/nothing', {}, undefined, 404],
    ['/agent/v1', {}, undefined, 404],
    ['/', { headers: { host: 'evil.example' } }, undefined, 403],
    ['/%zz', {}, undefined, 400],
    [`/${'x'.repeat(9000)}`, {}, undefined, 414],
    ['/mcp', post, `"${'x'.repeat(1_100_000)}"`, 413],
    ['/mcp', { ...post, headers: { ...post.headers, 'content-encoding': 'gzip' } }, '{}', 415],
    ['/mcp', { method: 'TRACE' }, undefined, 404],
    ['/mcp', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } }, undefined, 403],
    ['/mcp', { ...post, headers: { ...post.headers, expect: 'nonsense' } }, '{}', 400],
  ];
  for (const [path, options, sending, status] of asked) {
    const answer = await ask(url + path, options, sending);
    assert.equal(answer.status, status, `${path.slice(0, 50)}: ${answer.body}`);
    check(answer.headers, `${path.slice(0, 50)}: ${answer.status}`);
  }
  const upgrade = `GET /agent/v1 HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n`;
  const raw: [string, number][] = [
    ['nonsense\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['GET / HTTP/1.1\r\nhost: localhost\r\nHost: evil.example\r\nconnection: close\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    [`${upgrade}\r\n`, 401],
    [`${upgrade.replace('/agent/v1', '/other')}\r\n`, 404],
    [`${upgrade}origin: https://evil.example\r\n\r\n`, 403],
    [`${upgrade}authorization: Bearer ${agent}\r\n\r\n`, 400],
  ];
  for (const [sent, status] of raw) {
    const answer = await rawAnswer(broker.port, sent);
    assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), `${sent.slice(0, 60)} ${answer}`);
    check(headOf(answer), sent.slice(0, 60));
  }
});

test(proves('http:headers', 'a stream of MCP carries them, and is not kept by anybody'), async (t) => {
  const { url, token } = await testBroker(t);
  const { token: mcp } = await token({ kind: 'mcp' });
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'list_runtimes', arguments: {}, _meta: { progressToken: 1 } },
  });
  const stream = await fetch(`${url}/mcp`, { method: 'POST', headers: { ...bearer(mcp), ...JSON_BODY }, body });
  check(Object.fromEntries(stream.headers), 'tools/call');
  await stream.text();
});

test(
  proves('http:headers', 'HSTS stands where people come by TLS under a name of its own, and nowhere else'),
  async (t) => {
    const name = 'strict-transport-security';
    const reaches: [Parameters<typeof securityHeaders>[0], boolean][] = [
      [{ host: '127.0.0.1', tls: false }, false],
      [{ host: '127.0.0.1', tls: true }, false],
      [{ host: '::1', tls: true }, false],
      [{ host: '0.0.0.0', tls: true }, true],
      [{ host: '::', tls: true }, true],
      [{ host: '127.0.0.1', publicUrl: 'https://bore.example.com', tls: true }, true],
      [{ host: '0.0.0.0', publicUrl: 'https://bore.example.com', tls: false }, false],
      [{ host: '0.0.0.0', publicUrl: 'http://bore.example.com', tls: true }, false],
      [{ host: '0.0.0.0', publicUrl: 'https://localhost:7373', tls: true }, false],
    ];
    for (const [reach, stands] of reaches) assert.equal(name in securityHeaders(reach), stands, JSON.stringify(reach));
    const served = async (settings: Record<string, string>) => {
      const broker = await testBroker(t, { BORESCOPE_PUBLIC_URL: 'https://bore.example.com', ...settings });
      await everyAnswer(broker, (headers, where) => assert.equal(headers[name], 'max-age=31536000', where));
    };
    await served({ BORESCOPE_TLS_TERMINATED: 'true' });
    await served(certificateFiles(t, createCertificate()).settings);
  },
);

test('a page has its own styles and no script, and its forms lead where they have to', () => {
  const policy = pagePolicy({
    styles: ['p { color: red }'],
    formTargets: [
      'http://127.0.0.1:33418/callback?x=1',
      'https://claude.ai/api/mcp/auth_callback',
      'cursor://anysphere.cursor-retrieval/oauth/callback',
      'http://[::1]:7/x',
      "https://evil;script-src.example/'*'",
    ],
  });
  assert.deepEqual(policy.split('; '), [
    "default-src 'none'",
    "style-src 'sha256-ngewhhP73WDIbgwseeu52VAAJgKdGUsu1IUQQsAm8m4='",
    "form-action 'self' http://127.0.0.1:33418 https://claude.ai cursor: http: https:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]);
});
