import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pinOf } from '@borescope/agent-protocol/identity';
import { agentPeer, armNext, runtime, sendHit } from '../../server/test/broker-harness.ts';
import { certificateFiles, createAuthority, createCertificate } from '../../tests/live/certificates.ts';
import { proves } from '../../tests/proves.ts';
import { brokerFetch } from '../src/broker-fetch.ts';
import { UsageError } from '../src/failure.ts';
import { cli, createToken, serve } from './run-cli.ts';

const authority = createAuthority('Authority of the command');
const issued = createCertificate({ issuer: authority });
const pin = pinOf(Buffer.from(issued.certificate));
const otherPin = pinOf(Buffer.from(authority.certificate));
const caFile = (t: TestContext, pair = authority) => certificateFiles(t, pair).cert;

/** A broker with the certificate, and the environment of a command that calls it. */
async function served(t: TestContext, pair = issued) {
  const { cert, key } = certificateFiles(t, pair);
  const { url, dataDir, stop } = await serve(t, ['--tls-cert', cert, '--tls-key', key, '--log-level', 'debug']);
  const mcp = await createToken(dataDir, 'mcp');
  return { url, dataDir, stop, env: { BORESCOPE_URL: url, BORESCOPE_TOKEN: mcp.token } };
}

test(
  proves('commands:identity', 'a command works over TLS with a broker that proves itself, progress included'),
  async (t) => {
    const { url, dataDir, env } = await served(t);
    const trusting = { ...env, BORESCOPE_CA: caFile(t), BORESCOPE_PIN: `${otherPin},${pin}` };
    const agent = await createToken(dataDir, 'agent');
    const peer = await agentPeer(t, url, agent.token, runtime('runtime-1'), { ca: authority.certificate });
    const running = cli(['snapshot', 'src/cart.ts:7', '--service', 'shop'], trusting);
    sendHit(peer, await armNext(peer), 1);
    const { code, stdout, stderr } = await running;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^completed.*: 1 of 1 hits/);
    assert.equal((await cli(['runtimes'], { ...env, NODE_EXTRA_CA_CERTS: caFile(t) })).code, 0);
  },
);

test(
  proves('commands:identity', 'a broker that does not prove itself gets no token, and the command says why'),
  async (t) => {
    const { env } = await served(t);
    const elsewhere = await served(t, createCertificate({ issuer: authority, names: ['broker.example'] }));
    const cases: [Record<string, string>, number, RegExp][] = [
      [{}, 1, /its authority is not trusted here: name it in BORESCOPE_CA/],
      [{ BORESCOPE_CA: caFile(t), BORESCOPE_PIN: otherPin }, 1, /is not in BORESCOPE_PIN: no token was sent/],
      [{ NODE_TLS_REJECT_UNAUTHORIZED: '0', BORESCOPE_PIN: pin }, 1, /its authority is not trusted here/],
      [{ BORESCOPE_CA: caFile(t), BORESCOPE_URL: elsewhere.url }, 1, /it is for another host/],
      [{ BORESCOPE_CA: '/nowhere/ca.pem' }, 2, /the file in BORESCOPE_CA cannot be read \(ENOENT\)/],
    ];
    for (const [environment, exit, message] of cases) {
      const { code, stdout, stderr } = await cli(['runtimes'], { ...env, ...environment });
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.equal(code, exit, stderr);
    }
  },
);

test(proves('commands:identity', 'administering a broker asks it for the same proof'), async (t) => {
  const { url, dataDir } = await served(t);
  const { token } = await createToken(dataDir, 'admin');
  const list = (environment: Record<string, string>) =>
    cli(['token', 'list'], { BORESCOPE_BROKER_URL: url, BORESCOPE_ADMIN_TOKEN: token, ...environment });
  const trusted = await list({ BORESCOPE_CA: caFile(t), BORESCOPE_PIN: pin });
  assert.equal(trusted.code, 0, trusted.stderr);
  const other = await list({ BORESCOPE_CA: caFile(t), BORESCOPE_PIN: otherPin });
  assert.match(other.stderr, /is not in BORESCOPE_PIN: no token was sent/);
  assert.equal(other.code, 1);
});

test('settings that do not fit are wrong usage', () => {
  const asked = (address: string, environment: Record<string, string>) => () =>
    brokerFetch(new URL(address), environment);
  const wrong = (message: RegExp) => (error: unknown) => error instanceof UsageError && message.test(error.message);
  assert.throws(
    asked('https://broker.example', { BORESCOPE_PIN: 'sha256/x' }),
    wrong(/^BORESCOPE_PIN: sha256\/BASE64/),
  );
  for (const environment of [{ BORESCOPE_PIN: pin }, { BORESCOPE_CA: '/ca.pem' }]) {
    assert.throws(asked('http://127.0.0.1:1', environment), wrong(/only with an https: address/));
  }
  assert.equal(asked('http://127.0.0.1:1', { BORESCOPE_PIN: '', BORESCOPE_CA: '' })(), fetch);
});

test('a broker that is gone, and a wait that is over, fail as they do for fetch', async (t) => {
  const { url, stop } = await served(t);
  const request = brokerFetch(new URL(url), { BORESCOPE_CA: caFile(t) });
  assert.equal((await request(`${url}/healthz`)).status, 200);
  const leaving = new Error('nobody waits any more');
  await assert.rejects(request(`${url}/healthz`, { signal: AbortSignal.abort(leaving) }), leaving);
  await stop();
  await assert.rejects(request(`${url}/healthz`), (error) => {
    assert.ok(error instanceof TypeError && error.cause instanceof Error);
    assert.match(error.cause.message, /ECONNREFUSED/);
    return true;
  });
});
