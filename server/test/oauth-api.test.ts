import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import type { UserRequest } from '../src/access/users.ts';
import { type ApiAnswer, testApi } from './api-client.ts';
import { agentPeer, bearer, modernClient, runtime } from './broker-harness.ts';
import { person, signedIn, usersOf, visitor } from './oauth-harness.ts';

const ALL = 'runtime:read probe:place admin';

/** A broker, and Ada, who may administer unless told otherwise. */
async function bench(t: TestContext, of: Partial<UserRequest> = {}) {
  const test = await testApi(t);
  const user = await person(test.broker.store, { role: 'admin', ...of });
  const users = usersOf(test.broker.store);
  const change = (given: Parameters<typeof users.change>[2]) => users.change(user.organization, user.id, given);
  const signIn = async (scope: string) => (await signedIn(test.url, { scope })).access;
  return { ...test, change, signIn };
}

const challengeOf = ({ headers }: ApiAnswer) => headers.get('www-authenticate') ?? '';

describe('the API and sign-ins', () => {
  test(proves('sign-in:metadata', 'tells who asks it without a credential how to sign in, and for what'), async (t) => {
    const { api, url } = await bench(t);
    const metadata = `resource_metadata="${url}/.well-known/oauth-protected-resource/mcp"`;
    const refused = await api('GET', '/api/tokens');
    assert.equal(refused.status, 401);
    assert.equal(challengeOf(refused), `Bearer realm="borescope", scope="admin", ${metadata}`);
    const wrong = await api('GET', '/api/me', { token: 'never-was' });
    assert.equal(wrong.status, 401);
    assert.equal(
      challengeOf(wrong),
      `Bearer realm="borescope", error="invalid_token", scope="runtime:read", ${metadata}`,
    );
  });

  test('say who is signed in, and what the application may do', async (t) => {
    const { api, signIn } = await bench(t);
    const { body } = await api('GET', '/api/me', { token: await signIn('runtime:read') });
    assert.match(body.token.id, /^grant_/);
    assert.deepEqual(
      [body.token.name, body.user, body.role, body.permissions, body.runs_installation],
      ['Hand', 'ada@acme.example', 'admin', ['read'], false],
    );
    const all = await api('GET', '/api/me', { token: await signIn(ALL) });
    assert.deepEqual([all.body.permissions, all.body.runs_installation], [['read', 'place', 'admin'], true]);
  });

  test(
    proves('sign-in:step-up', 'a missing scope is told apart from a missing role, which no scope would mend'),
    async (t) => {
      const { api, change, signIn } = await bench(t);
      const put = (token: string) => api('PUT', '/api/policy', { token, body: {}, ifMatch: '"0"' });
      const reader = await signIn('runtime:read');
      const refused = await put(reader);
      assert.deepEqual([refused.status, refused.body.error.message], [403, 'this needs the scope admin']);
      assert.match(challengeOf(refused), /error="insufficient_scope", scope="runtime:read admin", resource_metadata=/);
      assert.equal((await put(await signIn('runtime:read admin'))).status, 200);
      await change({ services: ['shop'] });
      const bound = await put(reader);
      assert.deepEqual([bound.status, challengeOf(bound)], [403, '']);
      await change({ services: undefined, role: 'developer' });
      const low = await put(reader);
      assert.deepEqual([low.status, challengeOf(low)], [403, '']);
      assert.match(low.body.error.message, /the role developer does not allow this/);
    },
  );

  test(proves('api:bearer', 'no cookie and no other header opens it: a page of another site cannot ask'), async (t) => {
    const { url, signIn, token } = await bench(t);
    const access = await signIn(ALL);
    const browser = visitor();
    await signedIn(url, { browser });
    const cookie = browser.cookies().map(({ name, text }) => `${name}=${/=([^;]*)/.exec(text)?.[1]}`);
    assert.ok(cookie.some((one) => one.startsWith('borescope-session=')));
    const { token: admin } = await token({ kind: 'admin', owner: 'ada@acme.example' });
    for (const headers of [
      { cookie: cookie.join('; ') },
      { cookie: `access_token=${access}` },
      { email: 'ada@acme.example', token: admin },
      { email: 'ada@acme.example', token: access },
    ]) {
      const response = await fetch(`${url}/api/me?access_token=${access}`, { headers });
      assert.equal(response.status, 401, Object.keys(headers).join());
    }
    assert.equal((await fetch(`${url}/api/me`, { headers: bearer(access) })).status, 200);
  });

  test(proves('sign-in:checked', 'what becomes of a person holds for the next request'), async (t) => {
    const { api, change, signIn } = await bench(t);
    const token = await signIn(ALL);
    const list = async () => (await api('GET', '/api/tokens', { token })).status;
    assert.equal(await list(), 200);
    await change({ role: 'developer' });
    assert.equal(await list(), 403);
    await change({ role: 'admin', disabled: true });
    assert.equal(await list(), 401);
    await change({ disabled: undefined, signedOutAt: Date.now() + 1 });
    assert.equal(await list(), 401);
  });

  test(proves('api:quota', 'requests of a sign-in count as calls'), async (t) => {
    const { api, broker, signIn } = await bench(t);
    const token = await signIn('runtime:read');
    const change = { token: { calls_per_second: 0.01, call_burst: 2 } };
    assert.ok(await broker.controls.quotaChange.set('default', change, 0));
    const statuses: number[] = [];
    for (let n = 0; n < 3; n++) statuses.push((await api('GET', '/api/me', { token })).status);
    assert.deepEqual(statuses, [200, 200, 429]);
  });

  test(proves('sign-in:streams', 'an export of the audit ends within a second when its person is disabled'), {
    timeout: 60_000,
  }, async (t) => {
    const { url, broker, change, signIn } = await bench(t);
    const access = await signIn(ALL);
    // 36 MB, more than the buffers between the two hold, for somebody who reads 3 MB a second.
    const record = {
      act: 'policy.change',
      by: { kind: 'command', id: 'x' },
      what: { text: 'x'.repeat(60_000) },
    } as const;
    await Promise.all(Array.from({ length: 600 }, () => broker.controls.audit.record('default', record)));
    const response = await fetch(`${url}/api/audit`, { headers: bearer(access) });
    assert.equal(response.status, 200);
    const reading = async () => {
      for await (const _ of response.body ?? []) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const broken = assert.rejects(reading());
    const from = performance.now();
    await change({ disabled: true });
    await broken;
    assert.ok(performance.now() - from < 8_000);
  });
});

describe('what an application makes over the API', () => {
  test(proves('api:escalation', 'may do no more than the person has let it do'), async (t) => {
    const { api, token, signIn } = await bench(t);
    const reader = await signIn('runtime:read admin');
    const make = (body: object) => api('POST', '/api/tokens', { token: reader, body: { name: 'n', ...body } });
    for (const [body, missing] of [
      [{ kind: 'mcp' }, 'probe:place'],
      [{ kind: 'mcp', role: 'admin' }, 'probe:place'],
      [{ kind: 'admin' }, 'probe:place'],
      [{ kind: 'admin', role: 'developer' }, 'probe:place'],
    ] as const) {
      const refused = await make(body);
      assert.equal(refused.status, 403, JSON.stringify(body));
      assert.ok(challengeOf(refused).includes(`scope="runtime:read admin ${missing}"`), challengeOf(refused));
    }
    const name = { name: 'acme', admin_token: 'first' };
    assert.equal((await api('POST', '/api/organizations', { token: reader, body: name })).status, 403);
    const { body: listed } = await api('GET', '/api/organizations', { token: reader });
    assert.deepEqual(
      listed.organizations.map((one: { name: string }) => one.name),
      ['default'],
    );
    for (const body of [{ kind: 'mcp', role: 'viewer' }, { kind: 'admin', role: 'viewer' }, { kind: 'agent' }]) {
      assert.equal((await make(body)).status, 201, JSON.stringify(body));
    }
    // To rotate is to get the text of what another has made; to revoke gives nothing.
    const { id } = await token({ kind: 'mcp', owner: 'ada@acme.example' });
    const rotated = await api('POST', `/api/tokens/${id}/rotate`, { token: reader, body: {} });
    assert.deepEqual([rotated.status, challengeOf(rotated).includes('probe:place')], [403, true]);
    assert.equal((await api('DELETE', `/api/tokens/${id}`, { token: reader })).body.state, 'revoked');
  });

  test(proves('tokens:application', 'belongs to the person, and ends with the account'), async (t) => {
    const { api, change, token, broker, signIn } = await bench(t);
    await person(broker.store, { email: 'bob@acme.example' });
    const access = await signIn(ALL);
    const make = (body: object) => api('POST', '/api/tokens', { token: access, body: { name: 'n', ...body } });
    const made = await make({ kind: 'admin' });
    assert.equal(made.body.owner, 'ada@acme.example');
    assert.equal((await make({ kind: 'mcp', owner: 'bob@acme.example' })).body.owner, 'bob@acme.example');
    const agent = await make({ kind: 'agent' });
    assert.ok(!('owner' in agent.body));
    const rotate = (id: string) => api('POST', `/api/tokens/${id}/rotate`, { token: access, body: {} });
    const { id: nobodys } = await token({ kind: 'mcp' });
    const refused = await rotate(nobodys);
    assert.deepEqual([refused.status, challengeOf(refused)], [403, '']);
    assert.match(refused.body.error.message, /belongs to nobody/);
    assert.equal((await rotate(agent.body.id)).status, 200);
    assert.equal((await rotate(made.body.id)).body.owner, 'ada@acme.example');
    const status = async () => (await api('GET', '/api/me', { token: made.body.token })).status;
    assert.equal(await status(), 200);
    await change({ disabled: true });
    assert.equal(await status(), 401);
  });

  test('reaches no further than the account of the person does', async (t) => {
    const { api, signIn } = await bench(t, { services: ['shop'] });
    const token = await signIn(ALL);
    const make = (body: object) => api('POST', '/api/tokens', { token, body: { kind: 'mcp', name: 'n', ...body } });
    assert.deepEqual([(await make({})).status, (await make({ services: ['billing'] })).status], [403, 403]);
    assert.equal((await make({ services: ['shop'] })).status, 201);
  });
});

describe('a yes over the API', () => {
  /** Asked for by an application that may do everything. */
  async function asked(t: TestContext) {
    const all = await bench(t);
    const { url, broker, token, signIn } = all;
    assert.ok(
      await broker.controls.policy.set(
        'default',
        { approval: { environments: ['test'], by: 'person', expires_minutes: 5 } },
        0,
      ),
    );
    const peer = await agentPeer(t, url, (await token({ kind: 'agent' })).token, runtime('runtime-1'));
    const asking = await signIn(ALL);
    const client = await modernClient(t, url, bearer(asking));
    const calling = client.callTool({
      name: 'capture_snapshot',
      arguments: { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7, wait_seconds: 0 },
    });
    const { requestId } = await peer.next('inspect');
    const bound = { file: 'src/cart.ts', line: 7, sourceLine: '  return total;' };
    peer.send({
      type: 'inspected',
      requestId,
      inspection: { bound, source: [], names: [], scripts: [], pending: false },
    });
    const id = /apr_[0-9a-f]+/.exec(JSON.stringify((await calling).structuredContent))?.[0];
    assert.ok(id !== undefined);
    const decide = (access: string, how = 'approve') =>
      all.api('POST', `/api/approvals/${id}/${how}`, { token: access });
    return { ...all, asking, decide };
  }

  test(proves('approvals:own', 'is not given by what asks, whatever it was let do'), async (t) => {
    const { asking, decide, signIn } = await asked(t);
    for (const how of ['approve', 'deny']) {
      const own = await decide(asking, how);
      assert.deepEqual([own.status, own.body.error.message], [403, 'who asked may not decide']);
    }
    // The person, at a terminal for example.
    assert.equal((await decide(await signIn(ALL))).body.state, 'approved');
  });

  test(proves('approvals:own', 'is not given by an application that was not let administer'), async (t) => {
    const { change, decide, signIn, token } = await asked(t);
    const assistant = await signIn('runtime:read probe:place');
    const refused = await decide(assistant);
    assert.equal(refused.status, 403);
    assert.match(challengeOf(refused), /insufficient_scope", scope="runtime:read probe:place admin"/);
    await change({ role: 'developer' });
    const developer = await decide(assistant);
    assert.deepEqual([developer.status, challengeOf(developer)], [403, '']);
    assert.match(developer.body.error.hint, /a token of the kind admin/);
    const { token: own } = await token({ kind: 'admin', role: 'developer', owner: 'ada@acme.example' });
    assert.equal((await decide(own)).body.decided_by, 'ada@acme.example');
  });
});

test(proves('sign-in:resource', 'a sign-in at one address of a broker opens no API at another'), async (t) => {
  const { url, signIn } = await bench(t);
  const access = await signIn(ALL);
  const other = url.replace('127.0.0.1', 'localhost');
  assert.notEqual(other, url);
  assert.equal((await fetch(`${other}/api/me`, { headers: bearer(access) })).status, 401);
});
