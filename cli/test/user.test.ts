import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createTokens, openEmbeddedStore } from '@borescope/server';
import { cli, temporaryDirectory } from './run-cli.ts';

test('an account is made, listed without its password, changed and removed', { timeout: 180_000 }, async (t) => {
  const at = ['--data-dir', await temporaryDirectory(t)];
  const made = await cli(['user', 'create', 'Ada@Acme.example', '--name', 'Ada', '--role', 'viewer', ...at]);
  assert.equal(made.code, 0, made.stderr);
  const password = made.stdout.trim();
  assert.match(password, /^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  assert.match(made.stderr, /^ada@acme\.example: viewer in .* shown only now/);
  const again = await cli(['user', 'create', 'ada@acme.example', ...at]);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /there is an account ada@acme\.example already/);

  const list = async () => JSON.parse((await cli(['user', 'list', '--json', ...at])).stdout).users;
  const [first] = await list();
  assert.deepEqual([first.role, first.state, first.name], ['viewer', 'first password', 'Ada']);
  assert.ok(!JSON.stringify(first).includes('scrypt'));
  assert.equal((await cli(['user', 'role', 'ADA@acme.example', 'admin', ...at])).code, 0);
  assert.equal((await cli(['user', 'disable', 'ada@acme.example', ...at])).code, 0);
  const [disabled] = await list();
  assert.deepEqual([disabled.role, disabled.state], ['admin', 'disabled']);
  assert.equal((await cli(['user', 'enable', 'ada@acme.example', ...at])).code, 0);
  const fresh = await cli(['user', 'password', 'ada@acme.example', ...at]);
  assert.notEqual(fresh.stdout.trim(), password);
  assert.equal((await cli(['user', 'sign-out', 'ada@acme.example', ...at])).code, 0);

  assert.equal((await cli(['organization', 'create', 'acme', ...at])).code, 0);
  const foreign = await cli(['user', 'remove', 'ada@acme.example', '--organization', 'acme', ...at]);
  assert.equal(foreign.code, 1);
  assert.match(foreign.stderr, /there is no account/);
  const owned = ['token', 'create', '--kind', 'mcp', '--name', 'n', '--owner', 'Ada@acme.example', '--json', ...at];
  assert.equal(JSON.parse((await cli(owned)).stdout).owner, 'ada@acme.example');
  assert.equal((await cli(['user', 'remove', 'ada@acme.example', ...at])).code, 0);
  assert.deepEqual(await list(), []);
  assert.match((await cli(owned)).stderr, /there is no (such )?account/);
});

test('what a name holds is seen in a terminal, and does nothing there', { timeout: 60_000 }, async (t) => {
  const dataDir = await temporaryDirectory(t);
  const at = ['--data-dir', dataDir];
  const name = 'a\u001b[2K\rtok_0\nadmin\u202e\u{e0041}';
  assert.equal((await cli(['token', 'create', '--kind', 'mcp', '--name', name, ...at])).code, 2);
  // As versions before have taken them.
  const store = await openEmbeddedStore({ dataDir, now: Date.now, use: 'administration' });
  const tokens = createTokens({ store, clock: Date.now, random: randomBytes });
  await tokens.create({ organization: 'default', kind: 'mcp', name });
  await store.close();
  const { stdout } = await cli(['token', 'list', ...at]);
  assert.equal(stdout.trimEnd().split('\n').length, 2);
  assert.match(stdout, /a\\u001b\[2K\\u000dtok_0\\u000aadmin\\u202e\\udb40\\udc41$/m);
  const json = (await cli(['token', 'list', '--json', ...at])).stdout;
  assert.ok(!json.includes('\u001b') && !json.includes('\u202e'));
  assert.equal(JSON.parse(json).tokens[0].name, name);
});

const wrong: [string, string[], RegExp][] = [
  ['an address that is none', ['user', 'create', 'ada'], /no e-mail address/],
  ['a role that is none', ['user', 'create', 'a@b.example', '--role', 'root'], /viewer, developer, admin/],
  [
    'an owner of an agent token',
    ['token', 'create', '--kind', 'agent', '--name', 'n', '--owner', 'a@b.example'],
    /agent token/,
  ],
];
for (const [what, args, message] of wrong) {
  test(`${what} is wrong usage`, async () => {
    const { code, stderr } = await cli(args);
    assert.equal(code, 2);
    assert.match(stderr, message);
  });
}
