import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type TestContext, test } from 'node:test';
import Fastify from 'fastify';
import { silentLog } from '../../tests/live/silent-log.ts';
import { createPasswords } from '../src/access/passwords.ts';
import { secretsFrom } from '../src/access/secrets.ts';
import { createSignIn } from '../src/access/sign-in.ts';
import { createBaseUrl } from '../src/http/base-url.ts';
import { mountOAuth } from '../src/http/oauth-routes.ts';
import { createDocumentFetch } from '../src/oauth/client-documents.ts';
import { createOAuth } from '../src/oauth/oauth.ts';
import { createThrottle } from '../src/oauth/throttle.ts';
import { handClient, person, usersOf, visitor } from './oauth-harness.ts';
import { temporaryStore } from './temporary-store.ts';

const certificate = readFileSync(new URL('fixtures/localhost-cert.pem', import.meta.url), 'utf8');
const key = readFileSync(new URL('fixtures/localhost-key.pem', import.meta.url), 'utf8');

/** An authorization server whose internet is this machine, and a site on it that answers with these documents. */
async function bench(t: TestContext, documents: (site: string) => Record<string, object>) {
  const asked: string[] = [];
  const site = createServer({ cert: certificate, key }, (request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify(documents(origin)[request.url ?? ''] ?? {}));
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  const address = site.address();
  assert.ok(typeof address === 'object' && address !== null);
  const origin = `https://localhost:${address.port}`;
  const lookup: LookupFunction = (_host, options, callback) => {
    if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }]);
    else callback(null, '127.0.0.1', 4);
  };

  const store = await temporaryStore(t);
  await person(store);
  const { quotas } = store;
  const users = usersOf(store);
  const signIn = createSignIn({ users, passwords: createPasswords(), quotas, clock: Date.now });
  const oauth = createOAuth(
    {
      ...{ store, documents: store.documents, users, signIn, clock: Date.now, log: silentLog },
      // For the company's provider, which there is none of here.
      administration: { createUser: async () => undefined, changeUser: async () => undefined },
      audit: { record: async () => undefined },
      derive: secretsFrom(randomBytes(32)).derive,
      signInLifetime: 86_400_000,
      clientDocuments: true,
      fetchDocument: createDocumentFetch({ lookup, ca: certificate }),
    },
    createThrottle(quotas, Date.now),
  );
  const app = Fastify();
  mountOAuth(app, { oauth, baseUrl: createBaseUrl({ publicUrl: undefined, loopback: true, tls: false }) });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(async () => {
    await app.close();
    site.closeAllConnections();
    site.close();
  });
  return { url, origin, asked, oauth };
}

test('an application that is a document signs in without registering, at any port of this machine', async (t) => {
  const { url, origin, asked, oauth } = await bench(t, (site) => ({
    // As https://claude.ai/oauth/claude-code-client-metadata has it: no port, and no application type.
    '/claude-code': {
      client_id: `${site}/claude-code`,
      client_name: 'Claude Code',
      redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      logo_uri: 'https://claude.ai/logo.png',
    },
  }));
  const client = await handClient(url);
  const client_id = `${origin}/claude-code`;
  const redirect_uri = 'http://localhost:54321/callback';
  const { url: authorize, verifier } = client.authorization({ client_id, redirect_uri });
  const answer = await visitor().connect(authorize);
  assert.ok(answer.href.startsWith(redirect_uri), answer.href);
  const { status, body } = await client.redeem(answer, verifier, { client_id, redirect_uri });
  assert.equal(status, 200, JSON.stringify(body));
  const found = await oauth.authenticate(url, String(body['access_token']));
  assert.ok(found.ok && found.caller.tokenName === 'Claude Code');
  assert.deepEqual(asked, ['/claude-code'], 'it is fetched once');
});

test('a document that names another, or holds a redirect that is none, is not let in', async (t) => {
  const { url, origin } = await bench(t, (site) => ({
    '/other': { client_id: `${site}/claude-code`, redirect_uris: ['http://localhost/callback'] },
    '/plain': { client_id: `${site}/plain`, redirect_uris: ['http://evil.example/callback'] },
  }));
  const client = await handClient(url);
  for (const path of ['/other', '/plain', '/nothing']) {
    const { url: authorize } = client.authorization({ client_id: origin + path });
    const page = await visitor().open(authorize);
    assert.equal(page.status, 400, `${path}: ${page.html}`);
    assert.equal(page.headers.get('location'), null);
  }
});
