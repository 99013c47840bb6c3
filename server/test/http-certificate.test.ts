import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { certificateFiles, createCertificate, type TestCertificate } from '../../tests/live/certificates.ts';
import { proves } from '../../tests/proves.ts';
import { readCertificate } from '../src/http/certificate.ts';
import { openCertificate } from '../src/http/served-certificate.ts';
import { SettingsError } from '../src/settings.ts';
import { ask } from './ask.ts';
import { testBroker } from './broker-harness.ts';

const DAY = 86_400_000;

const good = createCertificate();
const passphrase = { cipher: 'aes-256-cbc', passphrase: 'x' };
const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const short = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey.export({ type: 'pkcs8', format: 'pem' });

const refused: [string, Partial<TestCertificate>, RegExp][] = [
  ['no PEM', { certificate: 'tls' }, /^BORESCOPE_TLS_CERT: the file holds no certificate in PEM/],
  ['a key in its place', { certificate: good.key }, /^BORESCOPE_TLS_CERT: the file holds no certificate in PEM/],
  [
    'a certificate that is cut',
    { certificate: good.certificate.slice(0, 200) },
    /^BORESCOPE_TLS_CERT: the certificate is damaged or cut \(ERR_/,
  ],
  [
    'a chain that is cut',
    { certificate: good.certificate + good.certificate.slice(0, 200) },
    /^BORESCOPE_TLS_CERT: TLS cannot use it \(ERR_/,
  ],
  ['no key', { key: '' }, /^BORESCOPE_TLS_KEY: the file holds no private key in PEM/],
  ['a certificate in its place', { key: good.certificate }, /^BORESCOPE_TLS_KEY: the file holds no private key in PEM/],
  ['a key that is cut', { key: good.key.slice(0, 100) }, /^BORESCOPE_TLS_KEY: the key is damaged or cut \(ERR_/],
  ['the key of another one', { key: createCertificate().key }, /^BORESCOPE_TLS_KEY: it is not the key of the first/],
  [
    'a key with a passphrase',
    { key: other.export({ type: 'pkcs8', format: 'pem', ...passphrase }).toString() },
    /^BORESCOPE_TLS_KEY: the key is encrypted; .*openssl pkey/,
  ],
  [
    'a key with a passphrase, in the older form',
    { key: other.export({ type: 'pkcs1', format: 'pem', ...passphrase }).toString() },
    /^BORESCOPE_TLS_KEY: the key is encrypted; .*openssl pkey/,
  ],
  ['a key of another kind', { key: String(short) }, /^BORESCOPE_TLS_KEY: it is not the key of the first/],
];
for (const [what, spoiled, pattern] of refused) {
  test(proves('tls:start', `${what} is refused in one clear line`), async (t) => {
    const files = certificateFiles(t, { ...good, ...spoiled });
    await assert.rejects(readCertificate(files), (error) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, pattern);
      assert.ok(!error.message.includes('\n'));
      return true;
    });
  });
}

test(proves('tls:start', 'a broker does not start with a file that is not there'), async (t) => {
  const { key, settings } = certificateFiles(t, good);
  rmSync(key);
  await assert.rejects(
    testBroker(t, settings),
    /^SettingsError: BORESCOPE_TLS_KEY: the file cannot be read \(ENOENT\)$/,
  );
});

/** The certificate that is served, with a clock that the test turns. */
async function watched(t: TestContext, pair: TestCertificate) {
  const files = certificateFiles(t, pair);
  const said: string[] = [];
  let now = Date.now();
  let turn = () => {};
  let scheduled = () => {};
  const say = (_fields: object, text: string) => void said.push(text);
  const reasons: unknown[] = [];
  const certificate = await openCertificate({
    files,
    clock: {
      now: () => now,
      later(_ms, run) {
        turn = run;
        scheduled();
        return () => {
          turn = () => {};
        };
      },
    },
    log: {
      debug: say,
      info: say,
      warn: say,
      error(fields, text) {
        reasons.push(Object(fields).reason);
        say(fields, text);
      },
    },
  });
  const server = createServer();
  certificate.watch(server, (outcome) => void said.push(outcome));
  t.after(() => certificate.stop());
  return {
    files,
    said,
    reasons,
    certificate,
    /** One look at the files, `days` later. */
    look(days = 0): Promise<void> {
      now += days * DAY;
      const done = new Promise<void>((resolve) => {
        scheduled = resolve;
      });
      turn();
      return done;
    },
  };
}

const SOON = 'the certificate expires soon: renew it';
const EXPIRED = 'the certificate has expired: nobody who checks it connects any more';

test(proves('tls:expiry', 'from 14 days before its end a certificate is warned of, once a day'), async (t) => {
  const { said, look, files } = await watched(t, createCertificate({ fromDays: -60, untilDays: 15 }));
  await look();
  assert.deepEqual(said, []);
  await look(1.5);
  await look();
  await look(0.5);
  assert.deepEqual(said, [SOON]);
  await look(0.6);
  assert.deepEqual(said, [SOON, SOON]);
  await look(13);
  assert.deepEqual(said, [SOON, SOON, EXPIRED]);
  files.write(createCertificate({ untilDays: 100 }));
  await look();
  await look(2);
  assert.deepEqual(said.slice(3), ['replaced', 'the certificate was replaced']);
});

test('one that lives for a day is warned of in the last third of it', async (t) => {
  const { said, look } = await watched(t, createCertificate({ fromDays: 0, untilDays: 1 }));
  await look(0.6);
  assert.deepEqual(said, []);
  await look(0.1);
  assert.deepEqual(said, [SOON]);
});

test('one that is not valid yet is warned of', async (t) => {
  const { said } = await watched(t, createCertificate({ fromDays: 1, untilDays: 90 }));
  assert.deepEqual(said, ['the certificate is not valid yet: is the clock right?']);
});

test(
  proves('tls:reload', 'a pair that is written file by file is no fault, one that stays wrong is told of once'),
  async (t) => {
    const { said, reasons, look, files, certificate } = await watched(t, good);
    await look();
    const next = createCertificate();
    writeFileSync(files.cert, next.certificate);
    await look();
    assert.deepEqual(said, [], 'the key may be on its way');
    await look();
    await look();
    const mismatch = 'BORESCOPE_TLS_KEY: it is not the key of the first certificate in BORESCOPE_TLS_CERT';
    assert.deepEqual(reasons, [mismatch]);
    assert.deepEqual(said, ['refused', 'the new certificate cannot be used: the one before stays']);
    assert.deepEqual(certificate.current.cert.toString(), good.certificate);
    await certificate.reload();
    assert.deepEqual(reasons, [mismatch, mismatch], 'who asks is told again');
    writeFileSync(files.key, next.key);
    await look();
    assert.deepEqual(certificate.current.cert.toString(), next.certificate);
    await certificate.reload();
    assert.equal(said.at(-1), 'the certificate was read again and is the same');
  },
);

test(
  proves('tls:expiry', 'the end of a certificate is a metric, and an expired one does not stop the start'),
  async (t) => {
    const { settings } = certificateFiles(t, createCertificate({ untilDays: -0.5 }));
    const { broker, log } = await testBroker(t, settings);
    assert.ok(log().includes(EXPIRED));
    const { body } = await ask(`${broker.url}/metrics`, { rejectUnauthorized: false });
    const seconds = Number(/^borescope_tls_certificate_expiry_timestamp_seconds (\S+)$/m.exec(body)?.[1]);
    assert.ok(Math.abs(seconds - (Date.now() - DAY / 2) / 1000) < 60, body);
  },
);
