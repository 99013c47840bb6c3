import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createOAuthState } from '../src/oauth/adapter.ts';
import { createDocumentFetch, isPublicAddress } from '../src/oauth/client-documents.ts';
import { html } from '../src/oauth/html.ts';
import { createProofs } from '../src/oauth/proofs.ts';
import { redirectHost } from '../src/oauth/redirect-host.ts';
import { clientMetadata, RegistrationRefused } from '../src/oauth/registration.ts';
import { createRenewals } from '../src/oauth/renewals.ts';
import { createSealing } from '../src/oauth/sealing.ts';
import { type ClaimSettings, personOf } from '../src/oauth/upstream-person.ts';
import { temporaryStore } from './temporary-store.ts';

test('what is sealed opens at its place only, and not when it was changed', () => {
  const sealing = createSealing(randomBytes(32));
  const sealed = sealing.seal('a', { secret: 'x' });
  assert.ok(!Buffer.from(sealed, 'base64').includes('secret'));
  assert.deepEqual(sealing.open('a', sealed), { secret: 'x' });
  assert.throws(() => sealing.open('b', sealed));
  assert.throws(() => createSealing(randomBytes(32)).open('a', sealed));
  const bytes = Buffer.from(sealed, 'base64');
  for (const at of [0, 20, 30, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    assert.throws(() => sealing.open('a', changed.toString('base64')), `byte ${at}`);
  }
  assert.throws(() => sealing.open('a', ''));
});

async function state(t: TestContext) {
  const clock = { now: 1_000_000_000 };
  const { documents } = await temporaryStore(t, () => clock.now);
  const sealing = createSealing(randomBytes(32));
  return { clock, documents, state: createOAuthState({ documents, sealing, clock: () => clock.now }) };
}

test('of many who redeem one code at once, one succeeds', async (t) => {
  const { state: oauth } = await state(t);
  const codes = oauth.adapter('AuthorizationCode');
  await codes.upsert('code-1', { jti: 'code-1', grantId: 'g' }, 60);
  const done = await Promise.allSettled(Array.from({ length: 20 }, () => codes.consume('code-1')));
  assert.equal(done.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.ok((await codes.find('code-1'))?.consumed);
});

test('a renewal is answered as the first for half a minute, and the one that is refused not at all', async (t) => {
  const clock = { now: 1_000_000_000 };
  const { documents } = await temporaryStore(t, () => clock.now);
  const renewals = createRenewals({ documents, sealing: createSealing(randomBytes(32)), clock: () => clock.now });
  let asked = 0;
  const ask = (token: string, rest = 'client-text-a') =>
    renewals.once({ token, rest }, async () => {
      asked++;
      return token === 'wrong'
        ? undefined
        : { access_token: `access-text-${asked}`, refresh_token: `refresh-text-${asked}` };
    });
  const first = await ask('token-text');
  assert.deepEqual([await ask('token-text'), asked], [first, 1]);
  assert.notDeepEqual(await ask('token-text', 'client-text-b'), first, 'another client asks for itself');
  clock.now += 30_001;
  assert.notDeepEqual(await ask('token-text'), first);
  assert.deepEqual([await ask('wrong'), await ask('wrong'), asked], [undefined, undefined, 5]);
  for (const kind of ['Renewal', 'RenewalOf']) {
    const found = await documents.list('@oauth', kind, { limit: 10 });
    assert.ok(found.length > 0);
    assert.doesNotMatch(JSON.stringify(found), /-text/);
  }
});

test('the store holds no code, token or session that could be used', async (t) => {
  const { state: oauth, documents } = await state(t);
  await oauth.adapter('AccessToken').upsert('token-text', { jti: 'token-text', grantId: 'grant-text' }, 60);
  await oauth.adapter('Session').upsert('session-text', { jti: 'session-text', uid: 'uid-text' }, 60);
  await oauth.adapter('Client').upsert('c', { client_id: 'c', client_secret: 'secret-text' }, undefined as never);
  let found = 0;
  for (const kind of ['AccessToken', 'AccessTokenOfGrant', 'Session', 'SessionUid', 'Client']) {
    for (const document of await documents.list('@oauth', kind, { limit: 10 })) {
      found++;
      assert.doesNotMatch(JSON.stringify(document), /(token|session|grant|uid|secret)-text/);
    }
  }
  assert.equal(found, 5);
  assert.equal((await oauth.adapter('Session').findByUid('uid-text'))?.jti, 'session-text');
});

test('a grant that has ended takes all that was issued under it along, and what expired is gone', async (t) => {
  const { state: oauth, clock } = await state(t);
  const tokens = oauth.adapter('AccessToken');
  await oauth.adapter('Grant').upsert('g', { jti: 'g', accountId: 'org_a/usr_1', iat: 1 }, 600);
  await oauth.adapter('Grant').upsert('h', { jti: 'h', accountId: 'org_a/usr_10', iat: 1 }, 600);
  for (let n = 0; n < 120; n++) await tokens.upsert(`t${n}`, { jti: `t${n}`, grantId: 'g' }, 60);
  await tokens.upsert('other', { jti: 'other', grantId: 'h' }, 60);
  assert.deepEqual(await oauth.grantsOf('org_a/usr_1'), [{ jti: 'g', accountId: 'org_a/usr_1', iat: 1 }]);
  await oauth.endGrant('g');
  assert.equal(await oauth.adapter('Grant').find('g'), undefined);
  for (let n = 0; n < 120; n++) assert.equal(await tokens.find(`t${n}`), undefined);
  assert.deepEqual(await oauth.grantsOf('org_a/usr_1'), []);
  assert.ok(await tokens.find('other'));
  clock.now += 60_001;
  assert.equal(await tokens.find('other'), undefined);
});

test('a registration is kept for a month, and longer once somebody has signed in with it; its scope is not kept', async (t) => {
  const { state: oauth, clock } = await state(t);
  const clients = oauth.adapter('Client');
  await clients.upsert('used', { client_id: 'used', scope: 'runtime:read' }, undefined as never);
  await clients.upsert('unused', { client_id: 'unused' }, undefined as never);
  assert.deepEqual(await clients.find('used'), { client_id: 'used' });
  await oauth.keepClient('used');
  clock.now += 31 * 86_400_000;
  assert.equal(await clients.find('unused'), undefined);
  assert.ok(await clients.find('used'));
});

test('a proof is of one thing, and may end', () => {
  const proofs = createProofs(randomBytes(32));
  assert.ok(proofs.holds('a', proofs.of('a'), 0));
  assert.ok(!proofs.holds('b', proofs.of('a'), 0));
  assert.ok(!createProofs(randomBytes(32)).holds('a', proofs.of('a'), 0));
  const until = proofs.until('a', 1000);
  assert.ok(proofs.holds('a', until, 999));
  assert.ok(!proofs.holds('a', until, 1000));
  assert.ok(!proofs.holds('a', until.replace('1000', '2000'), 999));
  for (const none of ['', null, undefined, 'x']) assert.ok(!proofs.holds('a', none, 0));
});

test('parts of a page are escaped', () => {
  const hostile = `<img src=x onerror="a('b')">&`;
  const { text } = html`<p title="${hostile}">${hostile}${[html`<b>${1}</b>`]}${undefined}${false}</p>`;
  assert.doesNotMatch(text, /<img|"a|'b/);
  assert.match(text, /<b>1<\/b><\/p>$/);
});

const refusedRedirects: [string, RegExp][] = [
  ['http://example.com/cb', /loopback/],
  ['https://localhost/cb', /http:\/\//],
  ['javascript:alert(1)', /scheme/],
  ['data:text/html,x', /scheme/],
  ['https://a.example/cb#x', /fragment/],
  ['https://user@a.example/cb', /user info/],
  ['/callback', /absolute/],
];
for (const [uri, message] of refusedRedirects) {
  test(`a registration that wants to be answered at ${uri} is refused`, () => {
    assert.throws(
      () => clientMetadata({ redirect_uris: ['https://a.example/cb', uri] }),
      (error) =>
        error instanceof RegistrationRefused && error.code === 'invalid_redirect_uri' && message.test(error.message),
    );
  });
}

test('of a registration is kept what we go by, and nothing else', () => {
  const kept = clientMetadata({
    redirect_uris: ['https://a.example/cb'],
    client_name: '  A\u202e\u200b\n  ',
    grant_types: ['authorization_code', 'implicit', 'client_credentials'],
    token_endpoint_auth_method: 'none',
    scope: 'admin',
    logo_uri: 'https://a.example/logo',
    id_token_signed_response_alg: 'none',
    jwks_uri: 'https://169.254.169.254/',
    client_id: 'chosen',
  });
  assert.deepEqual(kept, {
    redirect_uris: ['https://a.example/cb'],
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    client_name: 'A',
  });
  for (const wrong of [null, [], {}, { redirect_uris: 'x' }, { redirect_uris: [] }, { redirect_uris: [1] }]) {
    assert.throws(() => clientMetadata(wrong), RegistrationRefused);
  }
  const many = Array.from({ length: 21 }, (_, n) => `https://a.example/${n}`);
  assert.throws(() => clientMetadata({ redirect_uris: many }), RegistrationRefused);
  const keyed = { redirect_uris: ['https://a.example/cb'], token_endpoint_auth_method: 'private_key_jwt' };
  assert.throws(() => clientMetadata(keyed), /one of none/);
});

test('a person is told in words where the answer goes', () => {
  assert.equal(redirectHost('http://localhost:5123/callback').name, 'this computer (localhost:5123)');
  assert.equal(redirectHost('https://vscode.dev/redirect').name, 'vscode.dev');
  const app = redirectHost('cursor://anysphere.cursor-mcp/oauth/callback');
  assert.equal(app.name, 'cursor://anysphere.cursor-mcp');
  // What looks like a host that people know is not it.
  assert.equal(redirectHost('https://vscode.dev.evil.example/redirect').name, 'vscode.dev.evil.example');
  assert.match(redirectHost('https://раураl.example/').name, /^xn--/);
});

const claimSettings: ClaimSettings = {
  emailClaim: 'email',
  roleClaim: 'groups',
  roles: new Map([
    ['admins', 'admin'],
    ['engineering', 'developer'],
  ] as const),
  organization: 'default',
};
const ada = { email: 'Ada@acme.example', email_verified: true, name: 'Ada', groups: ['x', 'engineering', 'admins'] };
const claims: [string, object, Partial<ClaimSettings>, unknown][] = [
  [
    'the highest role holds',
    ada,
    {},
    { email: 'ada@acme.example', name: 'Ada', role: 'admin', organization: 'default' },
  ],
  ['a name without what is not seen', { ...ada, name: ' A\u001b[2Kda\u202e\n' }, {}, /"name":"A\[2Kda"/],
  ['no name that is seen', { ...ada, name: '\u200b' }, {}, /"name":"ada@acme\.example"/],
  ['a text is a list of one', { ...ada, groups: 'engineering' }, {}, /developer/],
  [
    'a path looks into objects',
    { ...ada, realm_access: { roles: ['admins'] } },
    { roleClaim: 'realm_access.roles' },
    /admin/,
  ],
  ['an address that is not verified', { ...ada, email_verified: false }, {}, /not say .* verified/],
  ['an address of which nothing is said', { ...ada, email_verified: undefined }, {}, /not say .* verified/],
  [
    'a claim that an administrator trusts',
    { upn: 'a@b.example', groups: 'admins' },
    { emailClaim: 'upn' },
    /a@b\.example/,
  ],
  ['no address', { ...ada, email: undefined }, {}, /no e-mail/],
  ['no role that is known', { ...ada, groups: ['sales'] }, {}, /no role here/],
  ['a role that only looks known', { ...ada, groups: ['constructor'] }, {}, /no role here/],
  ['an organization by claim', { ...ada, org: 'acme' }, { organizationClaim: 'org' }, /"organization":"acme"/],
  ['no organization where one must be told', ada, { organizationClaim: 'org' }, /no organization/],
];
for (const [title, given, settings, expected] of claims) {
  test(`claims of the company's provider: ${title}`, () => {
    const person = personOf({ ...given }, { ...claimSettings, ...settings });
    if (expected instanceof RegExp) assert.match(JSON.stringify(person), expected);
    else assert.deepEqual(person, expected);
  });
}

test('addresses that are not of the public internet are known as such', () => {
  const inside = ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'];
  const inside6 = [
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'ff02::1',
  ];
  for (const address of [...inside, ...inside6, '224.0.0.1', '255.255.255.255', 'x']) {
    assert.equal(isPublicAddress(address), false, address);
  }
  for (const address of ['93.184.216.34', '172.32.0.1', '2606:4700::1111']) {
    assert.equal(isPublicAddress(address), true, address);
  }
});

const certificate = readFileSync(new URL('fixtures/localhost-cert.pem', import.meta.url), 'utf8');
const key = readFileSync(new URL('fixtures/localhost-key.pem', import.meta.url), 'utf8');

/** A server of client-id documents on loopback, and a fetch that takes loopback for public. */
async function documentServer(
  t: TestContext,
  answer: (path: string) => { status?: number; headers?: object; body: string },
) {
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const { status = 200, headers = {}, body } = answer(request.url ?? '/');
    response.writeHead(status, { ...headers }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const lookup: LookupFunction = (_host, options, callback) => {
    if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  };
  return { url: `https://localhost:${address.port}`, fetch: createDocumentFetch({ lookup, ca: certificate }) };
}

test('a client-id document is fetched, and cut down to what we go by', async (t) => {
  const { url, fetch } = await documentServer(t, () => ({
    headers: { 'cache-control': 'max-age=60' },
    body: JSON.stringify({
      client_id: 'x',
      redirect_uris: ['http://localhost/callback'],
      logo_uri: 'https://a.example',
    }),
  }));
  const response = await fetch(`${url}/client`);
  assert.equal(response.headers.get('cache-control'), 'max-age=60');
  assert.deepEqual(await response.json(), {
    client_id: 'x',
    redirect_uris: ['http://localhost/callback'],
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
  });
});

test('a client-id document that is too long, elsewhere, or not over TLS is not taken', async (t) => {
  const { url, fetch } = await documentServer(t, (path) =>
    path === '/long'
      ? { body: 'x'.repeat(6000) }
      : { status: 302, headers: { location: 'https://169.254.169.254/' }, body: '' },
  );
  await assert.rejects(fetch(`${url}/long`), /more than 5120 bytes/);
  assert.equal((await fetch(`${url}/moved`)).status, 302);
  await assert.rejects(fetch(url.replace('https:', 'http:')), /https only/);
  await assert.rejects(fetch('https://127.0.0.1/'), /name of a host/);
  await assert.rejects(fetch('https://[::1]/'), /name of a host/);
});

test('a client-id at a host of the inside is not connected to', async (t) => {
  const { url } = await documentServer(t, () => assert.fail('it was asked'));
  await assert.rejects(createDocumentFetch({ ca: certificate })(url), /no public address/);
});
