import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { proves } from '../../tests/proves.ts';
import { testBroker } from './broker-harness.ts';
import { handClient, person, REDIRECT, register, signedIn, usersOf, visitor } from './oauth-harness.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function bench(t: TestContext, environment: Record<string, string> = {}) {
  const test = await testBroker(t, environment);
  const user = await person(test.broker.store);
  return { ...test, store: test.broker.store, user, users: usersOf(test.broker.store) };
}

/** A call that lists the tools, as the SDKs send it. */
async function listTools(url: string, token: string): Promise<Response> {
  return fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
}

/** What an SDK asks its application for: it keeps all in memory, and has nothing but the URL of the broker. */
function memory() {
  const kept: Record<string, unknown> = {};
  let opened: URL | undefined;
  return {
    opened: () => opened,
    provider: {
      redirectUrl: REDIRECT,
      clientMetadata: { client_name: 'SDK', redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' },
      state: () => 'state-2',
      clientInformation: () => kept['client'],
      saveClientInformation: (value: unknown) => {
        kept['client'] = value;
      },
      tokens: () => kept['tokens'],
      saveTokens: (value: unknown) => {
        kept['tokens'] = value;
      },
      redirectToAuthorization: (url: URL) => {
        opened = url;
      },
      saveCodeVerifier: (value: string) => {
        kept['verifier'] = value;
      },
      codeVerifier: () => kept['verifier'],
    },
  };
}

for (const [line, make] of [
  [
    'the current SDK',
    (url: URL, provider: unknown) => ({
      client: new ModernClient({ name: 'm', version: '1' }, { versionNegotiation: { mode: 'auto' } }),
      transport: () => new ModernTransport(url, { authProvider: provider as never }),
    }),
  ],
  [
    'the SDK of the 2025 era',
    (url: URL, provider: unknown) => ({
      client: new LegacyClient({ name: 'l', version: '1' }),
      transport: () => new LegacyTransport(url, { authProvider: provider as never }),
    }),
  ],
] as const) {
  test(proves('sign-in:url-only', `${line} signs a person in with nothing but the URL, and then lists tools`), {
    timeout: 60_000,
  }, async (t) => {
    const { url } = await bench(t);
    const { provider, opened } = memory();
    const { client, transport } = make(new URL(`${url}/mcp`), provider);
    const first = transport();
    await assert.rejects(client.connect(first as never), /nauthorized/);
    const authorize = opened();
    assert.ok(authorize !== undefined);
    assert.equal(authorize.searchParams.get('scope'), 'runtime:read probe:place');
    assert.equal(authorize.searchParams.get('resource'), `${url}/mcp`);
    const answer = await visitor().connect(authorize);
    assert.equal(answer.searchParams.get('state'), 'state-2');
    assert.equal(answer.searchParams.get('iss'), url);
    // The SDK checks `iss` where it is given the whole answer.
    await first
      .finishAuth(answer.searchParams as never)
      .catch(() => first.finishAuth(answer.searchParams.get('code') ?? ''));
    const second =
      line === 'the current SDK'
        ? new ModernClient({ name: 'm', version: '1' }, { versionNegotiation: { mode: 'auto' } })
        : new LegacyClient({ name: 'l', version: '1' });
    await second.connect(transport() as never);
    t.after(() => second.close());
    const { tools } = await second.listTools();
    assert.ok(tools.some(({ name }) => name === 'capture_snapshot'));
  });
}

test(proves('sign-in:metadata', 'who has only the URL finds out how to sign in'), async (t) => {
  const { url } = await bench(t);
  const refused = await fetch(`${url}/mcp`, { method: 'POST' });
  assert.equal(refused.status, 401);
  const challenge = refused.headers.get('www-authenticate') ?? '';
  assert.match(challenge, /^Bearer .*scope="runtime:read probe:place"/);
  const where = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
  assert.equal(where, `${url}/.well-known/oauth-protected-resource/mcp`);
  const document = async (at: string) => (await (await fetch(at)).json()) as Record<string, unknown>;
  const resource = await document(where);
  assert.deepEqual(resource, await document(`${url}/.well-known/oauth-protected-resource`));
  assert.equal(resource['resource'], `${url}/mcp`);
  const [issuer] = resource['authorization_servers'] as string[];
  const server = await document(`${issuer}/.well-known/oauth-authorization-server`);
  assert.equal(server['issuer'], issuer);
  assert.deepEqual(server['code_challenge_methods_supported'], ['S256']);
  assert.equal(server['authorization_response_iss_parameter_supported'], true);
  assert.equal(server['client_id_metadata_document_supported'], false);
  const bad = await listTools(url, 'not-a-token');
  assert.match(bad.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
});

test('a broker that cannot know its address offers no sign-in, and says how to mend it', async (t) => {
  const { url } = await bench(t, { BORESCOPE_PUBLIC_URL: 'http://borescope.example' });
  const response = await fetch(`${url}/.well-known/oauth-protected-resource/mcp`);
  assert.equal(response.status, 404);
  assert.match(JSON.stringify(await response.json()), /BORESCOPE_PUBLIC_URL to the https/);
  const refused = await fetch(`${url}/mcp`, { method: 'POST' });
  assert.doesNotMatch(refused.headers.get('www-authenticate') ?? '', /resource_metadata/);
});

/** What is sent to the registration endpoint, and where the person is sent back to. */
const REPLAYS: [string, object, string[]][] = [
  [
    // Claude Code registers by the TypeScript SDK with a free port of each sign-in; anthropics/claude-code issues 10439, 24870.
    'Claude Code',
    {
      client_name: 'Claude Code (borescope)',
      redirect_uris: ['http://localhost:56648/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      scope: 'runtime:read probe:place',
    },
    ['http://localhost:56648/callback', 'http://localhost:61001/callback'],
  ],
  [
    // codex-rs/rmcp-client/src/perform_oauth_login.rs: 127.0.0.1, a free port, and an id of the server's URL; the rest by rmcp.
    'Codex',
    {
      client_name: 'Codex',
      redirect_uris: ['http://127.0.0.1:40111/callback/Zm9vYmFyYmF6'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      response_types: ['code'],
      application_type: 'native',
    },
    ['http://127.0.0.1:40222/callback/Zm9vYmFyYmF6'],
  ],
  [
    // microsoft/vscode src/vs/base/common/oauth.ts, fetchDynamicRegistration: its grant types are those of our metadata.
    'VS Code',
    {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    },
    ['http://127.0.0.1:33418/', 'http://127.0.0.1:50123/', 'https://vscode.dev/redirect'],
  ],
  [
    // VS Code of 2025 had localhost without a path, too.
    'VS Code before',
    {
      client_name: 'Visual Studio Code',
      redirect_uris: ['https://vscode.dev/redirect', 'http://localhost', 'http://127.0.0.1', 'http://localhost:33418'],
      token_endpoint_auth_method: 'none',
    },
    ['http://localhost:33418', 'http://localhost:50124'],
  ],
  [
    // Cursor: three at once, without an application type; erp-mafia/accounted pull 2225, better-auth pull 10956.
    'Cursor',
    {
      client_name: 'Cursor',
      redirect_uris: [
        'cursor://anysphere.cursor-mcp/oauth/callback',
        'https://www.cursor.com/agents/mcp/oauth/callback',
        'http://localhost:8787/callback',
      ],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    ['cursor://anysphere.cursor-mcp/oauth/callback', 'http://localhost:8787/callback'],
  ],
  [
    // Claude's own servers, which keep a secret.
    'claude.ai',
    {
      client_name: 'Claude',
      redirect_uris: ['https://claude.ai/api/mcp/auth_callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'runtime:read',
    },
    ['https://claude.ai/api/mcp/auth_callback'],
  ],
];

test(proves('sign-in:clients', 'what Claude Code, Codex, VS Code and Cursor send to register and sign in works'), {
  timeout: 60_000,
}, async (t) => {
  const { url } = await bench(t);
  for (const [name, metadata, redirects] of REPLAYS) {
    const { status, body } = await register(url, metadata);
    assert.equal(status, 201, `${name}: ${JSON.stringify(body)}`);
    const secret = body['client_secret'];
    const client = await handClient(url);
    const clientId = String(body['client_id']);
    const browser = visitor();
    for (const redirect_uri of redirects) {
      const { url: authorize, verifier } = client.authorization({ client_id: clientId, redirect_uri });
      const answer = await browser.connect(authorize);
      assert.ok(answer.href.startsWith(redirect_uri), `${name}: ${answer.href}`);
      const redeemed = await client.redeem(answer, verifier, {
        client_id: clientId,
        redirect_uri,
        resource: `${url}/mcp`,
        ...(typeof secret === 'string' && { client_secret: secret }),
      });
      assert.equal(redeemed.status, 200, `${name}: ${JSON.stringify(redeemed.body)}`);
      assert.equal((await listTools(url, String(redeemed.body['access_token']))).status, 200, name);
    }
  }
});

test(
  proves('sign-in:consent', 'consent names where the answer goes, the account, and what is asked for in words'),
  async (t) => {
    const { url } = await bench(t);
    const client = await handClient(url, { client_name: 'Borescope <b>official</b>' });
    const browser = visitor();
    const page = await browser.open(client.authorization().url);
    assert.match(page.html, /Borescope &#60;b&#62;official/);
    const consent = await browser.submit(page, '/sign-in', {
      email: 'ada@acme.example',
      password: 'correct horse battery',
    });
    assert.match(consent.html, /The answer goes to<strong>this computer \(localhost:33123\)<\/strong>/);
    assert.match(consent.html, /Nobody has checked it/);
    assert.match(consent.html, /ada@acme\.example/);
    assert.match(consent.html, /Place probes/);
    assert.doesNotMatch(consent.html, /<script|<b>official|onload=/);
    assert.equal(consent.headers.get('cache-control'), 'no-store');
    const policy = consent.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/localhost:33123;/);
    const session = browser.cookies().find(({ name }) => name === 'borescope-session');
    assert.match(session?.text ?? '', /samesite=lax; httponly/i);
    const denied = await browser.submit(consent, '/consent', { answer: 'cancel' });
    assert.equal(denied.url.searchParams.get('error'), 'access_denied');
    assert.equal(denied.url.searchParams.get('iss'), url);
  },
);

test('who was signed in already is asked again for every application, and by every request', async (t) => {
  const { url } = await bench(t);
  const browser = visitor();
  const web = { redirect_uris: ['https://a.example/cb'] };
  const client = await handClient(url, web);
  for (let n = 0; n < 2; n++) {
    const { url: authorize } = client.authorization({ redirect_uri: 'https://a.example/cb' });
    assert.ok((await browser.connect(authorize)).searchParams.has('code'));
    const page = await browser.open(authorize);
    assert.match(page.html, /\/consent"/);
  }
  const silent = await browser.open(client.authorization({ redirect_uri: 'https://a.example/cb', prompt: 'none' }).url);
  assert.equal(silent.url.searchParams.get('error'), 'consent_required');
});

test(proves('sign-in:scopes', 'a person lets in no more than their role allows'), async (t) => {
  const { url, store } = await bench(t);
  await person(store, { email: 'viewer@acme.example', role: 'viewer' });
  const wanted = 'runtime:read probe:place admin';
  const viewer = await signedIn(url, { scope: wanted, email: 'viewer@acme.example' });
  assert.equal(viewer.scope, 'runtime:read');
  const listed = JSON.stringify(await (await listTools(url, viewer.access)).text());
  assert.doesNotMatch(listed, /capture_snapshot/);
  const browser = visitor();
  const client = await handClient(url);
  const page = await browser.open(client.authorization({ scope: 'admin' }).url);
  const consent = await browser.submit(page, '/sign-in', {
    email: 'viewer@acme.example',
    password: 'correct horse battery',
  });
  assert.doesNotMatch(consent.html, /value="allow"/);
});

test(proves('sign-in:step-up', 'a call that lacks a scope is answered with the scope that it needs'), async (t) => {
  const { url } = await bench(t);
  const { access, scope, client } = await signedIn(url, { scope: 'runtime:read' });
  assert.equal(scope, 'runtime:read');
  assert.doesNotMatch(await (await listTools(url, access)).text(), /capture_snapshot/);
  const call = (token: string) =>
    fetch(`${url}/mcp`, {
      method: 'POST',
      headers: { ...bearer(token), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'capture_snapshot', arguments: {} },
      }),
    });
  const refused = await call(access);
  assert.equal(refused.status, 403);
  const challenge = refused.headers.get('www-authenticate') ?? '';
  assert.match(challenge, /error="insufficient_scope", scope="runtime:read probe:place"/);
  assert.match(challenge, /resource_metadata=/);
  const more = await signedIn(url, { scope: 'runtime:read probe:place', client });
  assert.equal((await call(more.access)).status, 200);
});

test(
  proves('sign-in:one-use', 'a code is good once, with its verifier, its client and its redirect URI, for a minute'),
  async (t) => {
    const { url } = await bench(t);
    const client = await handClient(url);
    const browser = visitor();
    const fresh = async () => {
      const { url: authorize, verifier } = client.authorization();
      return { answer: await browser.connect(authorize), verifier };
    };
    const refused = async (rest: Record<string, string>) => {
      const { answer, verifier } = await fresh();
      const { status, body } = await client.redeem(answer, verifier, rest);
      assert.equal(status, 400, JSON.stringify(rest));
      return body['error'];
    };
    assert.equal(await refused({ code_verifier: 'x'.repeat(43) }), 'invalid_grant');
    assert.equal(await refused({ redirect_uri: 'http://localhost:1/callback' }), 'invalid_grant');
    assert.equal(await refused({ resource: `${url}/other` }), 'invalid_target');
    const other = await handClient(url);
    assert.equal(await refused({ client_id: other.clientId }), 'invalid_grant');

    const { answer, verifier } = await fresh();
    const first = await client.redeem(answer, verifier);
    assert.equal(first.status, 200);
    const again = await client.redeem(answer, verifier);
    assert.equal(again.body['error'], 'invalid_grant');
    // Somebody has stolen it, and nobody knows who was first.
    assert.equal((await listTools(url, String(first.body['access_token']))).status, 401);

    const late = await fresh();
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 61_000 });
    assert.equal((await client.redeem(late.answer, late.verifier)).body['error'], 'invalid_grant');
  },
);

test(
  proves('sign-in:refresh', 'a refresh token that comes again when the next one was used ends the whole sign-in'),
  async (t) => {
    const { url } = await bench(t);
    const { client, access, refresh } = await signedIn(url);
    const renew = (token: string) =>
      client.token({ grant_type: 'refresh_token', refresh_token: token, resource: `${url}/mcp` });
    const next = await renew(refresh);
    assert.equal(next.status, 200);
    assert.notEqual(next.body['refresh_token'], refresh);
    assert.equal((await listTools(url, String(next.body['access_token']))).status, 200);
    assert.equal((await listTools(url, access)).status, 200);
    const third = await renew(String(next.body['refresh_token']));
    assert.equal(third.status, 200);
    assert.equal((await renew(refresh)).body['error'], 'invalid_grant');
    assert.equal((await listTools(url, String(third.body['access_token']))).status, 401);
    assert.equal((await renew(String(third.body['refresh_token']))).body['error'], 'invalid_grant');
  },
);

test('windows of one application that renew at the same moment are given one and the same', async (t) => {
  const { url } = await bench(t);
  const { client, refresh } = await signedIn(url);
  const renew = (rest: Record<string, string> = {}) =>
    client.token({ grant_type: 'refresh_token', refresh_token: refresh, ...rest });
  const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => renew()));
  assert.equal(first?.status, 200);
  for (const other of [...others, await renew()]) assert.deepEqual(other, first);
  assert.equal((await listTools(url, String(first?.body['access_token']))).status, 200);
});

test('who shows a refresh token otherwise than the first gets nothing of what that was given', async (t) => {
  const { url } = await bench(t);
  const { client, refresh } = await signedIn(url);
  const other = await handClient(url);
  const fields = { grant_type: 'refresh_token', refresh_token: refresh };
  assert.equal((await client.token(fields)).status, 200);
  assert.equal((await other.token(fields)).body['error'], 'invalid_grant');
  assert.equal((await client.token({ ...fields, scope: 'runtime:read' })).body['error'], 'invalid_grant');
});

test('an access token lasts an hour, and a sign-in as long as the setting says', async (t) => {
  const { url } = await bench(t, { BORESCOPE_SIGN_IN_LIFETIME: '1d' });
  const { client, access, refresh } = await signedIn(url);
  const start = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: start + 3_590_000 });
  assert.equal((await listTools(url, access)).status, 200);
  t.mock.timers.setTime(start + 3_620_000);
  assert.equal((await listTools(url, access)).status, 401);
  const renewed = await client.token({ grant_type: 'refresh_token', refresh_token: refresh });
  assert.equal(renewed.status, 200);
  t.mock.timers.setTime(start + 86_500_000);
  const ended = await client.token({
    grant_type: 'refresh_token',
    refresh_token: String(renewed.body['refresh_token']),
  });
  assert.equal(ended.body['error'], 'invalid_grant');
});

test(proves('sign-in:resource', 'a token is asked for and good for this broker only'), async (t) => {
  const { url } = await bench(t);
  const client = await handClient(url);
  const page = await visitor().open(client.authorization({ resource: 'https://other.example/mcp' }).url);
  assert.equal(page.url.searchParams.get('error'), 'invalid_target');
  // The same broker by another name of this machine is another resource, as far as a client can know.
  const { access } = await signedIn(url);
  const elsewhere = url.replace('127.0.0.1', 'localhost');
  assert.equal((await listTools(elsewhere, access)).status, 401);
  assert.equal((await listTools(url, access)).status, 200);
});

test('without PKCE by S256 there is no code', async (t) => {
  const { url } = await bench(t);
  const client = await handClient(url);
  const browser = visitor();
  for (const rest of [{ code_challenge_method: 'plain' }, { code_challenge: '' }]) {
    const page = await browser.open(client.authorization(rest).url);
    assert.equal(page.url.searchParams.get('error'), 'invalid_request', JSON.stringify(rest));
  }
});

test('a person is never sent where an application is not registered', async (t) => {
  const { url } = await bench(t);
  const client = await handClient(url);
  const browser = visitor();
  const wrong = [
    'http://localhost:33123/other',
    'https://evil.example/cb',
    'http://127.0.0.1:33123/callback',
    'javascript:alert(1)',
  ];
  for (const redirect_uri of wrong) {
    const page = await browser.open(client.authorization({ redirect_uri }).url);
    assert.equal(page.status, 400, redirect_uri);
    assert.match(page.html, /asks to be sent elsewhere/);
    assert.equal(page.headers.get('location'), null);
  }
  const unknown = await browser.open(client.authorization({ client_id: 'nobody' }).url);
  assert.equal(unknown.status, 400);
  assert.match(unknown.html, /not known here/);
  const posted = await browser.open(client.authorization({ response_mode: 'form_post' }).url);
  assert.match(posted.html, /response_mode must be query/);
});

test(proves('sign-in:forms', 'a form that is not ours, or of another browser, does nothing'), async (t) => {
  const { url } = await bench(t);
  const client = await handClient(url);
  const victim = visitor();
  const page = await victim.open(client.authorization().url);
  const credentials = { email: 'ada@acme.example', password: 'correct horse battery' };
  const forged = await victim.submit(page, '/sign-in', { ...credentials, proof: 'x' });
  assert.equal(forged.status, 403);
  const other = await visitor().submit(page, '/sign-in', credentials);
  assert.equal(other.status, 400);
  assert.match(other.html, /expired/);
  const foreign = await fetch(new URL(`${page.url.pathname}/sign-in`, url), {
    method: 'POST',
    body: new URLSearchParams(credentials),
    headers: { origin: 'https://evil.example' },
  });
  assert.equal(foreign.status, 403);
});

test('a wrong password is told, and guessing is throttled', { timeout: 60_000 }, async (t) => {
  const { url } = await bench(t);
  const client = await handClient(url);
  const browser = visitor();
  const page = await browser.open(client.authorization().url);
  const wrong = { email: 'ada@acme.example', password: 'wrong <password>' };
  for (let n = 0; n < 10; n++) {
    const refused = await browser.submit(page, '/sign-in', wrong);
    assert.equal(refused.status, 401);
    assert.match(refused.html, /role="alert"/);
    assert.doesNotMatch(refused.html, /wrong &#60;password/);
  }
  const throttled = await browser.submit(page, '/sign-in', { ...wrong, password: 'correct horse battery' });
  assert.equal(throttled.status, 429);
  assert.ok(Number(throttled.headers.get('retry-after')) > 0);
});

test('registrations are throttled by address', { timeout: 60_000 }, async (t) => {
  const { url } = await bench(t);
  for (let n = 0; n < 30; n++) assert.equal((await register(url)).status, 201);
  const { status, body } = await register(url);
  assert.equal(status, 429);
  assert.equal(body['error'], 'temporarily_unavailable');
});

test('a registration that cannot be is refused with a code and a sentence', async (t) => {
  const { url } = await bench(t);
  const { status, body } = await register(url, { redirect_uris: ['http://evil.example/cb'] });
  assert.equal(status, 400);
  assert.equal(body['error'], 'invalid_redirect_uri');
  const text = await fetch(`${url}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{',
  });
  assert.equal(text.status, 400);
  const long = await fetch(`${url}/oauth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'x'.repeat(40_000) }),
  });
  assert.equal(long.status, 413);
});
