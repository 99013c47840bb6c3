import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pinOf } from '@borescope/agent-protocol/identity';
import { agentPeer, armNext, runtime, sendHit } from '../../server/test/broker-harness.ts';
import { certificateFiles, createAuthority, createCertificate } from '../../tests/live/certificates.ts';
import { proves } from '../../tests/proves.ts';
import { cli, createToken, serve } from './run-cli.ts';

const authority = createAuthority('Authority of the command');
const issued = createCertificate({ issuer: authority });
const pin = pinOf(Buffer.from(issued.certificate));
const otherPin = pinOf(Buffer.from(authority.certificate));
const caFile = (t: TestContext, pair = authority) => certificateFiles(t, pair).cert;

/** A broker with the certificate, and the environment of a command that calls it. */
async function served(t: TestContext, pair = issued) {
  const { cert, key } = certificateFiles(t, pair);
  const { url, dataDir } = await serve(t, ['--tls-cert', cert, '--tls-key', key, '--log-level', 'debug']);
  const mcp = await createToken(dataDir, 'mcp');
  return { url, dataDir, env: { BORESCOPE_URL: url, BORESCOPE_TOKEN: mcp.token } };
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
      [{ BORESCOPE_PIN: pin }, 1, /its authority is not trusted here/],
      [{ NODE_TLS_REJECT_UNAUTHORIZED: '0', BORESCOPE_PIN: pin }, 1, /its authority is not trusted here/],
      [{ BORESCOPE_CA: caFile(t), BORESCOPE_URL: elsewhere.url }, 1, /it is for another host/],
      [{ BORESCOPE_CA: '/nowhere/ca.pem' }, 2, /the file in BORESCOPE_CA cannot be read \(ENOENT\)/],
      [{ BORESCOPE_PIN: 'sha256/x' }, 2, /BORESCOPE_PIN: sha256\/BASE64/],
      [{ BORESCOPE_PIN: pin, BORESCOPE_URL: 'http://127.0.0.1:1' }, 2, /only with an https: address/],
    ];
    for (const [environment, exit, message] of cases) {
      const { code, stdout, stderr } = await cli(['runtimes'], { ...env, ...environment });
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.equal(code, exit, stderr);
    }
  },
);
