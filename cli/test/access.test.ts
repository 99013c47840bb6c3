import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { cli, createToken, type Finished, serve, temporaryDirectory } from './run-cli.ts';

interface Way {
  /** Runs a command of administration in the way that is tested. */
  run(...args: string[]): Promise<Finished>;
  /** Who the audit says it was. */
  readonly by: { readonly kind: string };
  readonly dir: string;
}

const WAYS: Record<string, (t: TestContext) => Promise<Way>> = {
  async 'on the store'(t) {
    const dir = await temporaryDirectory(t);
    return { run: (...args) => cli([...args, '--data-dir', dir]), by: { kind: 'command' }, dir };
  },
  async 'at a broker'(t) {
    const { url, dataDir } = await serve(t);
    const { token } = await createToken(dataDir, 'admin');
    const env = { BORESCOPE_BROKER_URL: url, BORESCOPE_ADMIN_TOKEN: token };
    return { run: (...args) => cli(args, env), by: { kind: 'token' }, dir: dataDir };
  },
};

for (const [how, open] of Object.entries(WAYS)) {
  describe(`administration ${how}`, () => {
    test(proves('commands:ways', 'makes, lists, rotates and revokes tokens, and tells the audit'), async (t) => {
      const { run, by } = await open(t);
      const made = JSON.parse((await run('token', 'create', '--kind', 'mcp', '--name', 'me', '--json')).stdout);
      assert.match(made.token, /^bore_mcp_/);
      const rotated = JSON.parse((await run('token', 'rotate', made.id, '--overlap', '0s', '--json')).stdout);
      assert.equal(rotated.previous.state, 'revoked');
      assert.equal((await run('token', 'revoke', rotated.id)).code, 0);
      const listed = JSON.parse((await run('token', 'list', '--json')).stdout).tokens;
      assert.equal(listed.find(({ id }: { id: string }) => id === rotated.id).state, 'revoked');
      const unknown = await run('token', 'revoke', 'tok_never');
      assert.deepEqual(
        [unknown.code, unknown.stderr],
        [1, 'borescope: there is no such token: borescope token list shows those that are there\n'],
      );
      const nobody = await run('token', 'create', '--kind', 'mcp', '--name', 'n', '--owner', 'nobody@acme.example');
      assert.match(nobody.stderr, /there is no such account: borescope user list shows/);
      const lines = (await run('audit', 'export')).stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        lines.map(({ act }) => act),
        ['token.create', 'token.rotate', 'token.revoke', 'audit.export'],
      );
      for (const line of lines) assert.equal(line.by.kind, by.kind);
      if (by.kind === 'command') assert.equal(lines[0].by.id, userInfo().username);
    });

    test(proves('commands:ways', 'makes, lists, changes and removes accounts, and tells the audit'), async (t) => {
      const { run, by } = await open(t);
      const bounds = ['--services', 'shop,cart', '--environments', 'test'];
      const made = await run('user', 'create', 'Ada@Acme.example', '--name', 'Ada', ...bounds, '--json');
      const { password, id, created_at: created, ...rest } = JSON.parse(made.stdout);
      assert.match(password, /^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
      assert.match(`${id} ${created}`, /^usr_[0-9a-f]{24} [0-9-]{10}T[0-9:]{8}Z$/);
      const ada = { email: 'ada@acme.example', name: 'Ada', role: 'developer', organization: 'default' };
      const bound = { services: ['shop', 'cart'], environments: ['test'] };
      assert.deepEqual(rest, { ...ada, ...bound, state: 'first password' });
      const again = await run('user', 'create', 'ada@acme.example');
      assert.equal(again.code, 1);
      assert.match(again.stderr, /there is an account ada@acme\.example already/);
      assert.equal(
        (await run('user', 'role', 'ADA@acme.example', 'viewer')).stdout,
        `${ada.email}: now has the role viewer\n`,
      );
      const fresh = await run('user', 'password', ada.email);
      assert.match(fresh.stderr, /^ada@acme\.example: viewer in .* shown only now/);
      assert.notEqual(fresh.stdout.trim(), password);
      for (const [command, done] of [
        ['sign-out', 'signed out'],
        ['enable', 'enabled'],
        ['disable', 'disabled'],
      ] as const) {
        assert.equal((await run('user', command, ada.email)).stdout, `${ada.email}: ${done}\n`);
      }
      const listed = (await run('user', 'list')).stdout;
      assert.match(
        listed,
        /^EMAIL +ROLE +STATE +LAST SIGN-IN +BOUND TO +NAME\nada@\S+ +viewer +disabled +- +shop,cart,test +Ada\n$/,
      );
      assert.equal((await run('user', 'remove', ada.email)).stdout, `removed ${ada.email}\n`);
      const gone = await run('user', 'remove', ada.email);
      const none = 'borescope: there is no account "ada@acme.example" in default: borescope user list shows them\n';
      assert.deepEqual([gone.code, gone.stderr], [1, none]);
      assert.equal((await run('user', 'list')).stdout, 'no users\n');
      const lines = (await run('audit', 'export')).stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const changes = Array.from({ length: 5 }, () => 'user.change');
      assert.deepEqual(
        lines.map(({ act }) => act),
        ['user.create', 'user.create', 'act.fail', ...changes, 'user.remove', 'audit.export'],
      );
      for (const line of lines) assert.equal(line.by.kind, by.kind);
    });

    test('checks, sets and shows a policy', async (t) => {
      const { run, dir } = await open(t);
      const file = join(dir, 'policy.json');
      await writeFile(file, JSON.stringify({ limits: { max_hits: 5 }, kinds: { inspect: 'nobody' } }));
      const checked = await run('policy', 'check', file);
      assert.equal(checked.stdout, 'Nobody may use inspect.\nmax_hits is at most 5.\n');
      assert.equal((await run('policy', 'set', file)).code, 0);
      const shown = await run('policy', 'show');
      assert.deepEqual(JSON.parse(shown.stdout), { limits: { max_hits: 5 }, kinds: { inspect: 'nobody' } });
      assert.equal(shown.stderr, 'version 1\n');
      await writeFile(file, JSON.stringify({ limits: { hits: 5 } }));
      for (const what of ['check', 'set']) {
        const wrong = await run('policy', what, file);
        assert.equal(wrong.code, 1);
        assert.match(wrong.stderr, /limits: unknown field "hits"/);
      }
    });

    test('previews what a policy hides, and lists what only the broker has hidden', async (t) => {
      const { run, dir } = await open(t);
      const [file, sample] = [join(dir, 'policy.json'), join(dir, 'sample.json')];
      await writeFile(file, JSON.stringify({ redaction: { patterns: [{ name: 'order', pattern: 'ORD-[0-9]+' }] } }));
      await writeFile(sample, JSON.stringify({ note: 'ORD-1 of ann@example.com' }));
      const shown = await run('policy', 'preview', file, '--sample', sample);
      assert.deepEqual(JSON.parse(shown.stdout), { note: '[redacted:policy-order] of [redacted:email]' });
      assert.match(shown.stderr, /^mode standard, hidden: 1 policy-order \(by the broker\), 1 email; [\d.]+ ms\n$/);
      const held = await run('policy', 'preview', '--sample', sample);
      assert.deepEqual(JSON.parse(held.stdout), { note: 'ORD-1 of [redacted:email]' });
      const twice = await run('policy', 'preview', '-', '--sample', '-');
      assert.match(twice.stderr, /only one of the two can be stdin/);
      assert.match((await run('policy', 'warnings')).stdout, /^nothing: /);
    });

    test('sets and shows quotas', async (t) => {
      const { run } = await open(t);
      const pairs = ['organization.actions_per_hour=500', 'token.calls_per_second=none', 'tokens.tok_1.live_actions=5'];
      const set = JSON.parse((await run('quota', 'set', ...pairs, '--json')).stdout);
      assert.deepEqual(set.quotas, {
        organization: { actions_per_hour: 500 },
        token: { calls_per_second: null },
        tokens: { tok_1: { live_actions: 5 } },
      });
      await run('quota', 'set', 'tokens.tok_1.live_actions=default', 'token.calls_per_second=default');
      const shown = await run('quota', 'show');
      assert.match(shown.stdout, /^organization\.actions_per_hour +500$/m);
      assert.match(shown.stdout, /^token\.calls_per_second +100 +default$/m);
      assert.doesNotMatch(shown.stdout, /tok_1/);
      assert.match((await run('quota', 'usage')).stdout, /^hits a day +0 +100000 +20/m);
      const wrong = await run('quota', 'set', 'organization.actions=1');
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /organization: unknown field "actions"/);
    });

    test('switches the read-only mode', async (t) => {
      const { run } = await open(t);
      assert.match((await run('read-only', 'show')).stdout, /^read-only mode is off\n/);
      await run('read-only', 'on', '--reason', 'an incident');
      assert.match((await run('read-only', 'show')).stdout, /^read-only mode is on \(an incident\), by \S+ at 20/);
      assert.match((await run('read-only', 'off')).stdout, /^read-only mode is off/);
    });

    test('makes organizations with a first token', async (t) => {
      const { run } = await open(t);
      const made = JSON.parse((await run('organization', 'create', 'acme', '--admin-token', 'first', '--json')).stdout);
      assert.match(made.admin_token.token, /^bore_adm_/);
      const again = await run('organization', 'create', 'acme');
      assert.equal(again.code, 1);
      assert.match(again.stderr, /there is an organization acme already/);
      assert.match((await run('organization', 'list')).stdout, /^acme +org_/m);
    });

    test('lists approvals', async (t) => {
      const { run } = await open(t);
      assert.equal((await run('approvals', 'list')).stdout, 'no requests\n');
      const unknown = await run('approvals', 'approve', 'apr_never');
      assert.deepEqual(
        [unknown.code, unknown.stderr],
        [1, 'borescope: there is no such request for approval: borescope approvals list shows those that are there\n'],
      );
    });

    test(proves('commands:verify', 'warns where a chain is to be expected and there is none'), async (t) => {
      const { run, dir } = await open(t);
      const unused = await cli(['audit', 'verify', '--data-dir', await temporaryDirectory(t)]);
      assert.deepEqual([unused.code, unused.stderr], [0, '']);
      await run('token', 'create', '--kind', 'mcp', '--name', 'n');
      assert.equal((await run('audit', 'verify')).stderr, '');
      const { createRequire } = await import('node:module');
      const { default: Database } = await import(
        createRequire(new URL('../../server/', import.meta.url)).resolve('libsql')
      );
      const database = new Database(join(dir, 'borescope.db'));
      for (const table of ['audit_entry', 'audit_chain']) database.prepare(`DELETE FROM ${table}`).run();
      database.close();
      const warned = await run('audit', 'verify');
      assert.equal(warned.code, 0);
      assert.match(warned.stderr, /^warning: the audit of default: there is no chain, .* tokens \([12]\)/);
      assert.match(warned.stderr, /or all of them are of a version that kept no audit/);
      assert.match(JSON.parse((await run('audit', 'verify', '--json')).stdout).warning, /no chain/);
    });

    test(proves('commands:verify', 'verifies the audit, and exits with 1 where it was changed'), async (t) => {
      const { run, dir } = await open(t);
      for (let n = 1; n <= 3; n++) await run('read-only', 'on', '--reason', `${n}`);
      const verified = await run('audit', 'verify');
      assert.equal(verified.code, 0);
      const anchor = /^anchor (3:[0-9a-f]{64})$/m.exec(verified.stdout)?.[1];
      assert.ok(anchor);
      assert.equal((await run('audit', 'verify', '--anchor', anchor)).code, 0);
      const { createRequire } = await import('node:module');
      const { default: Database } = await import(
        createRequire(new URL('../../server/', import.meta.url)).resolve('libsql')
      );
      const database = new Database(join(dir, 'borescope.db'));
      const changed = database
        .prepare('UPDATE audit_entry SET text = replace(text, \'"2"\', \'"9"\') WHERE sequence = 2')
        .run();
      database.close();
      assert.equal(changed.changes, 1);
      const flawed = await run('audit', 'verify');
      assert.equal(flawed.code, 1);
      assert.match(flawed.stderr, /the audit of default is not as it was written: entry 2: the entry was changed/);
    });
  });
}

test(
  proves('api:lock-out', 'but a command on the store takes them from the last admin: it is the way back'),
  async (t) => {
    const { url, dataDir } = await serve(t);
    const at = ['--data-dir', dataDir];
    assert.equal(
      (await cli(['user', 'create', 'ada@acme.example', '--role', 'admin', '--no-password', ...at])).code,
      0,
    );
    const { token } = await createToken(dataDir, 'admin');
    const remove = ['user', 'remove', 'ada@acme.example'];
    const refused = await cli([...remove, '--broker', url], { BORESCOPE_ADMIN_TOKEN: token });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /the last admin of the organization.*borescope user where the store is/);
    assert.equal((await cli([...remove, ...at])).code, 0);
  },
);

test('a broker is asked with a token of an administrator, encrypted, of the organization that is named', async (t) => {
  const { url, dataDir } = await serve(t);
  const list = ['token', 'list', '--broker', url];
  const { token } = await createToken(dataDir, 'admin');
  const wrong: [string[], Record<string, string>, number, RegExp][] = [
    [list, {}, 2, /BORESCOPE_ADMIN_TOKEN.*borescope login --admin/],
    [list, { BORESCOPE_ADMIN_TOKEN: 'bore_adm_x' }, 1, /mistyped/],
    [list, { BORESCOPE_ADMIN_TOKEN: 'x' }, 1, /access token is not known here/],
    [list, { BORESCOPE_ADMIN_TOKEN: (await createToken(dataDir, 'mcp')).token }, 1, /takes an admin token/],
    [[...list, '--organization', 'acme'], { BORESCOPE_ADMIN_TOKEN: token }, 1, /is of the organization default/],
    [[...list, '--data-dir', dataDir], { BORESCOPE_ADMIN_TOKEN: token }, 2, /and not both/],
    [['token', 'list', '--broker', 'http://127.example.com'], { BORESCOPE_ADMIN_TOKEN: token }, 2, /https/],
    [['token', 'list', '--broker', 'http://127.0.0.1:1'], { BORESCOPE_ADMIN_TOKEN: token }, 1, /no broker answers/],
  ];
  for (const [args, env, code, message] of wrong) {
    const { code: is, stderr, stdout } = await cli(args, env);
    assert.equal(is, code, stderr);
    assert.match(stderr, message);
    assert.equal(stdout, '');
    assert.ok(!stderr.includes(token));
  }
});

test('the secret is written into a file of its own, once, and the audit still verifies with it', async (t) => {
  const dir = await temporaryDirectory(t);
  const at = ['--data-dir', dir];
  await cli(['read-only', 'off', ...at]);
  const file = join(dir, 'secret');
  const exported = await cli(['secret', 'export', file, ...at]);
  assert.equal(exported.code, 0, exported.stderr);
  assert.match(exported.stdout, new RegExp(`BORESCOPE_SECRET_FILE=${file}`));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal(Buffer.from(await readFile(file, 'utf8'), 'base64').length, 32);
  const again = await cli(['secret', 'export', file, ...at]);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /is there already/);
  const env = { BORESCOPE_SECRET_FILE: file };
  assert.equal((await cli(['audit', 'verify', ...at], env)).code, 0);
  const gone = await cli(['secret', 'export', join(dir, 'other'), ...at], env);
  assert.match(gone.stderr, /there is no secret/);
});

test('a policy is read from stdin', async (t) => {
  const bin = new URL('../bin/borescope.js', import.meta.url).pathname;
  const dir = await temporaryDirectory(t);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BORESCOPE_')));
  const args = [bin, 'policy', 'set', '-', '--data-dir', dir, '--json'];
  const { status, stdout } = spawnSync(process.execPath, args, { input: '{"read_only":true}', env, timeout: 30_000 });
  assert.equal(status, 0);
  assert.deepEqual(JSON.parse(stdout.toString()), { version: 1, policy: { read_only: true } });
});
