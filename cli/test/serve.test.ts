import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pinOf } from '@borescope/agent-protocol/identity';
import { agentPeer, armNext, letGo, runtime, sendHit } from '../../server/test/broker-harness.ts';
import { certificateFiles, createCertificate } from '../../tests/live/certificates.ts';
import { proves } from '../../tests/proves.ts';
import { cli, createToken, serve, temporaryDirectory } from './run-cli.ts';

test(
  proves(
    ['commands:json', 'commands:codes'],
    'a snapshot from a terminal: progress while it waits, the result, exit 0',
  ),
  async (t) => {
    const { url, dataDir } = await serve(t);
    const agent = await createToken(dataDir, 'agent');
    const mcp = await createToken(dataDir, 'mcp');
    const peer = await agentPeer(t, url, agent.token, runtime('runtime-1'));
    const env = { BORESCOPE_URL: url, BORESCOPE_TOKEN: mcp.token };

    const running = cli(['snapshot', 'src/cart.ts:7', '--service', 'shop', '--version', '1.2.3'], env);
    const id = await armNext(peer);
    sendHit(peer, id, 1);
    const { code, stdout, stderr } = await running;
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^completed.*: 1 of 1 hits/);
    assert.match(stdout, /\n {2}total = 12\n/);
    assert.match(stderr, /0 of 1 hits\n/);

    const json = await cli(['wait', id, '--json'], env);
    assert.equal(JSON.parse(json.stdout).action.id, id);
    assert.equal(JSON.parse((await cli(['runtimes', '--json'], env)).stdout).total, 1);
    assert.match((await cli(['actions'], env)).stdout, new RegExp(`^${id} snapshot completed 1/1 src/cart.ts:7`));
  },
);

test(
  proves('commands:codes', 'a broker that dies while a command waits is told at once, with how to go on'),
  async (t) => {
    const { url, dataDir, stop } = await serve(t);
    const agent = await createToken(dataDir, 'agent');
    const mcp = await createToken(dataDir, 'mcp');
    const peer = await agentPeer(t, url, agent.token, runtime('runtime-1'));
    const env = { BORESCOPE_URL: url, BORESCOPE_TOKEN: mcp.token };
    const running = cli(['snapshot', 'src/cart.ts:7', '--service', 'shop'], env);
    await armNext(peer);
    await stop('SIGKILL');
    const { code, stderr } = await running;
    assert.equal(code, 1);
    assert.match(stderr, /^borescope: the connection to the broker at \S+ was lost\. .*borescope wait ID\.\n$/m);
  },
);

test("an agent's BORESCOPE_URL leads the command to the same broker", async (t) => {
  const { url, dataDir } = await serve(t);
  const mcp = await createToken(dataDir, 'mcp');
  const env = { BORESCOPE_URL: `${url.replace(/^http/, 'ws')}/agent/v1`, BORESCOPE_TOKEN: mcp.token };
  const { code, stdout } = await cli(['runtimes'], env);
  assert.equal(code, 0);
  assert.match(stdout, /No runtime is attached/);
});

test(proves('commands:codes', 'what fails says why on stderr and exits 1'), async (t) => {
  const { url, dataDir } = await serve(t);
  const agent = await createToken(dataDir, 'agent');
  const mcp = await createToken(dataDir, 'mcp');
  const env = { BORESCOPE_URL: url, BORESCOPE_TOKEN: mcp.token };
  const peer = await agentPeer(t, url, agent.token, runtime('runtime-1'));
  const cases: [string[], Record<string, string>, RegExp][] = [
    [['snapshot', 'a.ts:1', '--service', 'nope'], {}, /RUNTIME_NOT_FOUND/],
    [
      ['snapshot', 'a.ts:1', '--service', 'shop', '--max-hits', '51'],
      {},
      /LIMIT_EXCEEDED: max_hits: above the limit of 50/,
    ],
    [['wait', 'act_nothing'], {}, /ACTION_NOT_FOUND/],
    [['cancel', 'act_nothing'], {}, /ACTION_NOT_FOUND/],
    [['runtimes'], { BORESCOPE_TOKEN: 'bore_mcp_x' }, /mistyped/],
    [['runtimes'], { BORESCOPE_TOKEN: agent.token }, /takes an mcp token/],
    [['runtimes'], { BORESCOPE_URL: 'http://127.0.0.1:1' }, /no broker answers at http:\/\/127\.0\.0\.1:1/],
  ];
  for (const [args, changed, message] of cases) {
    const { code, stderr, stdout } = await cli(args, { ...env, ...changed });
    assert.equal(code, 1, args.join(' '));
    assert.match(stderr, message);
    assert.equal(stdout, '');
  }
  const expiring = cli(['snapshot', 'a.ts:7', '--service', 'shop', '--timeout', '1'], env);
  letGo(peer, await armNext(peer));
  const { code, stdout, stderr } = await expiring;
  assert.equal(code, 1);
  assert.match(stdout, /^expired/);
  assert.match(stderr, /no hit/);
});

test('cancel takes the probe out', async (t) => {
  const { url, dataDir } = await serve(t);
  const agent = await createToken(dataDir, 'agent');
  const mcp = await createToken(dataDir, 'mcp');
  const env = { BORESCOPE_URL: url, BORESCOPE_TOKEN: mcp.token };
  const peer = await agentPeer(t, url, agent.token, runtime('runtime-1'));
  const placed = cli(['snapshot', 'a.ts:7', '--service', 'shop', '--wait', '0', '--json'], env);
  const id = await armNext(peer);
  assert.match(JSON.parse((await placed).stdout).action.state, /queued|armed/);
  assert.equal((await cli(['cancel', id], env)).code, 0);
  assert.equal((await peer.next('disarm')).actionId, id);
});

test(
  proves('tokens:revoked', 'a token that the command revokes beside a running broker loses its sockets'),
  async (t) => {
    const { url, dataDir } = await serve(t);
    const agent = await createToken(dataDir, 'agent');
    const peer = await agentPeer(t, url, agent.token, runtime('runtime-1'));
    assert.equal((await cli(['token', 'revoke', agent.id, '--data-dir', dataDir])).code, 0);
    assert.equal(await peer.closed, 4004);
  },
);

test(proves('broker:drain', 'a signal drains the broker, which ends with 0'), async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { stop, url, dataDir } = await serve(t);
    const agent = await createToken(dataDir, 'agent');
    const peer = await agentPeer(t, url, agent.token, runtime('runtime-1'));
    const drained = peer.next('drain');
    const { code, stderr } = await stop(signal);
    assert.equal(code, 0, stderr);
    await drained;
    assert.match(stderr, /"msg":"stopped"/);
  }
});

test(proves('tls:reload', 'SIGHUP makes a broker with a certificate read it anew, and it tells its pin'), async (t) => {
  const pair = createCertificate();
  const { cert, key } = certificateFiles(t, pair);
  const { printed, signal, says } = await serve(t, ['--tls-cert', cert, '--tls-key', key]);
  assert.ok(printed.includes(`\n  pin for agents      ${pinOf(Buffer.from(pair.certificate))}\n`), printed);
  const answered = says(/"msg":"the certificate was read again and is the same"/);
  signal('SIGHUP');
  await answered;
});

test(proves('tls:start', 'a bad certificate is one line and exit 2'), async (t) => {
  const directory = await temporaryDirectory(t);
  const flags = ['--tls-cert', join(directory, 'no.pem'), '--tls-key', join(directory, 'no.key')];
  const { code, stderr } = await cli(['serve', '--data-dir', directory, ...flags]);
  assert.equal(code, 2);
  assert.equal(stderr, 'borescope: BORESCOPE_TLS_CERT: the file cannot be read (ENOENT)\n');
});

test(proves('broker:port-taken', 'a port that is taken is one line and exit 1'), async (t) => {
  const { url } = await serve(t);
  const dir = await temporaryDirectory(t);
  const { code, stderr } = await cli([
    'serve',
    '--port',
    new URL(url).port,
    '--data-dir',
    dir,
    '--log-level',
    'silent',
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /^borescope: port \d+ on 127\.0\.0\.1 is taken: [^\n]*\n$/);
});
