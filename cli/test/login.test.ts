import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Visitor, visitor } from '../../server/test/oauth-harness.ts';
import { proves } from '../../tests/proves.ts';
import { cli, type Finished, serve, start, temporaryDirectory } from './run-cli.ts';

test(proves(
  'sign-in:terminal',
  'a person signs in at a terminal with a browser, and the commands need no token then',
), { timeout: 120_000 }, async (t) => {
  const { url, dataDir } = await serve(t);
  const home = await temporaryDirectory(t);
  const env = { XDG_CONFIG_HOME: home, BORESCOPE_URL: url };
  const made = await cli(['user', 'create', 'ada@acme.example', '--data-dir', dataDir]);
  const before = await cli(['runtimes'], env);
  assert.equal(before.code, 2);
  assert.match(before.stderr, /borescope login/);

  const login = start(['login'], env);
  let said = '';
  login.child.stderr.on('data', (chunk: string) => {
    said += chunk;
  });
  await login.says(/confirm the code/);
  const link = /https?:\S+/.exec(said)?.[0] ?? '';
  const code = /the code (\S+)/.exec(said)?.[1] ?? '';
  const browser = visitor();
  const typed = await browser.open(link);
  assert.ok(typed.html.includes(`value="${code}"`), typed.html);
  const wrong = await browser.submit(typed, '/oauth/device', { user_code: 'BBBB-BBBB' });
  assert.match(wrong.html, /no such code/);
  const asked = await browser.submit(wrong, '/oauth/device', { user_code: code });
  assert.ok(asked.html.includes(code) && asked.html.includes('Is this your terminal?'));
  const page = await browser.submit(asked, '/oauth/device', { confirm: 'yes' });
  const password = made.stdout.trim();
  const choose = await browser.submit(page, '/sign-in', { email: 'ada@acme.example', password });
  const own = { new: 'a password of my own', again: 'a password of my own' };
  const consent = await browser.submit(choose, '/password', own);
  assert.match(consent.html, /Borescope command line/);
  const done = await browser.submit(consent, '/consent', { answer: 'allow' });
  assert.match(done.html, /Signed in/);
  const signedIn = await login.finished;
  assert.equal(signedIn.code, 0, signedIn.stderr);

  const file = join(home, 'borescope', 'sign-ins.json');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await cli(['runtimes'], env)).code, 0);

  // Two at once, when the access token is over: one renews, and the other waits for it.
  const saved = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ [url]: { ...saved[url], expiresAt: 0 } }));
  const both = await Promise.all([cli(['runtimes'], env), cli(['runtimes'], env)]);
  assert.deepEqual(
    both.map(({ code: exit }) => exit),
    [0, 0],
    both.map(({ stderr }) => stderr).join(),
  );
  assert.notEqual(JSON.parse(await readFile(file, 'utf8'))[url].refreshToken, saved[url].refreshToken);

  const out = await cli(['logout'], env);
  assert.equal(out.code, 0);
  assert.match(out.stdout, /signed out at/);
  assert.equal((await cli(['runtimes'], env)).code, 2);
  // The broker has ended it, too.
  await writeFile(file, JSON.stringify({ [url]: saved[url] }));
  const ended = await cli(['runtimes'], env);
  assert.equal(ended.code, 1);
  assert.equal(ended.stderr, `borescope: the sign-in at ${url} has ended: borescope login\n`);
});

/** Signs in at a terminal, in a browser in which the person is signed in or does it with these. */
async function loggedIn(
  args: string[],
  env: Record<string, string>,
  browser: Visitor,
  { email, password, chosen }: { email: string; password: string; chosen: string },
): Promise<Finished> {
  const login = start(['login', ...args], env);
  let said = '';
  login.child.stderr.on('data', (chunk: string) => {
    said += chunk;
  });
  await login.says(/confirm the code/);
  const typed = await browser.open(/https?:\S+/.exec(said)?.[0] ?? '');
  const asked = await browser.submit(typed, '/oauth/device', { user_code: /the code (\S+)/.exec(said)?.[1] ?? '' });
  let page = await browser.submit(asked, '/oauth/device', { confirm: 'yes' });
  if (page.html.includes('/sign-in"')) {
    page = await browser.submit(page, '/sign-in', { email, password });
    page = await browser.submit(page, '/password', { new: chosen, again: chosen });
  }
  await browser.submit(page, '/consent', { answer: 'allow' });
  return login.finished;
}

test(proves(
  'sign-in:terminal',
  'who has signed in to administer needs no token with --broker, and who has not is told',
), {
  timeout: 120_000,
}, async (t) => {
  const { url, dataDir } = await serve(t);
  const home = await temporaryDirectory(t);
  const env = { XDG_CONFIG_HOME: home };
  const email = 'ada@acme.example';
  const made = await cli(['user', 'create', email, '--role', 'admin', '--data-dir', dataDir]);
  const ada = { email, password: made.stdout.trim(), chosen: 'a password of my own' };
  const at = ['--broker', url];
  const policy = join(home, 'policy.json');
  await writeFile(policy, JSON.stringify({ limits: { max_hits: 5 } }));

  const nobody = await cli(['policy', 'show', ...at], env);
  assert.equal(nobody.code, 2);
  assert.match(nobody.stderr, /BORESCOPE_ADMIN_TOKEN.*borescope login --admin/);

  const browser = visitor();
  assert.equal((await loggedIn(['--url', url], env, browser, ada)).code, 0);
  assert.equal((await cli(['policy', 'show', ...at], env)).code, 0);
  const lacking = await cli(['policy', 'set', policy, ...at], env);
  assert.equal(lacking.code, 1);
  assert.ok(lacking.stderr.endsWith(`borescope login --admin --url ${url}\n`), lacking.stderr);

  const file = join(home, 'borescope', 'sign-ins.json');
  const replaced = JSON.parse(await readFile(file, 'utf8'))[url];
  assert.equal((await loggedIn(['--admin', '--url', url], env, browser, ada)).code, 0);
  const { status } = await fetch(`${url}/api/me`, { headers: { authorization: `Bearer ${replaced.accessToken}` } });
  assert.equal(status, 401);
  const set = await cli(['policy', 'set', policy, ...at], env);
  assert.equal(set.code, 0, set.stderr);
  const told = JSON.parse((await cli(['audit', 'export', ...at], env)).stdout.split('\n').at(-3) ?? '');
  assert.deepEqual([told.act, told.by.user, told.by.name], ['policy.change', email, 'Borescope command line']);

  // Renewed as for the tools; and a token that is set goes before it.
  const saved = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ [url]: { ...saved[url], expiresAt: 0 } }));
  const shown = await cli(['policy', 'show', ...at], env);
  assert.deepEqual([shown.code, JSON.parse(shown.stdout)], [0, { limits: { max_hits: 5 } }], shown.stderr);
  assert.notEqual(JSON.parse(await readFile(file, 'utf8'))[url].refreshToken, saved[url].refreshToken);
  const wrong = await cli(['policy', 'show', ...at], { ...env, BORESCOPE_ADMIN_TOKEN: 'bore_adm_x' });
  assert.match(wrong.stderr, /mistyped/);
  const other = await cli(['policy', 'show', ...at, '--organization', 'acme'], env);
  assert.match(other.stderr, /the sign-in at \S+ is of the organization default, not of acme/);

  await cli(['user', 'role', email, 'viewer', '--data-dir', dataDir]);
  const low = await cli(['policy', 'set', policy, ...at], env);
  assert.equal(low.code, 1);
  assert.match(low.stderr, /the role viewer does not allow this/);
  const less = await loggedIn(['--admin', '--url', url], env, browser, ada);
  assert.equal(less.code, 1);
  assert.match(less.stderr, /the account may not administer/);
  assert.equal((await cli(['policy', 'show', ...at], env)).code, 0);
});

test('a sign-in that is cancelled in the browser ends with words', { timeout: 60_000 }, async (t) => {
  const { url } = await serve(t);
  const login = start(['login', '--url', url], { XDG_CONFIG_HOME: await temporaryDirectory(t) });
  let said = '';
  login.child.stderr.on('data', (chunk: string) => {
    said += chunk;
  });
  await login.says(/confirm the code/);
  const browser = visitor();
  const typed = await browser.open(/https?:\S+/.exec(said)?.[0] ?? '');
  const asked = await browser.submit(typed, '/oauth/device', { user_code: /the code (\S+)/.exec(said)?.[1] ?? '' });
  await browser.submit(asked, '/oauth/device', { abort: 'yes' });
  const { code, stderr } = await login.finished;
  assert.equal(code, 1);
  assert.match(stderr, /cancelled in the browser/);
});

test('signing in goes over TLS, but on this machine', async () => {
  for (const url of ['http://borescope.example', 'http://127.borescope.example']) {
    const { code, stderr } = await cli(['login', '--url', url]);
    assert.equal(code, 2);
    assert.match(stderr, /https:\/\/ only/);
  }
});
