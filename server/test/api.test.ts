import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { proves } from '../../tests/proves.ts';
import { ROUTE_GRANTS } from '../src/access/doors.ts';
import { tokenHash } from '../src/access/token-format.ts';
import type { ApprovalRequest } from '../src/policies/approvals.ts';
import { BROKER } from '../src/policies/read-only.ts';
import { type ApiClient, apiClient, describedBy, testApi } from './api-client.ts';
import {
  agentPeer,
  armNext,
  bearer,
  modernClient,
  runtime,
  type TestBroker,
  testBroker,
  until,
} from './broker-harness.ts';
import { person } from './oauth-harness.ts';

const REQUEST: ApprovalRequest = {
  kind: 'snapshot',
  target: '{"service":"shop"}',
  services: ['shop'],
  environments: ['prod'],
  runtimes: 1,
  file: 'src/cart.ts',
  line: 7,
  source_line: 'return total;',
  expressions: [],
  max_hits: 1,
  timeout_seconds: 60,
  cost: 'at most 1 %',
};

async function ask(
  { broker, organization }: TestBroker,
  id: string,
  over: { by?: 'person' | 'admin'; token?: string; user?: string; request?: Partial<ApprovalRequest> } = {},
): Promise<void> {
  const { by = 'person', token = 'tok_asker', user, request } = over;
  const caller = {
    organization: organization.id,
    tokenId: token,
    tokenName: 'assistant',
    kind: 'mcp',
    role: 'developer',
    ...(user !== undefined && { user }),
  } as const;
  const describe = async () => ({ ...REQUEST, ...request });
  await broker.controls.approvals.ask(caller, id, { by, expiresAt: Date.now() + 60_000, describe });
}

/** Of another organization, by the API itself. */
async function otherOrganization(
  api: ApiClient,
  token: string,
  name = 'other',
): Promise<{ id: string; token: string }> {
  const made = await api('POST', '/api/organizations', { token, body: { name, admin_token: 'first' } });
  assert.equal(made.status, 201);
  return { id: made.body.id, token: made.body.admin_token.token };
}

describe('the description of the API', () => {
  test('is valid OpenAPI 3.1', async (t) => {
    const { url } = await testBroker(t);
    const { valid, errors } = await new Validator().validate(await describedBy(url));
    assert.ok(valid, JSON.stringify(errors));
  });

  test(proves('api:described', 'has every route that is mounted, and no other'), async (t) => {
    const { url, broker } = await testBroker(t);
    const described = Object.entries((await describedBy(url)).paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    const mounted = broker.routes.flatMap(({ method, url: path }) =>
      path.startsWith('/api') ? [`${method} ${path}`] : [],
    );
    assert.deepEqual(described.toSorted(), mounted.toSorted());
  });

  test(proves('api:described', 'names for each route the scopes that the table of grants does'), async (t) => {
    const { url } = await testBroker(t);
    const { paths, components } = await describedBy(url);
    const { authorizationCode } = components.securitySchemes.signIn.flows;
    const given = new Set(Object.keys(authorizationCode.scopes));
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        const grant = ROUTE_GRANTS[`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`];
        const scopes = grant?.to === 'need' ? grant.scopes : undefined;
        const wanted = scopes === undefined ? [] : [{ token: [] }, { signIn: scopes }];
        assert.deepEqual(security, wanted, `${method} ${path}`);
        for (const scope of scopes ?? []) assert.ok(given.has(scope), scope);
      }
    }
    const server = await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json();
    for (const [ours, theirs] of [
      [authorizationCode.authorizationUrl, Object(server).authorization_endpoint],
      [authorizationCode.tokenUrl, Object(server).token_endpoint],
    ]) {
      assert.equal(new URL(String(ours), url).href, theirs);
    }
  });

  test('is there for anybody, and everything else asks for a token', async (t) => {
    const { url } = await testBroker(t);
    const api = await apiClient(url);
    assert.equal((await api('GET', '/api/openapi.json')).status, 200);
    for (const [path, operations] of Object.entries((await describedBy(url)).paths)) {
      if (path === '/api/openapi.json') continue;
      for (const method of Object.keys(operations)) {
        const { status, body } = await api(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'));
        assert.deepEqual([status, body.error.code], [401, 'UNAUTHENTICATED'], `${method} ${path}`);
      }
    }
  });
});

test('a request says who it is, and what that may do', async (t) => {
  const { api, token } = await testApi(t);
  const { token: viewer, id } = await token({ kind: 'admin', role: 'viewer', services: ['shop'], name: 'console' });
  const { body } = await api('GET', '/api/me', { token: viewer });
  assert.deepEqual(body, {
    organization: { id: 'default', name: 'default' },
    token: { id, name: 'console' },
    role: 'viewer',
    permissions: ['read'],
    services: ['shop'],
    runs_installation: false,
  });
});

describe('what a request holds', () => {
  test('is refused with the field named where it is unknown, of the wrong kind, or stands in the wrong place', async (t) => {
    const { api, token } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    const wrong: [string, string, unknown, RegExp][] = [
      ['POST', '/api/tokens', { kind: 'mcp', name: 'n', admin: true }, /unknown field "admin"/],
      ['POST', '/api/tokens', { kind: 'mcp' }, /name: is missing/],
      ['POST', '/api/tokens', { kind: 'root', name: 'n' }, /kind: must be one of mcp, agent, admin/],
      ['POST', '/api/tokens', { kind: 'agent', name: 'n', role: 'admin' }, /role: an agent token has no role/],
      ['POST', '/api/tokens', [], /body: must be an object/],
      ['POST', '/api/tokens?kind=mcp', { kind: 'mcp', name: 'n' }, /query: unknown field "kind"/],
      ['POST', '/api/tokens/tok_1/rotate', { id: 'tok_2' }, /body: unknown field "id"/],
      ['PUT', '/api/read-only', { on: 'yes' }, /on: must be a boolean/],
      ['POST', '/api/policy/check', { limits: { max_hits: 51 } }, /limits\.max_hits: above the limit of 50/],
      ['GET', '/api/audit?after=-1', undefined, /after: must be a whole number/],
      ['GET', '/api/audit/verify?anchor=1', undefined, /anchor: must be SEQUENCE:MAC/],
      ['GET', '/api/runtimes?servise=shop', undefined, /unknown field "servise"/],
      ['GET', '/api/runtimes?cursor=x', undefined, /the cursor is not one/],
      ['DELETE', '/api/tokens/tok_1?force=1', undefined, /unknown field "force"/],
    ];
    for (const [method, path, body, message] of wrong) {
      const answer = await api(method, path, { token: admin, ...(body !== undefined && { body }) });
      assert.equal(answer.status, 422, `${method} ${path}: ${answer.text}`);
      assert.equal(answer.body.error.code, 'LIMIT_EXCEEDED');
      assert.match(answer.body.error.message, message);
      assert.ok(answer.body.error.hint.length > 0);
    }
  });
});

test('names of tokens and accounts are of characters that are seen', async (t) => {
  const { api, token } = await testApi(t);
  const { token: admin } = await token({ kind: 'admin' });
  const made = await api('POST', '/api/users', { token: admin, body: { email: 'a@b.cd', name: 'Zoë O’Neill 😀' } });
  assert.equal(made.status, 201);
  for (const name of ['   ', ' a', 'a\n', 'a\u001b[2K', 'a\u202eb', '\u200b', '\u3164', '\u2800']) {
    for (const [method, path, rest] of [
      ['POST', '/api/tokens', { kind: 'mcp', name }],
      ['POST', '/api/users', { email: 'c@b.cd', name }],
      ['PATCH', `/api/users/${made.body.id}`, { name }],
      ['POST', '/api/organizations', { name: 'acme', admin_token: name }],
    ] as const) {
      const answer = await api(method, path, { token: admin, body: rest });
      assert.equal(answer.status, 422, `${method} ${path} ${JSON.stringify(name)}`);
      assert.match(answer.body.error.message, /name: must be .* all of which are seen|admin_token: must be/);
    }
  }
});

describe('tokens over the API', () => {
  test('are made, listed without their text, rotated and revoked', async (t) => {
    const { api, token } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    const body = { kind: 'mcp', name: 'me', services: ['shop'], expires_in_seconds: 3600 };
    const made = await api('POST', '/api/tokens', { token: admin, body });
    assert.equal(made.status, 201);
    assert.match(made.body.token, /^bore_mcp_/);
    const listed = await api('GET', '/api/tokens', { token: admin });
    assert.ok(!listed.text.includes(made.body.token) && !listed.text.includes('hash'));
    const rotated = await api('POST', `/api/tokens/${made.body.id}/rotate`, {
      token: admin,
      body: { overlap_seconds: 0 },
    });
    assert.equal(rotated.body.previous.state, 'revoked');
    assert.deepEqual(rotated.body.services, ['shop']);
    const revoked = await api('DELETE', `/api/tokens/${rotated.body.id}`, { token: admin });
    assert.equal(revoked.body.state, 'revoked');
    const again = await api('DELETE', `/api/tokens/${rotated.body.id}`, { token: admin });
    assert.equal(again.body.revoked_at, revoked.body.revoked_at);
  });

  test('revoked are refused on the next request', async (t) => {
    const { api, token } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    const { token: other, id } = await token({ kind: 'admin' });
    assert.equal((await api('GET', '/api/me', { token: other })).status, 200);
    await api('DELETE', `/api/tokens/${id}`, { token: admin });
    assert.equal((await api('GET', '/api/me', { token: other })).status, 401);
  });

  test(proves('api:escalation', 'that are bound make and reach only what is bound to the same or less'), async (t) => {
    const { api, token } = await testApi(t);
    const { id: wide } = await token({ kind: 'mcp' });
    const { id: elsewhere } = await token({ kind: 'mcp', services: ['billing'] });
    const { id: half } = await token({ kind: 'mcp', services: ['shop'] });
    const { token: bound, id: own } = await token({
      kind: 'admin',
      services: ['shop', 'cart'],
      environments: ['test'],
    });
    for (const bounds of [
      {},
      { services: ['shop'] },
      { environments: ['test'] },
      { services: ['shop', 'billing'], environments: ['test'] },
      { services: ['shop'], environments: ['test', 'prod'] },
    ]) {
      const body = { kind: 'mcp', name: 'wider', ...bounds };
      const { status, body: answer } = await api('POST', '/api/tokens', { token: bound, body });
      assert.deepEqual([status, answer.error.code], [403, 'FORBIDDEN'], JSON.stringify(bounds));
      assert.match(answer.error.hint, /services of \["shop","cart"\] and environments of \["test"\]/);
    }
    const body = { kind: 'agent', name: 'within', services: ['shop'], environments: ['test'] };
    const within = await api('POST', '/api/tokens', { token: bound, body });
    assert.equal(within.status, 201);
    const listed = await api('GET', '/api/tokens', { token: bound });
    assert.deepEqual(
      listed.body.tokens.map(({ id }: { id: string }) => id).toSorted(),
      [own, within.body.id].toSorted(),
    );
    for (const id of [wide, elsewhere, half]) {
      for (const [method, path] of [
        ['POST', `/api/tokens/${id}/rotate`],
        ['DELETE', `/api/tokens/${id}`],
      ] as const) {
        const answer = await api(method, path, { token: bound });
        assert.equal(answer.text, (await api(method, path.replace(id, 'tok_never'), { token: bound })).text);
        assert.equal(answer.status, 404);
      }
    }
    for (const [method, path, sent] of [
      ['PUT', '/api/policy', {}],
      ['PUT', '/api/quotas', {}],
      ['PUT', '/api/read-only', { on: true }],
      ['GET', '/api/audit', undefined],
      ['GET', '/api/audit/verify', undefined],
      ['GET', '/api/organizations', undefined],
      ['POST', '/api/organizations', { name: 'mine' }],
    ] as const) {
      const answer = await api(method, path, {
        token: bound,
        ifMatch: '"0"',
        ...(sent !== undefined && { body: sent }),
      });
      assert.deepEqual([answer.status, answer.body.error.code], [403, 'FORBIDDEN'], `${method} ${path}`);
    }
  });

  test(proves('api:escalation', 'that are bound make none in the name of who reaches further'), async (t) => {
    const { api, token, broker } = await testApi(t);
    await person(broker.store, { email: 'wide@acme.example', role: 'admin' });
    await person(broker.store, { email: 'near@acme.example', role: 'admin', services: ['shop'] });
    const { token: bound } = await token({ kind: 'admin', services: ['shop'] });
    const { token: own } = await token({ kind: 'admin', services: ['shop'], owner: 'wide@acme.example' });
    const make = (text: string, owner: string) =>
      api('POST', '/api/tokens', { token: text, body: { kind: 'mcp', name: 'n', services: ['shop'], owner } });
    const refused = await make(bound, 'wide@acme.example');
    assert.deepEqual([refused.status, refused.text], [404, (await make(bound, 'nobody@acme.example')).text]);
    assert.equal((await make(bound, 'near@acme.example')).status, 201);
    assert.equal((await make(own, 'wide@acme.example')).status, 201);
  });

  test('without the role admin make none, whatever they ask for', async (t) => {
    const { api, token } = await testApi(t);
    for (const role of ['viewer', 'developer'] as const) {
      const { token: low } = await token({ kind: 'admin', role });
      for (const kind of ['mcp', 'agent', 'admin']) {
        const answer = await api('POST', '/api/tokens', { token: low, body: { kind, name: 'n' } });
        assert.equal(answer.status, 403);
      }
    }
  });
});

describe('organizations over the API', () => {
  test(
    proves('api:installation', 'are made by admins of the default organization, and then ruled by their own'),
    async (t) => {
      const { api, token } = await testApi(t);
      const { token: admin } = await token({ kind: 'admin' });
      const other = await otherOrganization(api, admin);
      const again = await api('POST', '/api/organizations', { token: admin, body: { name: 'other' } });
      assert.deepEqual([again.status, again.body.error.code], [409, 'CONFLICT']);
      const me = await api('GET', '/api/me', { token: other.token });
      assert.deepEqual(me.body.organization, { id: other.id, name: 'other' });
      assert.equal(me.body.runs_installation, false);
      for (const [method, path, body] of [
        ['GET', '/api/organizations', undefined],
        ['POST', '/api/organizations', { name: 'third' }],
        ['GET', '/api/read-only', undefined],
        ['PUT', '/api/read-only', { on: true }],
      ] as const) {
        const refused = await api(method, path, { token: other.token, ...(body !== undefined && { body }) });
        assert.deepEqual([refused.status, refused.body.error.code], [403, 'FORBIDDEN'], `${method} ${path}`);
      }
    },
  );
});

describe('documents over the API', () => {
  for (const [path, field, change, other] of [
    ['/api/policy', 'policy', { limits: { max_hits: 5 } }, { read_only: true }],
    ['/api/quotas', 'quotas', { organization: { actions_per_hour: 500 } }, { token: { live_actions: null } }],
  ] as const) {
    test(proves('api:versions', `${path} is changed from the version that was read, or not at all`), async (t) => {
      const { api, token } = await testApi(t);
      const { token: admin } = await token({ kind: 'admin' });
      const read = await api('GET', path, { token: admin });
      assert.deepEqual([read.body.version, read.body[field], read.headers.get('etag')], [0, {}, '"0"']);
      const blind = await api('PUT', path, { token: admin, body: change });
      assert.deepEqual([blind.status, blind.body.error.code], [428, 'PRECONDITION_REQUIRED']);
      const set = await api('PUT', path, { token: admin, body: change, ifMatch: '"0"' });
      assert.deepEqual([set.status, set.body.version, set.headers.get('etag')], [200, 1, '"1"']);
      const late = await api('PUT', path, { token: admin, body: other, ifMatch: '"0"' });
      assert.deepEqual([late.status, late.body.error.code], [412, 'PRECONDITION_FAILED']);
      const odd = await api('PUT', path, { token: admin, body: other, ifMatch: 'W/"1"' });
      assert.equal(odd.status, 400);
      assert.deepEqual((await api('GET', path, { token: admin })).body[field], change);
      const any = await api('PUT', path, { token: admin, body: other, ifMatch: '*' });
      assert.deepEqual([any.status, any.body.version, any.body[field]], [200, 2, other]);
    });
  }

  test('a policy is explained without being set', async (t) => {
    const { api, url, token } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin', role: 'viewer' });
    const { token: agent } = await token({ kind: 'agent' });
    await agentPeer(t, url, agent, runtime('runtime-1', { environment: 'prod' }));
    await agentPeer(t, url, agent, runtime('runtime-2', { environment: 'test' }));
    const body = {
      approval: { environments: ['prod'], by: 'admin' },
      kinds: { inspect: 'nobody', snapshot: 'admin' },
      limits: { timeout_seconds: 30 },
      blocked: { files: ['src/billing/**'] },
      read_only: true,
    };
    const checked = await api('POST', '/api/policy/check', { token: admin, body });
    assert.deepEqual(checked.body, {
      effects: [
        'Placing a probe in "prod" needs the approval of an admin who is not the one that asks; a request stands for 15 minutes.',
        'Never inspected are files: "src/billing/**".',
        'Nobody may use inspect.',
        'snapshot needs at least the role admin.',
        'timeout_seconds is at most 30.',
        'No probe can be placed, and every live probe is removed within a second.',
      ],
      runtimes: 2,
      runtimes_to_approve: 1,
    });
    assert.equal((await api('GET', '/api/policy', { token: admin })).body.version, 0);
  });
});

describe('quotas over the API', () => {
  test('say what is used of them', async (t) => {
    const { api, token } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    const { body } = await api('GET', '/api/quotas/usage', { token: admin });
    const hits = body.usage.find(({ quota }: { quota: string }) => quota === 'hits a day');
    assert.deepEqual([hits.limit, hits.used], [100_000, 0]);
    assert.ok(Date.parse(hits.resets_at) > Date.now());
  });

  test(proves('api:quota', 'of calls hold for the API too, and say when to come again'), async (t) => {
    const { api, token, broker } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    const change = { token: { calls_per_second: 0.01, call_burst: 3 } };
    assert.ok(await broker.controls.quotaChange.set('default', change, 0));
    const answers = await Promise.all(Array.from({ length: 10 }, () => api('GET', '/api/me', { token: admin })));
    const refused = answers.filter(({ status }) => status === 429);
    assert.equal(refused.length, 7);
    const [one] = refused;
    assert.equal(one?.body.error.code, 'QUOTA_EXCEEDED');
    const seconds = Number(one?.headers.get('retry-after'));
    assert.ok(seconds > 0 && seconds <= 100, String(seconds));
  });

  test(proves('api:quota', 'of calls that others have used up keeps nobody from ending what they do'), async (t) => {
    const { api, token, broker } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    const { token: viewer, id } = await token({ kind: 'admin', role: 'viewer' });
    const change = { organization: { calls_per_second: 0.01, call_burst: 3 } };
    assert.ok(await broker.controls.quotaChange.set('default', change, 0));
    while ((await api('GET', '/api/me', { token: viewer })).status !== 429);
    const stopped = await api('PUT', '/api/read-only', { token: admin, body: { on: true } });
    const revoked = await api('DELETE', `/api/tokens/${id}`, { token: admin });
    assert.deepEqual([stopped.status, revoked.status], [200, 200]);
    assert.equal((await api('GET', '/api/me', { token: viewer })).status, 401);
  });
});

describe('approvals over the API', () => {
  test('are listed, shown and decided once', async (t) => {
    const harness = await testApi(t);
    const { api, token } = harness;
    const { token: developer } = await token({ kind: 'admin', role: 'developer', name: 'ann' });
    await ask(harness, 'apr_1');
    await ask(harness, 'apr_2');
    const listed = await api('GET', '/api/approvals?state=waiting', { token: developer });
    assert.deepEqual(
      listed.body.approvals.map(({ id }: { id: string }) => id),
      ['apr_1', 'apr_2'],
    );
    const approved = await api('POST', '/api/approvals/apr_1/approve', { token: developer });
    assert.deepEqual([approved.body.state, approved.body.decided_by], ['approved', 'ann']);
    const denied = await api('POST', '/api/approvals/apr_2/deny', { token: developer, body: { reason: 'not now' } });
    assert.deepEqual([denied.body.state, denied.body.reason], ['denied', 'not now']);
    const late = await api('POST', '/api/approvals/apr_1/deny', { token: developer });
    assert.deepEqual([late.status, late.body.error.code], [409, 'CONFLICT']);
    assert.equal((await api('GET', '/api/approvals/apr_1', { token: developer })).body.state, 'approved');
  });

  test(
    proves('api:approvals', 'need an admin who has not asked, also by another token, where the policy says so'),
    async (t) => {
      const harness = await testApi(t);
      const { api, token } = harness;
      const { token: viewer } = await token({ kind: 'admin', role: 'viewer' });
      const { token: developer } = await token({ kind: 'admin', role: 'developer' });
      const { token: asking, id } = await token({ kind: 'admin' });
      const { token: other } = await token({ kind: 'admin' });
      await ask(harness, 'apr_1', { by: 'admin', token: id });
      for (const refused of [viewer, developer, asking]) {
        const answer = await api('POST', '/api/approvals/apr_1/approve', { token: refused });
        assert.deepEqual([answer.status, answer.body.error.code], [403, 'FORBIDDEN']);
      }
      assert.equal((await api('POST', '/api/approvals/apr_1/approve', { token: other })).status, 200);
      const { controls } = harness.broker;
      await ask(harness, 'apr_2', { by: 'admin', user: 'ann@example.com' });
      const ann = { token: 'another', user: 'ann@example.com' };
      assert.equal(await controls.approvals.decide('default', 'apr_2', { approve: true, by: 'ann' }, ann), 'own');
    },
  );

  test('of services and environments that a token is not bound to do not exist for it', async (t) => {
    const harness = await testApi(t);
    const { api, token } = harness;
    const bounds = { services: ['shop'], environments: ['prod'] };
    const { token: bound } = await token({ kind: 'admin', ...bounds });
    await ask(harness, 'apr_1', { request: { services: ['shop', 'billing'] } });
    await ask(harness, 'apr_2', { request: { environments: ['prod', '(none)'] } });
    await ask(harness, 'apr_3');
    const listed = await api('GET', '/api/approvals', { token: bound });
    assert.deepEqual(
      listed.body.approvals.map(({ id }: { id: string }) => id),
      ['apr_3'],
    );
    const never = await api('GET', '/api/approvals/apr_never', { token: bound });
    for (const id of ['apr_1', 'apr_2']) {
      assert.equal((await api('GET', `/api/approvals/${id}`, { token: bound })).text, never.text);
      assert.equal((await api('POST', `/api/approvals/${id}/approve`, { token: bound })).text, never.text);
    }
  });

  test('show what is not seen in what an assistant wrote', async (t) => {
    const harness = await testApi(t);
    const { token: admin } = await harness.token({ kind: 'admin' });
    await ask(harness, 'apr_1', { request: { condition: 'a\u202eb', source_line: '\u001b[2J' } });
    const { request } = (await harness.api('GET', '/api/approvals/apr_1', { token: admin })).body;
    assert.deepEqual([request.condition, request.source_line], ['a\\u202eb', '\\u001b[2J']);
  });
});

describe('actions over the API', () => {
  async function placed(t: Parameters<typeof testApi>[0]) {
    const harness = await testApi(t);
    const { url, token } = harness;
    const peer = await agentPeer(t, url, (await token({ kind: 'agent' })).token, runtime('runtime-1'));
    const client = await modernClient(t, url, bearer((await token({ kind: 'mcp' })).token));
    const place = { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7, wait_seconds: 0 };
    await client.callTool({ name: 'capture_snapshot', arguments: place });
    return { ...harness, peer, actionId: await armNext(peer) };
  }

  test('are listed, shown and cancelled', async (t) => {
    const { api, token, peer, actionId } = await placed(t);
    const { token: developer } = await token({ kind: 'admin', role: 'developer' });
    await until(
      async () => (await api('GET', '/api/actions?state=armed', { token: developer })).body.actions.length === 1,
      'armed',
    );
    const shown = await api('GET', `/api/actions/${actionId}`, { token: developer });
    assert.equal(shown.body.placements[0].runtime, 'runtime-1');
    const cancelling = api('POST', `/api/actions/${actionId}/cancel`, { token: developer });
    assert.equal((await peer.next('disarm')).actionId, actionId);
    peer.socket.close();
    assert.equal((await cancelling).body.action.state, 'cancelled');
  });

  test(proves('api:read-only', 'read-only mode removes every live probe within a second'), async (t) => {
    const { api, token, peer, actionId } = await placed(t);
    const { token: admin } = await token({ kind: 'admin' });
    const began = performance.now();
    const body = { on: true, reason: 'an incident' };
    assert.equal((await api('PUT', '/api/read-only', { token: admin, body })).body.on, true);
    assert.equal((await peer.next('disarm')).actionId, actionId);
    const took = performance.now() - began;
    assert.ok(took < 1_000, `${took} ms`);
    assert.equal((await api('GET', '/api/read-only', { token: admin })).body.reason, 'an incident');
  });

  test(
    proves('api:read-only', 'read-only mode is switched also where nobody understands what the switch says'),
    async (t) => {
      const { api, broker, token } = await placed(t);
      const { token: admin } = await token({ kind: 'admin' });
      const newer = { id: 'current', value: { of_a_newer_version: true } };
      assert.ok(await broker.store.documents.put(BROKER, 'read-only', newer, 0));
      for (const on of [true, false]) {
        const { status, body } = await api('PUT', '/api/read-only', { token: admin, body: { on } });
        assert.deepEqual([status, body.on], [200, on]);
      }
    },
  );

  test(proves('api:bound', 'and runtimes of services that a token is not bound to do not exist for it'), async (t) => {
    const { api, url, token, actionId } = await placed(t);
    await agentPeer(t, url, (await token({ kind: 'agent' })).token, runtime('runtime-2', { service: 'billing' }));
    const { token: all } = await token({ kind: 'admin' });
    const { token: bound } = await token({ kind: 'admin', services: ['billing'] });
    const ids = async (of: string) =>
      (await api('GET', '/api/runtimes', { token: of })).body.runtimes.map(({ id }: { id: string }) => id);
    assert.deepEqual([await ids(all), await ids(bound)], [['runtime-1', 'runtime-2'], ['runtime-2']]);
    assert.deepEqual((await api('GET', '/api/actions', { token: bound })).body.actions, []);
    const never = await api('GET', '/api/actions/act_never', { token: bound });
    assert.equal(never.status, 404);
    assert.equal((await api('GET', `/api/actions/${actionId}`, { token: bound })).text, never.text);
    assert.equal((await api('POST', `/api/actions/${actionId}/cancel`, { token: bound })).text, never.text);
  });
});

describe('the audit over the API', () => {
  test(proves('api:audit', 'has each change before it is done, and its own export'), async (t) => {
    const { api, token } = await testApi(t);
    const { token: admin, id } = await token({ kind: 'admin', name: 'ops' });
    await api('PUT', '/api/policy', { token: admin, body: { read_only: true }, ifMatch: '"0"' });
    await api('PUT', '/api/policy', { token: admin, body: {}, ifMatch: '"7"' });
    const { headers, body } = await api('GET', '/api/audit', { token: admin });
    assert.match(headers.get('content-type') ?? '', /^application\/jsonl/);
    assert.deepEqual(
      body.map(({ sequence, act }: { sequence: number; act: string }) => [sequence, act]),
      [
        [1, 'policy.change'],
        [2, 'policy.change'],
        [3, 'act.fail'],
        [4, 'audit.export'],
      ],
    );
    assert.deepEqual(body[0].by, { kind: 'token', id, name: 'ops', address: '127.0.0.1' });
    const rest = await api('GET', '/api/audit?after=3', { token: admin });
    assert.deepEqual(
      rest.body.map(({ sequence }: { sequence: number }) => sequence),
      [4, 5],
    );
  });

  test(proves('audit:told', 'holds no token and no hash of one, whatever is made, rotated and revoked'), async (t) => {
    const { api, token } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    const made = await api('POST', '/api/tokens', { token: admin, body: { kind: 'mcp', name: 'assistant' } });
    const rotated = await api('POST', `/api/tokens/${made.body.id}/rotate`, { token: admin, body: {} });
    await api('DELETE', `/api/tokens/${rotated.body.id}`, { token: admin });
    const { text, body } = await api('GET', '/api/audit', { token: admin });
    assert.deepEqual(
      body.map(({ act }: { act: string }) => act),
      ['token.create', 'token.rotate', 'token.revoke', 'audit.export'],
    );
    for (const secret of [admin, made.body.token, rotated.body.token]) {
      assert.ok(!text.includes(secret) && !text.includes(tokenHash(secret)));
    }
  });

  test('is verified, also against an anchor', async (t) => {
    const { api, token } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    await api('PUT', '/api/policy', { token: admin, body: {}, ifMatch: '"0"' });
    const first = await api('GET', '/api/audit/verify', { token: admin });
    assert.deepEqual([first.body.valid, first.body.entries, first.body.warning], [true, 1, undefined]);
    const again = await api('GET', `/api/audit/verify?anchor=${first.body.anchor}`, { token: admin });
    assert.equal(again.body.valid, true);
    const forged = `1:${'0'.repeat(64)}`;
    const flawed = await api('GET', `/api/audit/verify?anchor=${forged}`, { token: admin });
    assert.deepEqual([flawed.body.valid, flawed.body.flaw.sequence], [false, 1]);
  });

  test(proves('audit:ahead', 'that cannot be written lets nothing be changed'), async (t) => {
    const { api, token, broker } = await testApi(t);
    const { token: admin } = await token({ kind: 'admin' });
    await api('PUT', '/api/policy', { token: admin, body: {}, ifMatch: '"0"' });
    const ends = await broker.store.audit.ends('default');
    assert.ok(ends);
    // An end that no broker with this secret has written.
    const entry = { sequence: 2, at: 1, text: '{}', mac: 'ff' };
    const head = { sequence: 2, mac: 'ff', seal: 'ff' };
    assert.ok(await broker.store.audit.append('default', 1, [entry], { ...ends, head }));
    const refused = await api('PUT', '/api/policy', { token: admin, body: { read_only: true }, ifMatch: '"1"' });
    assert.deepEqual([refused.status, refused.body.error.code], [503, 'UNAVAILABLE']);
    assert.deepEqual((await api('GET', '/api/policy', { token: admin })).body.policy, {});
  });
});
