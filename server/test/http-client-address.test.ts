import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { clientAddress, createClientAddressNote } from '../src/http/client-address.ts';
import { rawAnswer } from './ask.ts';
import { testBroker } from './broker-harness.ts';

/** A request as Node hands it over, from this peer. */
function requestFrom(peer: string, forwardedFor?: string): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const request = new IncomingMessage(socket);
  if (forwardedFor !== undefined) request.headers['x-forwarded-for'] = forwardedFor;
  return request;
}

function told(trustedProxies: string[], peer: string, forwardedFor?: string): string {
  const request = requestFrom(peer, forwardedFor);
  createClientAddressNote({ trustedProxies, onIgnored() {} })(request);
  assert.equal(clientAddress({ raw: request }), clientAddress(request));
  return clientAddress(request);
}

const PROXIES = ['127.0.0.0/8', '::1', '10.0.0.0/8', '2001:db8:1::/48'];

test(
  proves('broker:client-address', 'without a declared proxy the address is the peer, whatever a header says'),
  () => {
    assert.equal(told([], '192.0.2.1', '203.0.113.9'), '192.0.2.1');
    assert.equal(told([], '127.0.0.1', '203.0.113.9'), '127.0.0.1');
    assert.equal(told(PROXIES, '192.0.2.1', '203.0.113.9'), '192.0.2.1');
    assert.equal(told(PROXIES, '192.0.2.1'), '192.0.2.1');
  },
);

test(proves('broker:client-address', 'of a chain only the part that trusted hops have written counts'), () => {
  const cases: [string, string, string][] = [
    ['127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['127.0.0.1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['127.0.0.1', '198.51.100.1, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['10.9.9.9', '198.51.100.1,10.0.0.1,203.0.113.9,10.1.2.3,::1', '203.0.113.9'],
    ['127.0.0.1', '10.0.0.7, 10.0.0.8', '10.0.0.7'],
    ['2001:db8:1::5', '2001:db8:2::9', '2001:db8:2::9'],
    ['2001:db8:3::5', '203.0.113.9', '2001:db8:3::5'],
  ];
  for (const [peer, chain, address] of cases) assert.equal(told(PROXIES, peer, chain), address, chain);
});

test('one address has one text, so that a throttle counts it once', () => {
  for (const written of ['203.0.113.9:4711', '::ffff:203.0.113.9', '[::ffff:203.0.113.9]:80', '::FFFF:cb00:7109']) {
    assert.equal(told(PROXIES, '127.0.0.1', written), '203.0.113.9', written);
  }
  for (const written of ['2001:DB8:0:0::1', '[2001:db8::1]', '[2001:db8::0:1]:443']) {
    assert.equal(told(PROXIES, '::1', written), '2001:db8::1', written);
  }
  assert.equal(told(PROXIES, '::ffff:127.0.0.1', '203.0.113.9'), '203.0.113.9');
  assert.equal(told(PROXIES, '::ffff:192.0.2.1'), '192.0.2.1');
});

test('what is no address ends the chain at the hop that passed it on', () => {
  for (const rubbish of ['unknown', '', 'a'.repeat(9000), '1.2.3', '1.2.3.4.5', '_hidden', 'fe80::1%eth0', '<b>']) {
    assert.equal(told(PROXIES, '127.0.0.1', rubbish), '127.0.0.1', rubbish);
    assert.equal(told(PROXIES, '127.0.0.1', `203.0.113.9, ${rubbish}, 10.0.0.1`), '10.0.0.1', rubbish);
  }
});

test('a chain that has no end is not followed to its end', () => {
  const chain = ['203.0.113.9', ...Array<string>(1000).fill('10.0.0.1')].join(',');
  assert.equal(told(PROXIES, '127.0.0.1', chain), '10.0.0.1');
});

test('a proxy that is not trusted is told of once', () => {
  const peers: string[] = [];
  const note = createClientAddressNote({ trustedProxies: PROXIES, onIgnored: (peer) => peers.push(peer) });
  for (const peer of ['127.0.0.1', '192.0.2.1', '192.0.2.2']) note(requestFrom(peer, '203.0.113.9'));
  note(requestFrom('192.0.2.3'));
  assert.deepEqual(peers, ['192.0.2.1']);
});

test(
  proves('broker:client-address', 'the broker names an agent behind a declared proxy by its own address'),
  async (t) => {
    const headers = {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
      'x-forwarded-for': '198.51.100.1, 203.0.113.9',
    };
    const cases: [Record<string, string>, string][] = [
      [{ BORESCOPE_TLS_TERMINATED: 'true' }, '203.0.113.9'],
      [{ BORESCOPE_TLS_TERMINATED: 'true', BORESCOPE_TRUSTED_PROXIES: '192.0.2.1' }, '127.0.0.1'],
      [{}, '127.0.0.1'],
    ];
    for (const [settings, address] of cases) {
      const { broker, log } = await testBroker(t, settings);
      const lines = [`GET /agent/v1 HTTP/1.1`, `host: 127.0.0.1:${broker.port}`];
      for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
      assert.match(await rawAnswer(broker.port, `${lines.join('\r\n')}\r\n\r\n`), /^HTTP\/1.1 401 /);
      assert.match(log(), new RegExp(`"remote":"${address}".*"agent refused"`));
      assert.equal(log().includes('BORESCOPE_TRUSTED_PROXIES'), settings['BORESCOPE_TRUSTED_PROXIES'] !== undefined);
    }
  },
);
