import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { proves } from '../../tests/proves.ts';
import { bearer, testBroker } from './broker-harness.ts';
import { handClient, person, REDIRECT, type Seen, usersOf, visitor } from './oauth-harness.ts';

const SECRET = 'a secret of the company';
const ada = { email: 'Ada@acme.example', email_verified: true, name: 'Ada Lovelace', groups: ['staff', 'engineering'] };
const PEOPLE = {
  ada,
  'another-ada': { ...ada, name: 'Another Ada' },
  guest: { email: 'guest@acme.example', email_verified: true, groups: ['guests'] },
  unverified: { ...ada, email_verified: false },
};

/** A real provider in a process of its own; its issuer. */
async function companyProvider(t: TestContext, environment: Record<string, string> = {}): Promise<string> {
  const file = fileURLToPath(new URL('fixtures/company-provider.mjs', import.meta.url));
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env['PATH'], PEOPLE: JSON.stringify(PEOPLE), CLIENT_SECRET: SECRET, ...environment },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  t.after(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  });
  assert.ok(child.stdout !== null);
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('http://')) return line;
  }
  throw new Error('the provider did not start');
}

/** `environment`: of the provider; `settings`: of the broker. */
async function bench(t: TestContext, environment: Record<string, string> = {}, settings: Record<string, string> = {}) {
  const issuer = await companyProvider(t, environment);
  const test = await testBroker(t, {
    BORESCOPE_OIDC_ISSUER: issuer,
    BORESCOPE_OIDC_CLIENT_ID: 'borescope',
    BORESCOPE_OIDC_CLIENT_SECRET: SECRET,
    BORESCOPE_OIDC_SCOPES: 'openid email profile groups',
    BORESCOPE_OIDC_ROLES: 'borescope-admins=admin,engineering=developer',
    ...settings,
  });
  const client = await handClient(test.url);
  const browser = visitor();

  /** From the application to the provider, through its own pages, and back at ours. */
  async function signInAs(name: string, from = client.authorization().url): Promise<Seen> {
    const away = await browser.open(from);
    assert.equal(away.url.origin, issuer);
    let page = await browser.open(away.url);
    for (let n = 0; n < 3 && page.html.includes('name="prompt"'); n++) {
      page = await browser.submit(page, '', { login: name, password: 'any' });
      if (page.url.origin === issuer) continue;
    }
    assert.equal(page.url.pathname, '/oauth/upstream');
    return browser.open(page.url);
  }

  return { ...test, issuer, client, browser, signInAs, users: usersOf(test.broker.store) };
}

test(proves('sign-in:company', "a person signs in at the company's provider, with the role of their groups"), {
  timeout: 60_000,
}, async (t) => {
  const { url, client, browser, signInAs, users, log } = await bench(t);
  const { url: authorize, verifier } = client.authorization();
  const consent = await signInAs('ada', authorize);
  assert.match(consent.html, /Ada Lovelace \(ada@acme\.example\), developer/);
  const answer = (await browser.submit(consent, '/consent', { answer: 'allow' })).url;
  assert.ok(answer.href.startsWith(REDIRECT));
  const { body } = await client.redeem(answer, verifier);
  const listed = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      ...bearer(String(body['access_token'])),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
  });
  assert.match(await listed.text(), /capture_snapshot/);
  const user = await users.byEmail('ada@acme.example');
  assert.deepEqual([user?.role, user?.upstream?.subject, user?.passwordHash], ['developer', 'ada', undefined]);
  assert.ok(!log().includes(SECRET));
});

test('accounts that are made and roles that are changed by the provider are in the audit', {
  timeout: 60_000,
}, async (t) => {
  const { broker, users, client, signInAs } = await bench(t);
  const signIn = () => signInAs('ada', client.authorization({ prompt: 'login' }).url);
  await signIn();
  const user = await users.byEmail('ada@acme.example');
  assert.ok(user !== undefined);
  await users.change('default', user.id, { role: 'admin' });
  const entries = async () => {
    const acts: string[] = [];
    for await (const { text } of broker.controls.audit.entries('default')) {
      const { act, by, what } = JSON.parse(text);
      if (/^user\./.test(act)) acts.push(`${act} ${by.id} ${by.address} ${what.role ?? ''}`);
    }
    return acts;
  };
  const ada = 'ada@acme.example 127.0.0.1';
  const before = [`user.create ${ada} developer`, `user.sign-in ${ada} `];
  assert.deepEqual(await entries(), before);
  await signIn();
  assert.deepEqual(await entries(), [...before, `user.change ${ada} developer`, `user.sign-in ${ada} `]);
  await signIn();
  assert.deepEqual((await entries()).slice(4), [`user.sign-in ${ada} `]);
});

test('a provider that wants the secret in the body has it there', { timeout: 60_000 }, async (t) => {
  const { signInAs } = await bench(t, { AUTH_METHOD: 'client_secret_post' });
  assert.match((await signInAs('ada')).html, /Ada Lovelace/);
});

test('what the id token does not hold is asked for, and nothing where it holds all', { timeout: 60_000 }, async (t) => {
  const people = JSON.stringify({ ada: { ...ada, tenant: 'default' } });
  const verifiedApart = await bench(t, { PEOPLE: people, APART: 'email_verified' });
  assert.match((await verifiedApart.signInAs('ada')).html, /Ada Lovelace/);
  const settings = { BORESCOPE_OIDC_ORGANIZATION_CLAIM: 'tenant' };
  // This provider fails where it is asked for more than it has.
  const nothingApart = await bench(t, { PEOPLE: people, APART: '' }, settings);
  assert.match((await nothingApart.signInAs('ada')).html, /Ada Lovelace/);
});

const refused: [string, string, RegExp][] = [
  ['who has no role', 'guest', /guest@acme\.example has no role here/],
  ['whose address is not verified', 'unverified', /not say that your e-mail address is verified/],
];
for (const [who, name, words] of refused) {
  test(`somebody ${who} is refused in words, and gets no account`, { timeout: 60_000 }, async (t) => {
    const { signInAs, users } = await bench(t);
    const page = await signInAs(name);
    assert.equal(page.status, 403);
    assert.match(page.html, words);
    assert.deepEqual(await users.list('default'), []);
  });
}

test('who is given the address of somebody else does not get their account', { timeout: 60_000 }, async (t) => {
  const { users, signInAs, issuer } = await bench(t);
  const upstream = { issuer, subject: 'ada' };
  await users.create({ organization: 'default', email: 'ada@acme.example', name: 'Ada', role: 'admin', upstream });
  const page = await signInAs('another-ada');
  assert.equal(page.status, 403);
  assert.match(page.html, /account of somebody else/);
});

test('a disabled account stays disabled, and one of another organization is none of this one', {
  timeout: 60_000,
}, async (t) => {
  const { users, signInAs, broker, client } = await bench(t);
  const made = await users.create({ organization: 'default', email: 'ada@acme.example', name: 'Ada', role: 'admin' });
  await users.change('default', made?.id ?? '', { disabled: true });
  assert.match((await signInAs('ada')).html, /is disabled/);
  await users.remove('default', made?.id ?? '');
  await broker.store.organizations.create({ id: 'org_acme', name: 'acme', createdAt: 0 });
  await users.create({ organization: 'org_acme', email: 'ada@acme.example', name: 'Ada', role: 'admin' });
  const again = await signInAs('ada', client.authorization({ prompt: 'login' }).url);
  assert.match(again.html, /belongs to another organization/);
});

test('with a provider of the company passwords are no way in', { timeout: 60_000 }, async (t) => {
  const { client, browser, broker, issuer } = await bench(t);
  await person(broker.store);
  const away = await browser.open(client.authorization().url);
  assert.equal(away.url.origin, issuer);
});

test('an answer of the provider is good once, and in the browser that asked', { timeout: 60_000 }, async (t) => {
  const { url, client, browser, issuer } = await bench(t);
  const away = await browser.open(client.authorization().url);
  let page = await browser.open(away.url);
  page = await browser.submit(page, '', { login: 'ada', password: 'any' });
  page = page.url.origin === issuer ? await browser.submit(page, '') : page;
  const back = page.url;
  assert.equal(back.pathname, '/oauth/upstream');
  const thief = visitor();
  assert.match((await thief.open(back)).html, /expired/);
  assert.match((await browser.open(back)).html, /\/consent"/);
  assert.match((await browser.open(back)).html, /expired/);
  assert.match((await browser.open(`${url}/oauth/upstream?state=made-up&code=x`)).html, /expired/);
});

test('a provider that does not answer is told to the person', { timeout: 60_000 }, async (t) => {
  const { url } = await testBroker(t, {
    BORESCOPE_OIDC_ISSUER: 'http://127.0.0.1:1',
    BORESCOPE_OIDC_CLIENT_ID: 'borescope',
    BORESCOPE_OIDC_CLIENT_SECRET: SECRET,
    BORESCOPE_OIDC_ROLES: 'a=admin',
  });
  const page = await visitor().open((await handClient(url)).authorization().url);
  assert.equal(page.status, 502);
  assert.match(page.html, /does not answer/);
});
