import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { proves } from '../../tests/proves.ts';
import { ask, rawAnswer } from './ask.ts';
import { bearer, testBroker, until } from './broker-harness.ts';

const MEBIBYTE = 1024 * 1024;
const GET = 'GET /readyz HTTP/1.1\r\nhost: localhost\r\n';

/** The head of a POST to `/mcp`; `authorization` where it is to get past the door. */
const post = (authorization: string, ...headers: string[]) =>
  `POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nauthorization: ${authorization}\r\n${headers
    .map((header) => `${header}\r\n`)
    .join('')}\r\n`;

const heads: [string, string, RegExp][] = [
  ['a head above 16 KiB', `${GET}x: ${'y'.repeat(17_000)}\r\n\r\n`, /^HTTP\/1\.1 431 .*above 16384 bytes/s],
  ['more than 100 headers', `${GET}${'a: b\r\n'.repeat(100)}\r\n`, /^HTTP\/1\.1 431 .*more than 100 headers/s],
  [
    'a URL above 8 KiB',
    `GET /readyz?${'x'.repeat(8200)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
    /^HTTP\/1\.1 414 .*"URL_TOO_LONG".*above 8192 characters/s,
  ],
  ['no Host header', 'GET /readyz HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 .*no Host header/s],
  ['two Host headers', `${GET}HOST: localhost\r\n\r\n`, /^HTTP\/1\.1 400 .*more than one Host header/s],
  ['a line that is folded', `${GET}x: a\r\n b\r\n\r\n`, /^HTTP\/1\.1 400 /],
  ['a header with a space before its colon', `${GET}x : a\r\n\r\n`, /^HTTP\/1\.1 400 /],
  ['two lengths of one body', post('none', 'content-length: 2', 'transfer-encoding: chunked'), /^HTTP\/1\.1 400 /],
  [
    'an upgrade with more than 100 headers',
    `GET /agent/v1 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n${'a: b\r\n'.repeat(100)}\r\n`,
    /^HTTP\/1\.1 431 .*more than 100 headers/s,
  ],
];
for (const [what, sent, expected] of heads) {
  test(proves('http:limits', `${what} is refused`), async (t) => {
    const { broker } = await testBroker(t);
    const closing = sent.replace('\r\n', '\r\nconnection: close\r\n');
    assert.match(await rawAnswer(broker.port, sent.includes('upgrade') ? sent : closing), expected);
  });
}

test('a request of HTTP/1.0 needs no Host header, as probes of load balancers send it', async (t) => {
  const { broker } = await testBroker(t);
  assert.match(await rawAnswer(broker.port, 'GET /readyz HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200 /);
});

const bodies: [string, string | Buffer, Record<string, string>, number, RegExp][] = [
  ['a key that would become a prototype', '{"a":{"__proto__":{"x":1}}}', {}, 400, /BAD_REQUEST/],
  ['the same, escaped', '{"a":{"\\u005f_proto__":{"x":1}}}', {}, 400, /BAD_REQUEST/],
  ['a constructor with a prototype', '{"constructor":{"prototype":{"x":1}}}', {}, 400, /BAD_REQUEST/],
  ['JSON of 33 levels', '['.repeat(33) + ']'.repeat(33), {}, 400, /nested more than 32 levels/],
  ['JSON of half a million levels', '['.repeat(500_000), {}, 400, /nested more than 32 levels/],
  ['a compressed body', gzipSync('{}'), { 'content-encoding': 'gzip' }, 415, /Content-Encoding.*uncompressed/],
  ['a body of plain text', '{}', { 'content-type': 'text/plain' }, 415, /UNSUPPORTED_MEDIA_TYPE/],
  ['a form', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, /UNSUPPORTED_MEDIA_TYPE/],
];
for (const [what, body, headers, status, expected] of bodies) {
  test(proves('http:limits', `${what} is refused`), async (t) => {
    const { url, token } = await testBroker(t);
    const { token: mcp } = await token({ kind: 'mcp' });
    const sent = { 'content-type': 'application/json', ...bearer(mcp), ...headers };
    const answer = await ask(`${url}/mcp`, { method: 'POST', headers: sent }, body);
    assert.equal(answer.status, status, answer.body);
    assert.match(answer.body, expected);
  });
}

test('brackets inside of strings do not count as levels', async (t) => {
  const { url, token } = await testBroker(t);
  const { token: mcp } = await token({ kind: 'mcp' });
  const params = { text: `${'["{\\'.repeat(50)}"`, deep: JSON.parse('['.repeat(29) + ']'.repeat(29)) };
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...bearer(mcp) };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params });
  const answer = await ask(`${url}/mcp`, { method: 'POST', headers }, body);
  assert.doesNotMatch(answer.body, /nested more than/);
});

/** What was answered until the connection ended; rejects where it is still open then. A reset is an end, too. */
function untilClosed(socket: Socket, limitMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const timer = setTimeout(() => reject(new Error(`still open after ${limitMs} ms: ${answer}`)), limitMs);
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

describe('a body without end', { concurrency: true }, () => {
  /** Sends chunks for as long as they are taken; what was answered, and how much was taken until the connection ended. */
  async function pour(
    t: TestContext,
    port: number,
    head: string,
  ): Promise<{ answer: string; taken: number; ms: number }> {
    const socket = connect(port, '127.0.0.1');
    t.after(() => socket.destroy());
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 32), Buffer.from('\r\n')]);
    const began = performance.now();
    const answered = untilClosed(socket, 15_000);
    let taken = 0;
    const more = () => {
      while (!socket.destroyed && socket.write(chunk)) taken += chunk.length;
    };
    socket.write(head);
    socket.on('drain', more);
    more();
    const answer = await answered;
    return { answer, taken, ms: performance.now() - began };
  }

  it(proves('http:limits', 'is refused above 1 MiB, and its connection ends'), async (t) => {
    const { broker, token } = await testBroker(t);
    const { token: mcp } = await token({ kind: 'mcp' });
    const { answer, taken, ms } = await pour(t, broker.port, post(`Bearer ${mcp}`, 'transfer-encoding: chunked'));
    assert.match(answer, /^HTTP\/1\.1 413 .*"PAYLOAD_TOO_LARGE".*above 1048576 bytes/s);
    assert.ok(taken > MEBIBYTE && ms < 6000, `${taken} bytes in ${ms} ms`);
  });

  it(proves('http:limits', 'is not read for somebody who is not let in'), async (t) => {
    const { broker } = await testBroker(t);
    const { answer, ms } = await pour(t, broker.port, post('none', 'transfer-encoding: chunked'));
    assert.match(answer, /^HTTP\/1\.1 401 /);
    assert.ok(ms < 6000, `${ms} ms`);
  });
});

describe('a client that sends slowly', { concurrency: true }, () => {
  /** Milliseconds until the broker has closed the connection, and what it said. */
  async function patience(t: TestContext, sent: string, drip = ''): Promise<{ ms: number; answer: string }> {
    const { broker, token } = await testBroker(t);
    const { token: mcp } = await token({ kind: 'mcp' });
    const socket = connect(broker.port, '127.0.0.1');
    t.after(() => socket.destroy());
    const began = performance.now();
    socket.write(sent.replace('TOKEN', mcp));
    const timer = setInterval(() => drip !== '' && socket.writable && socket.write(drip), 500);
    t.after(() => clearInterval(timer));
    const answer = await untilClosed(socket, 40_000);
    clearInterval(timer);
    return { ms: performance.now() - began, answer };
  }

  it(proves('http:limits', 'loses a connection on which it says nothing'), async (t) => {
    const { ms } = await patience(t, '');
    assert.ok(ms > 8000 && ms < 16_000, `${ms} ms`);
  });

  it(proves('http:limits', 'loses it where a header comes every half second'), async (t) => {
    const { ms, answer } = await patience(t, GET, 'x: y\r\n');
    assert.ok(ms > 8000 && ms < 16_000, `${ms} ms`);
    assert.match(answer, /^HTTP\/1\.1 408 .*"REQUEST_TIMEOUT"/s);
  });

  it(proves('http:limits', 'loses it where a body comes byte by byte'), async (t) => {
    const { ms, answer } = await patience(t, post('Bearer TOKEN', 'content-length: 1000'), ' ');
    assert.ok(ms > 18_000 && ms < 28_000, `${ms} ms`);
    assert.match(answer, /^HTTP\/1\.1 408 .*"REQUEST_TIMEOUT"/s);
  });
});

test('a connection gathers nothing from requests that are answered before their bodies have come', async (t) => {
  const { broker } = await testBroker(t);
  const warnings: Error[] = [];
  const hear = (warning: Error) => warnings.push(warning);
  process.on('warning', hear);
  t.after(() => process.off('warning', hear));
  const socket = connect(broker.port, '127.0.0.1').setEncoding('utf8');
  t.after(() => socket.destroy());
  for (let n = 0; n < 12; n++) {
    socket.write(post('none', 'content-length: 2'));
    const [answer] = await once(socket, 'data');
    assert.match(answer, /^HTTP\/1\.1 401 /);
    socket.write('{}');
  }
  await new Promise(setImmediate);
  assert.deepEqual(warnings, []);
});

test(proves('http:limits', 'more connections than there may be files are dropped, and others go on'), async (t) => {
  const { broker, url, log } = await testBroker(t, {}, { capacity: { connections: 3 } });
  const idle = Array.from({ length: 3 }, () => connect(broker.port, '127.0.0.1'));
  t.after(() => idle.map((socket) => socket.destroy()));
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  await assert.rejects(ask(`${url}/healthz`), { code: 'ECONNRESET' });
  assert.match(log(), /"connections":3,"dropped":1,"msg":"connections are dropped/);
  idle[0]?.destroy();
  await until(async () => (await ask(`${url}/healthz`).catch(() => undefined))?.status === 200, 'one is let in again');
});
