import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ConnectionOptions, connect } from 'node:tls';
import { pinOf } from '@borescope/agent-protocol/identity';
import { WebSocket } from 'ws';
import {
  certificateFiles,
  createAuthority,
  createCertificate,
  type TestCertificate,
} from '../../tests/live/certificates.ts';
import { proves } from '../../tests/proves.ts';
import { ask } from './ask.ts';
import { bearer, testBroker, until } from './broker-harness.ts';

const authority = createAuthority('Test authority');
const issue = (rest = {}) => createCertificate({ issuer: authority, ...rest });

/** The pin of the certificate that a new connection gets. */
async function served(port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.certificate, ...options });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(5000) });
    return pinOf(socket.getPeerCertificate().raw);
  } finally {
    socket.destroy();
  }
}

/** One request over the connection that an agent keeps alive; the socket that it went over. */
function over(agent: Agent, url: string): Promise<{ status: number | undefined; socket: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent }, (response) => {
      response.resume();
      response.once('end', () => resolve({ status: response.statusCode, socket: sent.socket }));
    });
    sent.once('error', reject);
    sent.end();
  });
}

const pinOfPair = ({ certificate }: TestCertificate) => pinOf(Buffer.from(certificate));

test(
  proves('tls:reload', 'a renewed certificate is in use within seconds, and no connection ends for it'),
  async (t) => {
    const first = issue();
    const { write, settings } = certificateFiles(t, first);
    const { url, broker, token, log } = await testBroker(t, settings);
    assert.equal(await served(broker.port), pinOfPair(first));
    assert.equal(broker.pin, pinOfPair(first));
    assert.ok(log().includes(`"pin":"${broker.pin}","msg":"listening"`));

    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authority.certificate });
    t.after(() => agent.destroy());
    const before = await over(agent, `${url}/readyz`);
    const headers = bearer((await token({ kind: 'agent' })).token);
    const peer = new WebSocket(`${url.replace('https', 'wss')}/agent/v1`, { headers, ca: authority.certificate });
    t.after(() => peer.terminate());
    await once(peer, 'open');

    const second = issue();
    write(second);
    await until(async () => (await served(broker.port)) === pinOfPair(second), 'the new certificate is served', 12_000);
    assert.equal(broker.pin, pinOfPair(second));
    assert.match(log(), /"samePin":false,"msg":"the certificate was replaced"/);
    const after = await over(agent, `${url}/readyz`);
    assert.equal(after.status, 200);
    assert.equal(after.socket, before.socket, 'over the connection of before');
    assert.equal(peer.readyState, WebSocket.OPEN);
  },
);

test(proves('tls:reload', 'a secret is followed whose link is swapped, as Kubernetes mounts it'), async (t) => {
  const [first, second] = [issue(), issue()];
  const { directory } = certificateFiles(t, first);
  for (const [name, pair] of [
    ['one', first],
    ['two', second],
  ] as const) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'tls.crt'), pair.certificate);
    writeFileSync(join(directory, name, 'tls.key'), pair.key);
  }
  symlinkSync('one', join(directory, '..data'));
  const settings = {
    BORESCOPE_TLS_CERT: join(directory, '..data', 'tls.crt'),
    BORESCOPE_TLS_KEY: join(directory, '..data', 'tls.key'),
  };
  const { broker } = await testBroker(t, settings);
  assert.equal(await served(broker.port), pinOfPair(first));
  symlinkSync('two', join(directory, '..new'));
  renameSync(join(directory, '..new'), join(directory, '..data'));
  await until(async () => (await served(broker.port)) === pinOfPair(second), 'the new certificate is served', 12_000);
});

test(proves('tls:reload', 'what cannot be used is told of, and the certificate before stays'), async (t) => {
  const first = issue();
  const { cert, key, write, settings } = certificateFiles(t, first);
  const { broker, log, url } = await testBroker(t, settings);
  const other = issue();
  const half = (text: string) => text.slice(0, text.length / 2);
  const bad: [() => void, RegExp][] = [
    [() => writeFileSync(key, other.key), /BORESCOPE_TLS_KEY: it is not the key of the first certificate/],
    [() => writeFileSync(key, half(first.key)), /BORESCOPE_TLS_KEY: the key is damaged or cut/],
    [() => writeFileSync(cert, half(first.certificate)), /BORESCOPE_TLS_CERT: the certificate is damaged or cut/],
    [() => rmSync(cert), /"reason":"the files cannot be looked at \(ENOENT\)"/],
  ];
  for (const [spoil, reason] of bad) {
    write(first);
    spoil();
    const told = log().length;
    await broker.reloadCertificate();
    assert.match(log().slice(told), reason);
    assert.match(log().slice(told), /"level":50.*the one before stays/);
    assert.equal(await served(broker.port), pinOfPair(first));
  }
  const { body } = await ask(`${url}/metrics`, { ca: authority.certificate });
  assert.ok(body.includes('borescope_tls_certificate_reads_total{outcome="refused"} 4\n'));
  write(other);
  await broker.reloadCertificate();
  assert.equal(await served(broker.port), pinOfPair(other));
});

test(proves('tls:strong', 'TLS below 1.2 and suites without forward secrecy are refused'), async (t) => {
  const { settings } = certificateFiles(t, issue());
  const { broker } = await testBroker(t, settings);
  const refused: ConnectionOptions[] = [
    { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-SHA384:AES128-GCM-SHA256' },
  ];
  for (const options of refused) {
    await assert.rejects(served(broker.port, options), { code: /^ERR_SSL_|^EPROTO|^ECONNRESET/ });
  }
  await served(broker.port, { maxVersion: 'TLSv1.2' });
  await served(broker.port, { minVersion: 'TLSv1.3' });
});

test('who speaks no TLS to a broker that does is let go of', async (t) => {
  const { settings } = certificateFiles(t, issue());
  const { broker } = await testBroker(t, settings);
  const socket = connectPlain(broker.port, '127.0.0.1');
  socket.write('GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n');
  const ended = once(socket, 'close', { signal: AbortSignal.timeout(5000) });
  socket.resume();
  await ended;
  assert.ok(await served(broker.port));
});
