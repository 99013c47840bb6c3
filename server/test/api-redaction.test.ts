import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { systemClock } from '../src/clock.ts';
import { createLateRedactions } from '../src/hits/late-redactions.ts';
import { testApi } from './api-client.ts';
import { quiet } from './engine-harness.ts';

const SECRETS = {
  mode: 'standard',
  environments: [{ environment: 'dev', mode: 'off', reason: 'made-up data' }],
  names: ['shoeSize'],
  literals: ['Project Nightingale'],
  patterns: [{ name: 'order-number', pattern: 'ORD-[0-9]{6}', sample: 'ORD-471100' }],
  exceptions: { names: [], values: ['help@example.com'], kinds: [] },
};

test('what a policy hides by its text is told to who may change it, and to nobody else', async (t) => {
  const { api, token } = await testApi(t);
  const { token: admin } = await token({ kind: 'admin' });
  const { token: viewer } = await token({ kind: 'admin', role: 'viewer' });
  const set = await api('PUT', '/api/policy', { token: admin, body: { redaction: SECRETS }, ifMatch: '"0"' });
  assert.deepEqual(set.body.policy.redaction, SECRETS);
  const told = await api('GET', '/api/policy', { token: admin });
  assert.deepEqual(told.body.policy.redaction, SECRETS);
  const read = await api('GET', '/api/policy', { token: viewer });
  assert.doesNotMatch(read.text, /Nightingale|help@example|471100/);
  assert.deepEqual(read.body.policy.redaction.literals, ['[hidden]']);
  const sample = 'Project Nightingale, help@example.com';
  const guess = async (as: string) => (await api('POST', '/api/policy/preview', { token: as, body: { sample } })).body;
  assert.equal((await guess(admin)).shown, '[redacted:policy-literal], help@example.com');
  assert.equal((await guess(viewer)).shown, 'Project Nightingale, [redacted:email]', 'nor by trying what is hidden');
  const audit = await api('GET', '/api/audit', { token: admin });
  assert.match(audit.text, /"policy\.change".*made-up data/, 'the reason is in the audit');
  assert.doesNotMatch(audit.text, /Nightingale|help@example|471100/);
});

test(
  proves('redaction:refused', 'a policy with a pattern that is none is refused, and the one that is there stays'),
  async (t) => {
    const { api, token } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    await api('PUT', '/api/policy', { token: admin, body: { redaction: SECRETS }, ifMatch: '"0"' });
    const patterns = [{ name: 'bad', pattern: 'ORD-(\\d+' }];
    for (const path of ['/api/policy', '/api/policy/check', '/api/policy/preview']) {
      const redaction = { ...SECRETS, patterns };
      const body = path.endsWith('preview') ? { policy: { redaction }, sample: 1 } : { redaction };
      const refused = await api(path === '/api/policy' ? 'PUT' : 'POST', path, { token: admin, body, ifMatch: '"1"' });
      assert.equal(refused.status, 422);
      assert.match(refused.body.error.message, /redaction\.patterns\[0\]\.pattern: .*missing closing \) at position 9/);
    }
    const kept = await api('GET', '/api/policy', { token: admin });
    assert.deepEqual([kept.body.version, kept.body.policy.redaction], [1, SECRETS]);
  },
);

test('what a policy says of redaction is explained', async (t) => {
  const { api, token } = await testApi(t);
  const { token: admin } = await token({ kind: 'admin' });
  const checked = await api('POST', '/api/policy/check', {
    token: admin,
    body: { redaction: { ...SECRETS, mode: 'strict' } },
  });
  assert.deepEqual(checked.body.effects, [
    'Every value is hidden: only types, length classes and the structure are told.',
    'In "dev" NOTHING is hidden: made-up data',
    'Hidden are also values under "shoeSize".',
    'Hidden: 1 text of your own, also within words and numbers.',
    'The broker hides what "ORD-[0-9]{6}" finds, as policy-order-number.',
    'Shown: 1 text that a rule would hide.',
  ]);
});

test(proves('redaction:preview', 'a sample is shown as it would be captured, and nothing is changed'), async (t) => {
  const { api, token } = await testApi(t);
  const { token: viewer } = await token({ kind: 'admin', role: 'viewer' });
  const sample = {
    shoe_size: 42,
    note: 'Project Nightingale, ORD-123456, help@example.com',
    contact: { mail: 'ann@example.com' },
    list: [1, null, true],
  };
  const ask = (body: object) => api('POST', '/api/policy/preview', { token: viewer, body });
  const asSet = await ask({ policy: { redaction: SECRETS }, sample });
  assert.equal(asSet.status, 200);
  const { ms, ...preview } = asSet.body;
  assert.ok(ms >= 0);
  assert.deepEqual(preview, {
    mode: 'standard',
    shown: {
      shoe_size: { $redacted: 'policy-name', $of: 'number' },
      note: '[redacted:policy-literal], [redacted:policy-order-number], help@example.com',
      contact: { mail: { $redacted: 'email', $length: 16 } },
      list: [1, null, true],
    },
    hidden: [
      { kind: 'policy-name', count: 1, by: 'agent' },
      { kind: 'policy-literal', count: 1, by: 'agent' },
      { kind: 'policy-order-number', count: 1, by: 'broker' },
      { kind: 'email', count: 1, by: 'agent' },
    ],
  });
  assert.deepEqual((await ask({ policy: { redaction: SECRETS }, sample, environment: 'dev' })).body.shown, sample);
  assert.equal((await ask({ sample })).body.shown.note.includes('ORD-123456'), true, 'the policy that holds is none');
  const strict = await ask({ policy: { redaction: { mode: 'strict' } }, sample });
  assert.doesNotMatch(JSON.stringify(strict.body.shown), /42|Nightingale|ann|true/);
  assert.equal((await api('GET', '/api/policy', { token: viewer })).body.version, 0);
});

test('a sample that is too large or too deep is refused', async (t) => {
  const { api, token } = await testApi(t);
  const { token: viewer } = await token({ kind: 'admin', role: 'viewer' });
  let deep: unknown = 1;
  for (let n = 0; n < 25; n++) deep = [deep];
  const without = await api('POST', '/api/policy/preview', { token: viewer, body: {} });
  assert.match(without.body.error.message, /sample: is needed/);
  for (const [sample, message] of [
    ['x'.repeat(65 * 1024), /the sample has 66562 bytes, and 65536 are allowed/],
    [deep, /more than 24 levels/],
  ] as const) {
    const refused = await api('POST', '/api/policy/preview', { token: viewer, body: { sample } });
    assert.equal(refused.body.error.code, 'LIMIT_EXCEEDED');
    assert.match(refused.body.error.message, message);
  }
});

test(
  proves('redaction:caught', 'what only the broker has hidden is a warning to who may see the service'),
  async (t) => {
    const { api, broker, token, organization } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    const { token: bound } = await token({ kind: 'admin', role: 'viewer', services: ['cart'] });
    const warnings = async (who: string) => (await api('GET', '/api/redaction/warnings', { token: who })).body.warnings;
    assert.deepEqual(await warnings(admin), []);
    for (const kinds of [['email', 'jwt'], ['email']]) {
      const late = createLateRedactions({ documents: broker.store.documents, clock: systemClock, log: quiet });
      const from = {
        organization: organization.id,
        service: 'shop',
        environment: 'prod',
        runtime: 'runtime-1',
        epoch: 1,
      };
      late.caught(from, kinds);
      late.caught({ ...from, service: 'cart' }, []);
      await late.close();
    }
    const [warning, ...others] = await warnings(admin);
    assert.deepEqual(others, []);
    assert.deepEqual([warning.service, warning.environment, warning.kinds], ['shop', 'prod', { email: 2, jwt: 1 }]);
    assert.match(warning.message, /install there the agent of this broker/);
    assert.deepEqual(await warnings(bound), []);
  },
);
