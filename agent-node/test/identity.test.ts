import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { createServer, type SecureVersion } from 'node:tls';
import { parsePins } from '@borescope/agent-protocol';
import { pinOf } from '@borescope/agent-protocol/identity';
import {
  certificateFiles,
  createAuthority,
  createCertificate,
  type TestCertificate,
} from '../../tests/live/certificates.ts';
import { proves } from '../../tests/proves.ts';
import { type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

const authority = createAuthority('Authority of the test');
const issued = createCertificate({ issuer: authority });
const pin = ({ certificate }: TestCertificate) => pinOf(Buffer.from(certificate));
const otherPin = pin(createCertificate());

/** An application whose broker has this certificate. */
async function attached(t: TestContext, certificate: TestCertificate, environment: Record<string, string>) {
  const broker = await TestBroker.startWithTls(certificate);
  t.after(() => broker.close());
  const application = startApplication(broker, 'orders.cjs', { environment });
  t.after(() => application.stop());
  return { broker, application };
}

/** What the application writes to stderr, as soon as it has written a line. */
async function line({ child }: Application): Promise<string> {
  let text = '';
  const { stderr } = child;
  if (stderr === null) throw new Error('no stderr');
  const signal = AbortSignal.timeout(15_000);
  while (!text.includes('\n')) text += String((await once(stderr, 'data', { signal }))[0]);
  return text;
}

const caFile = (t: TestContext, pair: TestCertificate = authority) => certificateFiles(t, pair).cert;

describe('a broker that proves who it is', () => {
  const cases: [string, TestCertificate, (t: TestContext) => Record<string, string>][] = [
    ['by an authority in BORESCOPE_CA', issued, (t) => ({ BORESCOPE_CA: caFile(t) })],
    ["by an authority in Node's own NODE_EXTRA_CA_CERTS", issued, (t) => ({ NODE_EXTRA_CA_CERTS: caFile(t) })],
    [
      'by the one of two pins that is in use',
      issued,
      (t) => ({ BORESCOPE_CA: caFile(t), BORESCOPE_PIN: `${otherPin}, ${pin(issued)}` }),
    ],
  ];
  for (const [how, certificate, environment] of cases) {
    it(proves('agent:identity', `${how} gets the agent`), async (t) => {
      const { broker, application } = await attached(t, certificate, environment(t));
      await broker.hello();
      assert.equal(application.stderr, '');
    });
  }

  it(proves('agent:identity', 'by a self-signed certificate that BORESCOPE_CA names gets the agent'), async (t) => {
    const own = createCertificate();
    const { broker } = await attached(t, own, { BORESCOPE_CA: caFile(t, own), BORESCOPE_PIN: pin(own) });
    await broker.hello();
  });
});

describe('a broker that does not prove who it is', () => {
  const self = createCertificate();
  const late = createCertificate({ issuer: authority, untilDays: -1, fromDays: -30 });
  const elsewhere = createCertificate({ issuer: authority, names: ['broker.example'] });
  const cases: [string, TestCertificate, (t: TestContext) => Record<string, string>, RegExp][] = [
    [
      'has another key than is pinned',
      issued,
      (t) => ({ BORESCOPE_CA: caFile(t), BORESCOPE_PIN: otherPin }),
      new RegExp(`${pin(issued).replace(/[+/]/g, '\\$&')}, is not in BORESCOPE_PIN: no token was sent`),
    ],
    [
      'has the pinned key and no authority',
      issued,
      () => ({ BORESCOPE_PIN: pin(issued) }),
      /its authority is not trusted/,
    ],
    ['signs for itself', self, () => ({}), /it is self-signed, and not named in BORESCOPE_CA/],
    [
      'signs for itself, with checks switched off for the application',
      self,
      () => ({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }),
      /self-signed/,
    ],
    ['has expired', late, (t) => ({ BORESCOPE_CA: caFile(t) }), /it has expired/],
    [
      'is for another host',
      elsewhere,
      (t) => ({ BORESCOPE_CA: caFile(t), BORESCOPE_PIN: pin(elsewhere) }),
      /it is for another host/,
    ],
    [
      'has an authority that others know',
      issued,
      (t) => ({ NODE_EXTRA_CA_CERTS: caFile(t), BORESCOPE_CA: caFile(t, createAuthority('Another')) }),
      /its authority is not trusted/,
    ],
  ];
  for (const [what, certificate, environment, expected] of cases) {
    it(proves('agent:identity', `${what}: one line, and no token`), async (t) => {
      const { broker, application } = await attached(t, certificate, environment(t));
      const said = await line(application);
      assert.match(said, expected);
      assert.match(said, /^borescope: [^\n]*; trying again every few minutes\n/);
      assert.deepEqual(broker.authorizations, []);
      assert.equal(application.child.exitCode, null, 'and the application goes on');
    });
  }

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(proves('agent:identity', `gets not one byte where the pin is another, over ${version}`), async (t) => {
      const { port, received } = await listener(t, issued, version);
      const application = startApplication(undefined, 'orders.cjs', {
        environment: {
          BORESCOPE_URL: `wss://localhost:${port}/agent/v1`,
          BORESCOPE_CA: caFile(t),
          BORESCOPE_PIN: otherPin,
        },
      });
      t.after(() => application.stop());
      assert.match(await line(application), /is not in BORESCOPE_PIN/);
      assert.equal(await received, '');
    });
  }

  it('is told where BORESCOPE_CA is no file of certificates, in one line', async (t) => {
    const { key } = certificateFiles(t, issued);
    const cases: [string, RegExp][] = [
      ['/nowhere/ca.pem', /^borescope: the file in BORESCOPE_CA cannot be read \(ENOENT\); trying again/],
      [key, /^borescope: the file in BORESCOPE_CA holds no certificate in PEM; trying again/],
    ];
    for (const [file, expected] of cases) {
      const { application, broker } = await attached(t, issued, { BORESCOPE_CA: file });
      assert.match(await line(application), expected);
      assert.deepEqual(broker.authorizations, []);
    }
  });
});

/** Whoever listens in the place of the broker, and what it gets to read until the first connection ends. */
async function listener(t: TestContext, { certificate, key }: TestCertificate, version: SecureVersion) {
  const server = createServer({ cert: certificate, key, minVersion: version, maxVersion: version });
  t.after(() => server.close());
  const received = new Promise<string>((resolve) => {
    server.on('connection', (socket) => {
      let text = '';
      server.once('secureConnection', (secure) =>
        secure.on('error', () => undefined).on('data', (data) => (text += data)),
      );
      socket.on('error', () => undefined);
      socket.once('close', () => resolve(text));
    });
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, received };
}

it('pins have the form of RFC 7469, and there are at most ten', () => {
  assert.deepEqual(parsePins(`${otherPin},${pin(issued)}`), [otherPin, pin(issued)]);
  const bad = [
    '',
    'sha256/',
    otherPin.slice(0, -1),
    `${otherPin}=`,
    otherPin.replace('sha256', 'sha1'),
    `${otherPin},`,
  ];
  for (const text of [...bad, otherPin.replace('/', '//'), Array<string>(11).fill(otherPin).join()]) {
    assert.equal(parsePins(text), undefined, text);
  }
});
