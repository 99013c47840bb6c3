import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import { testBroker } from '../../server/test/broker-harness.ts';
import { handClient, PASSWORD, person } from '../../server/test/oauth-harness.ts';
import { livePage, noBrowser } from '../live/browser.ts';
import { proves } from '../proves.ts';

/** An application that waits for the person to come back. */
async function application(t: TestContext): Promise<{ redirect: string; answered: Promise<URL> }> {
  let answer = (_url: URL) => {};
  const answered = new Promise<URL>((resolve) => {
    answer = resolve;
  });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/callback') answer(url);
    response.setHeader('content-type', 'text/html').end('<p>You can close this window.</p>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return { redirect: `http://127.0.0.1:${address.port}/callback`, answered };
}

test(proves('sign-in:browser', 'a person signs in, lets an application in, and changes the password, in a browser'), {
  skip: noBrowser,
  timeout: 120_000,
}, async (t) => {
  const { url, broker } = await testBroker(t);
  await person(broker.store, { passwordIsTemporary: true });
  const { redirect, answered } = await application(t);
  const client = await handClient(url, { client_name: 'Claude Code', redirect_uris: [redirect] });
  const page = await livePage();
  t.after(() => page.close());

  const { url: authorize, verifier } = client.authorization({ redirect_uri: redirect });
  await page.open(authorize);
  assert.match(await page.text(), /Claude Code wants to connect/);
  await page.type('email', 'ada@acme.example');
  await page.type('password', 'a wrong password');
  await page.press('Sign in');
  assert.match(await page.text(), /E-mail or password is wrong/);
  assert.equal(await page.evaluate('document.getElementById("email").value'), 'ada@acme.example');
  await page.type('password', PASSWORD);
  await page.press('Sign in');
  assert.match(await page.text(), /Choose a password of your own/);
  await page.type('new', 'a password of my own');
  await page.type('again', 'a password of my own');
  await page.press('Go on');
  const consent = await page.text();
  assert.match(consent, /Connect Claude Code\?/);
  assert.ok(consent.includes(`this computer (${new URL(redirect).host})`), consent);
  assert.equal(await page.evaluate('document.scripts.length'), 0);
  assert.equal(await page.evaluate('getComputedStyle(document.querySelector("main")).borderRadius'), '12px');
  await page.press('Allow');
  assert.match(await page.text(), /You can close this window/);
  const { status } = await client.redeem(await answered, verifier, { redirect_uri: redirect });
  assert.equal(status, 200);

  await page.open(`${url}/oauth/account`);
  assert.match(await page.text(), /Claude Code, since/);
  await page.press('Disconnect');
  assert.match(await page.text(), /Disconnected Claude Code/);
  await page.press('Sign out of this browser');
  assert.match(await page.text(), /Signed out/);
  await page.open(`${url}/oauth/account`);
  assert.match(await page.text(), /Password/);
  assert.deepEqual(
    page.complaints.filter((text) => /Content Security Policy|Refused/.test(text)),
    [],
  );
});
