import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { createPasswords } from '../src/access/passwords.ts';
import { testApi } from './api-client.ts';
import { bearer } from './broker-harness.ts';
import { person, signedIn, usersOf } from './oauth-harness.ts';

const ADA = { email: 'ada@acme.example', first_password: false };

async function bench(t: TestContext) {
  const harness = await testApi(t);
  const { api, token, broker } = harness;
  const { token: admin } = await token({ kind: 'admin' });
  const users = usersOf(broker.store);
  return {
    ...harness,
    admin,
    users,
    /** Made over the API, which has to let it. */
    async made(body: object, by = admin) {
      const answer = await api('POST', '/api/users', { token: by, body: { first_password: false, ...body } });
      assert.equal(answer.status, 201, answer.text);
      return answer.body;
    },
    /** Text of an admin token of another organization, with its id. */
    async other(name = 'other') {
      const body = { name, admin_token: 'first' };
      const made = await api('POST', '/api/organizations', { token: admin, body });
      return { id: made.body.id, token: made.body.admin_token.token };
    },
  };
}

const passwords = createPasswords();

describe('accounts over the API', () => {
  test('are made, found by address, changed and removed', async (t) => {
    const { api, admin } = await bench(t);
    const body = { email: ' Ada@Acme.example', role: 'viewer', services: ['shop'] };
    const made = await api('POST', '/api/users', { token: admin, body });
    assert.equal(made.status, 201);
    const { password, ...view } = made.body;
    assert.deepEqual(
      [view.email, view.name, view.role, view.services, view.state],
      ['ada@acme.example', 'ada@acme.example', 'viewer', ['shop'], 'first_password'],
    );
    const path = `/api/users/${view.id}`;
    assert.deepEqual((await api('GET', path, { token: admin })).body, view);
    for (const query of ['', '?email=ADA@acme.example']) {
      assert.deepEqual((await api('GET', `/api/users${query}`, { token: admin })).body, { users: [view] });
    }
    assert.deepEqual((await api('GET', '/api/users?email=ad', { token: admin })).body, { users: [] });
    const change = { name: 'Ada', role: 'developer', services: null, environments: ['test'], disabled: true };
    const { services: _all, ...rest } = view;
    const changed = { ...rest, name: 'Ada', role: 'developer', environments: ['test'], state: 'disabled' };
    assert.deepEqual((await api('PATCH', path, { token: admin, body: change })).body, changed);
    assert.deepEqual((await api('PATCH', path, { token: admin, body: {} })).body, changed);
    const enabled = await api('PATCH', path, { token: admin, body: { disabled: false } });
    assert.equal(enabled.body.state, 'first_password');
    assert.equal((await api('DELETE', path, { token: admin })).body.id, view.id);
    assert.equal((await api('GET', path, { token: admin })).status, 404);
    assert.ok(password.length > 0);
  });

  test('are refused with the field named where it is unknown or out of bounds', async (t) => {
    const { api, admin, made } = await bench(t);
    const { id } = await made(ADA);
    const wrong: [string, string, unknown, RegExp][] = [
      ['POST', '/api/users', { email: 'ada' }, /email: must be an e-mail address/],
      ['POST', '/api/users', { email: `${'a'.repeat(250)}@b.example` }, /email: above the limit of 254/],
      ['POST', '/api/users', { email: 'a@b.example', password: 'of my own choice' }, /unknown field "password"/],
      ['POST', '/api/users', { email: 'a@b.example', passwordHash: 'x' }, /unknown field "passwordHash"/],
      ['POST', '/api/users', { email: 'a@b.example', services: [] }, /services: below the limit of 1/],
      ['PATCH', `/api/users/${id}`, { email: 'b@b.example' }, /unknown field "email"/],
      ['PATCH', `/api/users/${id}`, { role: 'root' }, /role: must be one of/],
      ['PATCH', `/api/users/${id}`, { organization: 'org_other' }, /unknown field "organization"/],
      ['POST', `/api/users/${id}/password`, { password: 'of my own choice' }, /unknown field "password"/],
      ['GET', '/api/users?role=admin', undefined, /unknown field "role"/],
    ];
    for (const [method, path, body, message] of wrong) {
      const answer = await api(method, path, { token: admin, ...(body !== undefined && { body }) });
      assert.deepEqual([answer.status, answer.body.error.code], [422, 'LIMIT_EXCEEDED'], `${method} ${path}`);
      assert.match(answer.body.error.message, message);
    }
  });

  test(proves('api:users', 'show a first password once, that the broker has made, and never a hash'), async (t) => {
    const { api, admin, users } = await bench(t);
    const made = await api('POST', '/api/users', { token: admin, body: { email: ADA.email } });
    const { id, password: first } = made.body;
    const stored = await users.get('default', id);
    assert.ok(stored !== undefined && (await passwords.verify(first, stored.passwordHash)));
    assert.equal(stored.passwordIsTemporary, true);
    const renewed = await api('POST', `/api/users/${id}/password`, { token: admin });
    const after = await users.get('default', id);
    assert.ok(after !== undefined && (await passwords.verify(renewed.body.password, after.passwordHash)));
    assert.equal(await passwords.verify(first, after.passwordHash), false);
    assert.ok(after.signedOutAt !== undefined);
    const audit = await api('GET', '/api/audit', { token: admin });
    assert.deepEqual(
      audit.body.map(({ act, what }: { act: string; what: { password?: boolean } }) => [act, what.password]),
      [
        ['user.create', true],
        ['user.change', true],
        ['audit.export', undefined],
      ],
    );
    const answers = [
      await api('GET', '/api/users', { token: admin }),
      await api('GET', `/api/users/${id}`, { token: admin }),
      await api('PATCH', `/api/users/${id}`, { token: admin, body: { name: 'Ada' } }),
      await api('POST', `/api/users/${id}/sign-out`, { token: admin }),
      await api('DELETE', `/api/users/${id}`, { token: admin }),
      audit,
    ];
    for (const { text } of answers) {
      for (const secret of [first, renewed.body.password]) assert.ok(!text.includes(secret), text);
    }
    for (const { text } of [made, renewed, ...answers]) assert.doesNotMatch(text, /scrypt|hash/i);
  });

  test('of people who sign in at the provider get no password', async (t) => {
    const { api, admin, users, made } = await bench(t);
    const { id, state, ...rest } = await made(ADA);
    assert.deepEqual([state, 'password' in rest], ['active', false]);
    await users.change('default', id, { upstream: { issuer: 'https://login.acme.example', subject: '1' } });
    const answer = await api('POST', `/api/users/${id}/password`, { token: admin });
    assert.deepEqual([answer.status, answer.body.error.code], [409, 'CONFLICT']);
    const { body, text } = await api('GET', `/api/users/${id}`, { token: admin });
    assert.equal(body.provider, 'https://login.acme.example');
    assert.ok(!text.includes('subject'));
  });

  test('are in the audit before they are changed', async (t) => {
    const { api, admin, made, broker } = await bench(t);
    const { id } = await made(ADA);
    const ends = await broker.store.audit.ends('default');
    assert.ok(ends);
    // An end that no broker with this secret has written.
    const entry = { sequence: 2, at: 1, text: '{}', mac: 'ff' };
    assert.ok(
      await broker.store.audit.append('default', 1, [entry], {
        ...ends,
        head: { sequence: 2, mac: 'ff', seal: 'ff' },
      }),
    );
    for (const [method, path, body] of [
      ['POST', '/api/users', { email: 'bob@acme.example' }],
      ['PATCH', `/api/users/${id}`, { role: 'admin' }],
      ['POST', `/api/users/${id}/password`, {}],
      ['POST', `/api/users/${id}/sign-out`, {}],
      ['DELETE', `/api/users/${id}`, undefined],
    ] as const) {
      const answer = await api(method, path, { token: admin, ...(body !== undefined && { body }) });
      assert.deepEqual([answer.status, answer.body.error.code], [503, 'UNAVAILABLE'], `${method} ${path}`);
    }
    const { users } = (await api('GET', '/api/users', { token: admin })).body;
    assert.deepEqual(
      users.map(({ email, role, state }: Record<string, string>) => [email, role, state]),
      [['ada@acme.example', 'developer', 'active']],
    );
  });
});

describe('what becomes of an account over the API', () => {
  test('holds for the next call of the tokens and applications of the person', async (t) => {
    const { api, url, admin, broker, token } = await bench(t);
    const { id, email } = await person(broker.store);
    const { token: owned } = await token({ kind: 'mcp', owner: email });
    const ask = async (credential: string) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
      const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
      return (await fetch(`${url}/mcp`, { method: 'POST', headers: { ...bearer(credential), ...headers }, body }))
        .status;
    };
    const { access } = await signedIn(url);
    assert.deepEqual([await ask(access), await ask(owned)], [200, 200]);
    await api('POST', `/api/users/${id}/sign-out`, { token: admin });
    assert.deepEqual([await ask(access), await ask(owned)], [401, 200]);
    await api('PATCH', `/api/users/${id}`, { token: admin, body: { disabled: true } });
    assert.equal(await ask(owned), 401);
    await api('PATCH', `/api/users/${id}`, { token: admin, body: { disabled: false } });
    assert.equal(await ask(owned), 200);
    await api('DELETE', `/api/users/${id}`, { token: admin });
    assert.equal(await ask(owned), 401);
  });
});

describe('who asks for accounts', () => {
  test(proves('api:users', 'reaches none that reach further, and gives none more than it has'), async (t) => {
    const { api, token, made } = await bench(t);
    const wide = await made({ email: 'wide@acme.example' });
    const half = await made({ email: 'half@acme.example', services: ['shop'] });
    const elsewhere = await made({ email: 'else@acme.example', services: ['billing'], environments: ['test'] });
    const { token: bound } = await token({ kind: 'admin', services: ['shop', 'cart'], environments: ['test'] });
    const bounds = { services: ['shop'], environments: ['test'] };
    for (const wider of [
      {},
      { services: ['shop'] },
      { environments: ['test'] },
      { services: ['shop', 'billing'], environments: ['test'] },
    ]) {
      const body = { email: 'new@acme.example', ...wider };
      const { status, body: answer } = await api('POST', '/api/users', { token: bound, body });
      assert.deepEqual([status, answer.error.code], [403, 'FORBIDDEN'], JSON.stringify(wider));
      assert.match(answer.error.hint, /services of \["shop","cart"\] and environments of \["test"\]/);
    }
    const within = await made({ email: 'new@acme.example', ...bounds }, bound);
    for (const body of [{ services: null }, { environments: ['test', 'prod'] }, { role: 'admin', services: ['x'] }]) {
      const answer = await api('PATCH', `/api/users/${within.id}`, { token: bound, body });
      assert.deepEqual([answer.status, answer.body.error.code], [403, 'FORBIDDEN'], JSON.stringify(body));
    }
    assert.deepEqual((await api('GET', '/api/users', { token: bound })).body, { users: [within] });
    for (const { id, email } of [wide, half, elsewhere]) {
      assert.deepEqual((await api('GET', `/api/users?email=${email}`, { token: bound })).body, { users: [] });
      for (const [method, path, body] of [
        ['GET', '', undefined],
        ['PATCH', '', bounds],
        ['POST', '/password', {}],
        ['POST', '/sign-out', {}],
        ['DELETE', '', undefined],
      ] as const) {
        const ask = (one: string) =>
          api(method, `/api/users/${one}${path}`, { token: bound, ...(body !== undefined && { body }) });
        const answer = await ask(id);
        assert.deepEqual([answer.status, answer.text], [404, (await ask('usr_never')).text], `${method} ${path}`);
      }
    }
  });

  test(
    proves('api:users', 'as an application gives no account a role of which it was not let have the scopes'),
    async (t) => {
      const { api, url, broker, made } = await bench(t);
      await person(broker.store, { role: 'admin' });
      const { access } = await signedIn(url, { scope: 'runtime:read admin' });
      const bob = await made({ email: 'bob@acme.example', role: 'admin' });
      const viewer = await made({ email: 'eve@acme.example', role: 'viewer' }, access);
      for (const [method, path, body] of [
        ['POST', '/api/users', { email: 'new@acme.example' }],
        ['PATCH', `/api/users/${viewer.id}`, { role: 'developer' }],
        ['PATCH', `/api/users/${bob.id}`, { disabled: false }],
        ['POST', `/api/users/${bob.id}/password`, {}],
      ] as const) {
        const answer = await api(method, path, { token: access, body });
        assert.deepEqual([answer.status, answer.body.error.code], [403, 'FORBIDDEN'], `${method} ${path}`);
      }
      const disabled = await api('PATCH', `/api/users/${bob.id}`, { token: access, body: { disabled: true } });
      assert.deepEqual([disabled.status, disabled.body.state], [200, 'disabled']);
    },
  );

  test(proves('api:users', 'of another organization finds none, not even by the address'), async (t) => {
    const { api, made, other } = await bench(t);
    const { id, email } = await made(ADA);
    const { token: stranger } = await other();
    assert.deepEqual((await api('GET', `/api/users?email=${email}`, { token: stranger })).body, { users: [] });
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { disabled: true }],
      ['POST', '/password', {}],
      ['POST', '/sign-out', {}],
      ['DELETE', '', undefined],
    ] as const) {
      const ask = (one: string) =>
        api(method, `/api/users/${one}${path}`, { token: stranger, ...(body !== undefined && { body }) });
      const answer = await ask(id);
      assert.deepEqual([answer.status, answer.text], [404, (await ask('usr_never')).text], `${method} ${path}`);
    }
  });

  test(proves('api:addresses', 'learns in an hour of 30 addresses elsewhere, however many it tries'), async (t) => {
    const { api, admin, made, other, users, broker } = await bench(t);
    const { token: curious, id: organization } = await other();
    const all = Array.from({ length: 40 }, (_, n) => `user-${n}@acme.example`);
    for (const email of all)
      assert.ok(await users.create({ organization: 'default', email, name: email, role: 'viewer' }));
    const post = (email: string, token = curious) =>
      api('POST', '/api/users', { token, body: { email, first_password: false } });
    // What is made, and what it has itself, counts for nothing.
    for (let n = 0; n < 35; n++) await made({ email: `own-${n}@other.example` }, curious);
    for (let n = 0; n < 35; n++) assert.equal((await post(`own-${n}@other.example`)).status, 409);
    // What stands there while another request for the address is under way: no account that it could take for its own.
    for (const [n, email] of all.entries()) {
      const value = { email, name: email, role: 'viewer', createdAt: 1 };
      assert.ok(await broker.store.documents.put(organization, 'user', { id: `usr_${n}`, value }, 0));
    }
    const answers = await Promise.all(all.map((email) => post(email)));
    assert.deepEqual(
      [409, 429].map((status) => answers.filter((answer) => answer.status === status).length),
      [30, 10],
    );
    const free = await post('free@other.example');
    assert.deepEqual([free.status, free.body.error.code], [429, 'QUOTA_EXCEEDED']);
    const seconds = Number(free.headers.get('retry-after'));
    assert.ok(seconds > 0 && seconds <= 3600, String(seconds));
    assert.equal(await users.byEmail('free@other.example'), undefined);
    assert.equal((await post('free@acme.example', admin)).status, 201);
  });
});

describe('the rights of an admin', () => {
  test(proves('api:lock-out', 'are taken by nobody from their own account'), async (t) => {
    const { api, token, made } = await bench(t);
    const ada = await made({ email: ADA.email, role: 'admin' });
    await made({ email: 'bob@acme.example', role: 'admin' });
    const { token: own } = await token({ kind: 'admin', owner: ADA.email });
    const path = `/api/users/${ada.id}`;
    for (const body of [{ role: 'viewer' }, { disabled: true }, { services: ['shop'] }]) {
      const answer = await api('PATCH', path, { token: own, body });
      assert.deepEqual([answer.status, answer.body.error.code], [403, 'FORBIDDEN'], JSON.stringify(body));
      assert.match(answer.body.error.hint, /borescope user where the store is/);
    }
    assert.equal((await api('DELETE', path, { token: own })).status, 403);
    const named = await api('PATCH', path, { token: own, body: { name: 'Ada', role: 'admin', disabled: false } });
    assert.deepEqual([named.status, named.body.name], [200, 'Ada']);
    assert.equal((await api('POST', `${path}/sign-out`, { token: own })).status, 200);
  });

  test(proves('api:lock-out', 'are not taken from the last who has them for all of the organization'), async (t) => {
    const { api, admin, made, users, organization } = await bench(t);
    const ada = await made({ email: ADA.email, role: 'admin' });
    // None of these could do all that she can.
    await made({ email: 'dev@acme.example' });
    await made({ email: 'bound@acme.example', role: 'admin', services: ['shop'] });
    const off = await made({ email: 'off@acme.example', role: 'admin' });
    await users.change(organization.id, off.id, { disabled: true });
    const path = `/api/users/${ada.id}`;
    for (const body of [{ role: 'developer' }, { disabled: true }, { environments: ['test'] }]) {
      const answer = await api('PATCH', path, { token: admin, body });
      assert.deepEqual([answer.status, answer.body.error.code], [409, 'CONFLICT'], JSON.stringify(body));
      assert.match(answer.body.error.message, /the last admin/);
    }
    assert.equal((await api('DELETE', path, { token: admin })).status, 409);
    assert.equal((await api('PATCH', `/api/users/${off.id}`, { token: admin, body: { disabled: false } })).status, 200);
    assert.equal((await api('PATCH', path, { token: admin, body: { role: 'developer' } })).status, 200);
    assert.equal((await api('DELETE', `/api/users/${off.id}`, { token: admin })).status, 409);
  });
});

describe('many first passwords at once', () => {
  test('are refused beyond what the machine can bear, and told when to come again', async (t) => {
    const { api, admin, users } = await bench(t);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        api('POST', '/api/users', { token: admin, body: { email: `user-${n}@acme.example` } }),
      ),
    );
    const refused = answers.filter(({ status }) => status === 503);
    assert.notEqual(refused.length, 0);
    for (const { body, headers } of refused) {
      assert.deepEqual([body.error.code, headers.get('retry-after')], ['UNAVAILABLE', '5']);
    }
    const made = answers.filter(({ status }) => status === 201);
    assert.equal(made.length + refused.length, 20);
    assert.equal((await users.list('default')).length, made.length);
  });
});
