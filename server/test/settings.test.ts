import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { believedProxies, parseDuration, readSettings, SettingsError } from '../src/settings.ts';

const refusal = (pattern: RegExp) => (error: unknown) =>
  error instanceof SettingsError && pattern.test(error.message) && !error.message.includes('\n');

test('an empty environment gives the documented defaults', () => {
  assert.deepEqual(readSettings({}), {
    host: '127.0.0.1',
    port: 7373,
    dataDir: './.borescope',
    retention: 86_400_000,
    auditRetention: 7_776_000_000,
    tlsTerminated: false,
    logLevel: 'info',
    oauthClientDocuments: false,
    oidcEmailClaim: 'email',
    oidcOrganization: 'default',
    oidcRoleClaim: 'groups',
    oidcScopes: 'openid email profile',
    signInLifetime: 30 * 86_400_000,
  });
});

test('a flag wins over the environment', () => {
  const settings = readSettings({ BORESCOPE_PORT: '1', BORESCOPE_RETENTION: '30m' }, { port: '0' });
  assert.equal(settings.port, 0);
  assert.equal(settings.retention, 1_800_000);
});

test('an empty variable counts as not set', () => {
  assert.equal(readSettings({ BORESCOPE_REDIS_URL: '', BORESCOPE_PORT: '' }).port, 7373);
});

test('settings of agents and of the command may stand in the same environment', () => {
  const others = [
    'URL',
    'TOKEN',
    'CA',
    'PIN',
    'AGENT_PLAINTEXT',
    'SERVICE',
    'SERVICE_VERSION',
    'ENVIRONMENT',
    'TAGS',
    'EAGER',
    'KEEP_SPARKPLUG',
  ];
  readSettings(Object.fromEntries(others.map((name) => [`BORESCOPE_${name}`, 'x'])));
});

const refused: [string, Record<string, string>, RegExp][] = [
  ['a provider without its client', { BORESCOPE_OIDC_ISSUER: 'https://login.example' }, /go together/],
  ['a provider without TLS', { BORESCOPE_OIDC_ISSUER: 'http://login.example' }, /BORESCOPE_OIDC_ISSUER: must be https/],
  ['a role that is none', { BORESCOPE_OIDC_ROLES: 'admins=root' }, /BORESCOPE_OIDC_ROLES: must be value=role/],
  ['a mapping that is none', { BORESCOPE_OIDC_ROLES: 'admins' }, /BORESCOPE_OIDC_ROLES: must be value=role/],
  ['an unknown setting', { BORESCOPE_DATADIR: '/x' }, /^BORESCOPE_DATADIR: unknown setting.*BORESCOPE_DATA_DIR/],
  ['a port that is no number', { BORESCOPE_PORT: 'http' }, /^BORESCOPE_PORT: must be a port/],
  ['a port above 65535', { BORESCOPE_PORT: '65536' }, /^BORESCOPE_PORT: must be a port/],
  ['a retention without a unit', { BORESCOPE_RETENTION: '24' }, /^BORESCOPE_RETENTION: must be a time/],
  ['a retention of nothing', { BORESCOPE_RETENTION: '0s' }, /^BORESCOPE_RETENTION: must be a time/],
  ['an unknown log level', { BORESCOPE_LOG_LEVEL: 'loud' }, /^BORESCOPE_LOG_LEVEL: /],
  ['a public URL of another scheme', { BORESCOPE_PUBLIC_URL: 'ftp://x' }, /^BORESCOPE_PUBLIC_URL: must be an http/],
  ['a public URL with a path', { BORESCOPE_PUBLIC_URL: 'https://x/y' }, /^BORESCOPE_PUBLIC_URL: must have no path/],
  [
    'a proxy that is no address',
    { BORESCOPE_TLS_TERMINATED: 'true', BORESCOPE_TRUSTED_PROXIES: '10.0.0.1,proxy.internal' },
    /^BORESCOPE_TRUSTED_PROXIES: must be addresses or networks/,
  ],
  [
    'a network of all addresses',
    { BORESCOPE_TLS_TERMINATED: 'true', BORESCOPE_TRUSTED_PROXIES: '0.0.0.0/0' },
    /^BORESCOPE_TRUSTED_PROXIES: must be .* not all addresses/,
  ],
  [
    'proxies where none is declared',
    { BORESCOPE_TRUSTED_PROXIES: '10.0.0.1' },
    /^BORESCOPE_TRUSTED_PROXIES: only with/,
  ],
  ['a certificate without its key', { BORESCOPE_TLS_CERT: '/c.pem' }, /go together/],
  [
    'listening beyond loopback without TLS',
    { BORESCOPE_HOST: '0.0.0.0' },
    /^BORESCOPE_HOST: .*BORESCOPE_TLS_TERMINATED/,
  ],
];
for (const [what, environment, pattern] of refused) {
  test(proves('broker:settings', `${what} is refused in one clear line`), () => {
    assert.throws(() => readSettings(environment), refusal(pattern));
  });
}

test('a bad value is never repeated, because it may hold a password', () => {
  assert.throws(
    () => readSettings({ BORESCOPE_LOG_LEVEL: 'hunter2' }),
    (error) => !String(error).includes('hunter2'),
  );
  assert.throws(
    () => readSettings({ BORESCOPE_PUBLIC_URL: 'ftp://u:hunter2@h' }),
    (error) => !String(error).includes('hunter2'),
  );
});

test('a bad flag is named as the flag', () => {
  assert.throws(() => readSettings({}, { logLevel: 'loud' }), refusal(/^--log-level: /));
});

test(proves('broker:loopback', 'beyond loopback is refused, unless there is TLS or a declared proxy'), () => {
  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'broker.example']) {
    assert.throws(() => readSettings({ BORESCOPE_HOST: host }), refusal(/^BORESCOPE_HOST: .* is not loopback/));
  }
  assert.equal(readSettings({ BORESCOPE_HOST: '0.0.0.0', BORESCOPE_TLS_TERMINATED: 'true' }).tlsTerminated, true);
  readSettings({ BORESCOPE_HOST: '::', BORESCOPE_TLS_CERT: 'c', BORESCOPE_TLS_KEY: 'k' });
  readSettings({ BORESCOPE_HOST: '::1' });
  readSettings({ BORESCOPE_HOST: '127.8.8.8' });
});

test('proxies are addresses and networks, those on this machine where none are named', () => {
  const terminated = { BORESCOPE_TLS_TERMINATED: 'true' };
  assert.deepEqual(believedProxies(readSettings({})), []);
  assert.deepEqual(believedProxies(readSettings(terminated)), ['127.0.0.0/8', '::1']);
  const named = readSettings({ ...terminated, BORESCOPE_TRUSTED_PROXIES: '10.0.0.5, 192.168.0.0/16,2001:db8::/32' });
  assert.deepEqual(believedProxies(named), ['10.0.0.5', '192.168.0.0/16', '2001:db8::/32']);
  for (const bad of [
    '10.0.0.0/33',
    '::1/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '10.0.0.0/x',
    '::/0',
    'fe80::1%eth0',
    ',',
  ]) {
    assert.throws(() => readSettings({ ...terminated, BORESCOPE_TRUSTED_PROXIES: bad }), SettingsError, bad);
  }
});

test('times are read with their unit', () => {
  assert.deepEqual(['90s', '30m', '24h', '7d', '1.5h', 'h', ''].map(parseDuration), [
    90_000,
    1_800_000,
    86_400_000,
    604_800_000,
    undefined,
    undefined,
    undefined,
  ]);
});
