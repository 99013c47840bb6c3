import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openEmbeddedStore } from '@borescope/server';
import { proves } from '../../tests/proves.ts';
import { cli, createToken, temporaryDirectory } from './run-cli.ts';

test(proves('tokens:stored', 'a token is made, listed without its text, rotated and revoked'), async (t) => {
  const dir = await temporaryDirectory(t);
  const at = ['--data-dir', dir];
  const made = await cli([
    'token',
    'create',
    '--kind',
    'mcp',
    '--name',
    'me',
    '--services',
    'a,b',
    '--expires',
    '30d',
    ...at,
  ]);
  assert.equal(made.code, 0);
  const text = made.stdout.trim();
  assert.match(text, /^bore_mcp_\S{39}$/);
  assert.match(made.stderr, /shown only now/);
  assert.ok(made.stderr.includes(` in ${at[1]}. `), made.stderr);

  const listed = await cli(['token', 'list', '--json', ...at]);
  const [record] = JSON.parse(listed.stdout).tokens;
  assert.ok(!listed.stdout.includes(text));
  assert.ok(!('hash' in record));
  assert.equal(record.role, 'developer');
  assert.deepEqual(record.services, ['a', 'b']);
  assert.equal(record.state, 'active');

  const rotated = await cli(['token', 'rotate', record.id, '--overlap', '0s', '--json', ...at]);
  const next = JSON.parse(rotated.stdout);
  assert.notEqual(next.token, text);
  assert.equal(next.previous.state, 'revoked');
  assert.deepEqual(next.services, ['a', 'b']);

  assert.equal((await cli(['token', 'revoke', next.id, ...at])).code, 0);
  const after = await cli(['token', 'list', ...at]);
  assert.equal(after.stdout.match(/revoked/g)?.length, 2);
});

test('a token of an agent has no role', async (t) => {
  const at = ['--data-dir', await temporaryDirectory(t)];
  const made = await cli(['token', 'create', '--kind', 'agent', '--name', 'shop', '--json', ...at]);
  assert.ok(!('role' in JSON.parse(made.stdout)), made.stdout);
  assert.match((await cli(['token', 'list', ...at])).stdout, /\bagent +- +active\b/);
});

test('what a newer version has written can be replaced, and until then the command says how', async (t) => {
  const dir = await temporaryDirectory(t);
  const at = ['--data-dir', dir];
  await createToken(dir, 'admin');
  const store = await openEmbeddedStore({ dataDir: dir, now: Date.now, use: 'administration' });
  for (const kind of ['policy', 'quotas']) {
    await store.documents.put('default', kind, { id: 'current', value: { of_a_newer_version: true } }, 0);
  }
  await store.close();
  const policy = await cli(['policy', 'show', ...at]);
  assert.equal(policy.code, 1);
  assert.match(policy.stderr, /newer version that has written it, or replace it .* borescope policy set FILE/);
  const file = join(dir, 'policy.json');
  await writeFile(file, '{"limits":{"max_hits":5}}');
  assert.equal((await cli(['policy', 'set', file, ...at])).code, 0);
  assert.match((await cli(['policy', 'show', ...at])).stdout, /"max_hits": 5/);

  const quota = await cli(['quota', 'set', 'token.live_actions=5', ...at]);
  assert.equal(quota.code, 1);
  assert.match(quota.stderr, /borescope quota set --from-defaults/);
  assert.equal((await cli(['quota', 'set', ...at])).code, 2);
  assert.equal((await cli(['quota', 'set', '--from-defaults', 'token.live_actions=5', ...at])).code, 0);
  assert.match((await cli(['quota', 'show', ...at])).stdout, /token\.live_actions +5/);
});

test('organizations are made once, and tokens belong to one', async (t) => {
  const dir = await temporaryDirectory(t);
  const at = ['--data-dir', dir];
  assert.equal((await cli(['organization', 'create', 'acme', ...at])).code, 0);
  const again = await cli(['organization', 'create', 'acme', ...at]);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /already/);
  const listed = JSON.parse((await cli(['organization', 'list', '--json', ...at])).stdout);
  assert.deepEqual(listed.organizations.map(({ name }: { name: string }) => name).toSorted(), ['acme', 'default']);
  const { id } = await createToken(dir, 'mcp', 'acme');
  const foreign = await cli(['token', 'revoke', id, ...at]);
  assert.equal(foreign.code, 1);
  assert.match(foreign.stderr, /there is no such token/);
  assert.equal((await cli(['token', 'revoke', id, '--organization', 'acme', ...at])).code, 0);
});

const wrong: [string, string[], RegExp][] = [
  ['an unknown command', ['peek'], /unknown command/],
  ['an unknown flag', ['serve', '--fast'], /unknown option/],
  ['a kind that is none', ['token', 'create', '--kind', 'x', '--name', 'n'], /mcp, agent, admin/],
  ['a role for an agent', ['token', 'create', '--kind', 'agent', '--name', 'n', '--role', 'admin'], /has no role/],
  ['a time without a unit', ['token', 'create', '--kind', 'mcp', '--name', 'n', '--expires', '30'], /30d/],
  ['an empty name in a list', ['token', 'create', '--kind', 'mcp', '--name', 'n', '--services', 'a,,b'], /none empty/],
  ['a name of an organization with a space', ['organization', 'create', 'a b'], /1 to 63/],
  [
    'a blank name of a token',
    ['token', 'create', '--kind', 'mcp', '--name', '   '],
    /--name: 1 to 128 .* all of which are seen/,
  ],
  ['a name with what is not seen', ['user', 'create', 'a@b.cd', '--name', 'a\u202eb'], /--name: 1 to 128/],
  [
    'a blank name of a first token',
    ['organization', 'create', 'a', '--admin-token', '\u3164'],
    /--admin-token: 1 to 128/,
  ],
  ['a bad setting', ['serve', '--port', 'x'], /^borescope: --port: must be a port/],
  [
    'a URL that names no Redis',
    ['serve', '--redis-url', 'http://h'],
    /^borescope: BORESCOPE_REDIS_URL: it must have one of the forms/,
  ],
  ['a place that is none', ['snapshot', 'cart.ts', '--service', 's'], /FILE:LINE/],
  ['a snapshot of no runtime', ['snapshot', 'cart.ts:1'], /name the runtimes/],
  ['a tag that is none', ['snapshot', 'cart.ts:1', '--tag', 'x'], /k=v/],
  ['a number that is none', ['snapshot', 'cart.ts:1', '--service', 's', '--max-hits', 'many'], /Not a number/],
  ['no token', ['runtimes'], /BORESCOPE_TOKEN/],
];
for (const [what, args, message] of wrong) {
  test(proves('commands:codes', `${what} is wrong usage: exit 2 and a message`), async () => {
    const { code, stderr, stdout } = await cli(args);
    assert.equal(code, 2);
    assert.match(stderr, message);
    assert.equal(stdout, '');
  });
}

test(proves('broker:settings', 'an unknown setting in the environment is refused in one line'), async () => {
  const { code, stderr } = await cli(['serve'], { BORESCOPE_DATADIR: '/x' });
  assert.equal(code, 2);
  assert.match(stderr, /^borescope: BORESCOPE_DATADIR: unknown setting[^\n]*\n$/);
});

test('help and version end with 0', async () => {
  assert.equal((await cli(['--help'])).code, 0);
  const version = await cli(['--version']);
  assert.equal(version.code, 0);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
});
