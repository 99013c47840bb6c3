import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../../tests/live/silent-log.ts';
import { proves } from '../../tests/proves.ts';
import { openSecrets } from '../src/access/secrets.ts';
import type { Users } from '../src/access/users.ts';
import { createAudit } from '../src/audit/audit.ts';
import { agentPeer, armNext, bearer, runtime, testBroker } from './broker-harness.ts';
import { handClient, PASSWORD, person, signedIn, usersOf, visitor } from './oauth-harness.ts';

async function bench(t: TestContext) {
  const test = await testBroker(t);
  const user = await person(test.broker.store);
  const users = usersOf(test.broker.store);
  const change = (given: Parameters<typeof users.change>[2]) => users.change(user.organization, user.id, given);
  const status = async (token: string) => {
    const response = await fetch(`${test.url}/mcp`, {
      method: 'POST',
      headers: { ...bearer(token), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
    });
    return { status: response.status, text: await response.text() };
  };
  return { ...test, user, users, change, status };
}

test(proves('sign-in:checked', 'what becomes of a person holds for the next call of their applications'), async (t) => {
  const { url, change, status, users, user } = await bench(t);
  const { access, client, refresh } = await signedIn(url);
  assert.match((await status(access)).text, /capture_snapshot/);
  await change({ role: 'viewer' });
  assert.doesNotMatch((await status(access)).text, /capture_snapshot/);
  await change({ role: 'developer', disabled: true });
  assert.equal((await status(access)).status, 401);
  assert.equal(
    (await client.token({ grant_type: 'refresh_token', refresh_token: refresh })).body['error'],
    'invalid_grant',
  );
  await change({ disabled: undefined });
  assert.equal((await status(access)).status, 200);
  await users.remove(user.organization, user.id);
  assert.equal((await status(access)).status, 401);
});

test('signing somebody out ends their applications and sessions, and they can sign in again', async (t) => {
  const { url, change, status } = await bench(t);
  const browser = visitor();
  const { access, client, refresh } = await signedIn(url, { browser });
  const { url: authorize, verifier } = client.authorization();
  const code = await browser.connect(authorize);
  await change({ signedOutAt: Date.now() + 1 });
  assert.equal((await status(access)).status, 401);
  // So that the client signs its person in again, and does not go on with tokens that nothing takes.
  const renewed = await client.token({ grant_type: 'refresh_token', refresh_token: refresh });
  assert.equal(renewed.body['error'], 'invalid_grant');
  assert.equal((await client.redeem(code, verifier)).body['error'], 'invalid_grant');
  const page = await browser.open(client.authorization().url);
  assert.match(page.html, /\/sign-in"/);
});

test('a person who is bound to a service sees that one only', async (t) => {
  const { url, change, token } = await bench(t);
  const { access } = await signedIn(url);
  const { token: agent } = await token({ kind: 'agent' });
  await agentPeer(t, url, agent, runtime('rt_shop1'));
  await agentPeer(t, url, agent, runtime('rt_billing1', { service: 'billing' }));
  const list = async () => {
    const response = await fetch(`${url}/mcp`, {
      method: 'POST',
      headers: { ...bearer(access), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'list_runtimes', arguments: {} },
      }),
    });
    return response.text();
  };
  assert.match(await list(), /rt_shop1[\s\S]*rt_billing1|rt_billing1[\s\S]*rt_shop1/);
  await change({ services: ['billing'] });
  const bound = await list();
  assert.ok(bound.includes('rt_billing1') && !bound.includes('rt_shop1'));
});

const ends: [string, Parameters<Users['change']>[2]][] = [
  ['is disabled', { disabled: true }],
  ['has another role', { role: 'viewer' }],
  ['is bound to something else', { services: ['billing'] }],
];
for (const [what, changed] of ends) {
  const sentence = `an open stream of an application closes within a second when its person ${what}`;
  test(proves('sign-in:streams', sentence), { timeout: 30_000 }, async (t) => {
    const { url, change, token } = await bench(t);
    const { access } = await signedIn(url);
    const { token: agent } = await token({ kind: 'agent' });
    const peer = await agentPeer(t, url, agent, runtime('rt_shop1'));
    const waiting = await fetch(`${url}/mcp`, {
      method: 'POST',
      headers: { ...bearer(access), 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: {
          name: 'capture_snapshot',
          arguments: { runtimes: { service: 'shop' }, file: 'src/cart.ts', line: 7, wait_seconds: 60 },
          _meta: { progressToken: 'p' },
        },
      }),
    });
    await armNext(peer);
    const broken = assert.rejects(waiting.text());
    const from = performance.now();
    await change(changed);
    await broken;
    assert.ok(performance.now() - from < 5_000);
  });
}

test('a person disconnects an application on the account page, and others stay', async (t) => {
  const { url, status } = await bench(t);
  const browser = visitor();
  const first = await signedIn(url, { browser, client: await handClient(url, { client_name: 'First' }) });
  const second = await signedIn(url, { browser, client: await handClient(url, { client_name: 'Second' }) });
  const account = await browser.open(`${url}/oauth/account`);
  assert.ok(account.html.includes('First, since') && account.html.includes('Second, since'));
  const done = await browser.submit(account, '/account/disconnect');
  // They are listed by the second in which they were let in, and that may be the same one.
  const ended = /Disconnected (First|Second)/.exec(done.html)?.[1] === 'First' ? first : second;
  assert.ok(done.html.includes('Disconnected'));
  assert.equal((await status(ended.access)).status, 401);
  assert.equal((await status((ended === first ? second : first).access)).status, 200);
  const other = visitor();
  const forged = await other.open(`${url}/oauth/account`);
  assert.match(forged.html, /\/sign-in"/);
});

test('the account page asks who has no session to sign in, and signs out', async (t) => {
  const { url } = await bench(t);
  const browser = visitor();
  const page = await browser.open(`${url}/oauth/account`);
  const account = await browser.submit(page, '/sign-in', { email: 'ada@acme.example', password: PASSWORD });
  assert.match(account.html, /Your account/);
  const out = await browser.submit(account, '/account/sign-out');
  assert.match(out.html, /Signed out/);
  assert.match((await browser.open(`${url}/oauth/account`)).html, /\/sign-in"/);
});

test('who signs in with the password of an administrator chooses another first', async (t) => {
  const { url, change, users } = await bench(t);
  await change({ passwordIsTemporary: true });
  const client = await handClient(url);
  const browser = visitor();
  const page = await browser.open(client.authorization().url);
  const choose = await browser.submit(page, '/sign-in', { email: 'ada@acme.example', password: PASSWORD });
  assert.match(choose.html, /password of your own/);
  assert.match((await browser.submit(choose, '/password', { new: 'x', again: 'y' })).html, /not the same/);
  assert.match((await browser.submit(choose, '/password', { new: 'short', again: 'short' })).html, /at least 12/);
  const fresh = 'a password of my own';
  const stolen = visitor();
  await stolen.open(client.authorization().url);
  const consent = await browser.submit(choose, '/password', { new: fresh, again: fresh });
  assert.match(consent.html, /\/consent"/);
  assert.equal((await users.byEmail('ada@acme.example'))?.passwordIsTemporary, undefined);
  const again = await browser.submit(choose, '/password', { new: 'another of my own', again: 'another of my own' });
  assert.doesNotMatch(again.html, /\/consent"/);
});

test('a changed password signs out everywhere, and the old one is no good', async (t) => {
  const { url, status } = await bench(t);
  const browser = visitor();
  const { access, client } = await signedIn(url, { browser });
  const account = await browser.open(`${url}/oauth/account`);
  const fresh = 'another password of mine';
  const wrong = await browser.submit(account, '/account/password', { password: 'wrong', new: fresh, again: fresh });
  assert.match(wrong.html, /now is another/);
  const changed = await browser.submit(account, '/account/password', { password: PASSWORD, new: fresh, again: fresh });
  assert.match(changed.html, /is changed/);
  assert.equal((await status(access)).status, 401);
  const page = await browser.open(client.authorization().url);
  const old = await browser.submit(page, '/sign-in', { email: 'ada@acme.example', password: PASSWORD });
  assert.equal(old.status, 401);
});

test('somebody else at the same browser gets their own account, and not the one before', async (t) => {
  const { url, broker } = await bench(t);
  await person(broker.store, { email: 'bob@acme.example', name: 'Bob' });
  const browser = visitor();
  const { client } = await signedIn(url, { browser });
  const page = await browser.open(client.authorization().url);
  const again = await browser.submit(page, '/other-account');
  const consent = await browser.submit(again, '/sign-in', { email: 'bob@acme.example', password: PASSWORD });
  assert.match(consent.html, /Bob \(bob@acme\.example\)/);
  const login = await browser.open(client.authorization({ prompt: 'login' }).url);
  const back = await browser.submit(login, '/sign-in', { email: 'ada@acme.example', password: PASSWORD });
  assert.match(back.html, /Ada \(ada@acme\.example\)/);
});

test('sign-ins, refused ones and applications are in the audit, without any secret', async (t) => {
  const { url, broker } = await bench(t);
  const browser = visitor();
  const client = await handClient(url);
  const page = await browser.open(client.authorization().url);
  await browser.submit(page, '/sign-in', { email: 'ada@acme.example', password: 'a wrong password' });
  const { access } = await signedIn(url, { browser, client });
  await browser.submit(await browser.open(`${url}/oauth/account`), '/account/disconnect');
  const { store } = broker;
  const secrets = await openSecrets({ documents: store.documents });
  const audit = createAudit({ store: store.audit, secrets, now: Date.now, log: silentLog });
  const texts: string[] = [];
  for await (const entry of audit.entries('default')) texts.push(JSON.stringify(entry));
  for (const act of ['user.sign-in-refuse', 'user.sign-in', 'application.connect', 'application.disconnect']) {
    const told = texts.find((text) => text.includes(`${act}\\"`));
    assert.ok(told?.includes('ada@acme.example') && told.includes('127.0.0.1'), `${act}: ${texts.join('\n')}`);
  }
  for (const secret of ['a wrong password', PASSWORD, access]) assert.ok(!texts.join().includes(secret));
});
