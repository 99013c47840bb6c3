import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { LOOK_EVERY, watchAttachments } from '../src/access/attachments.ts';
import { authenticate } from '../src/access/authenticate.ts';
import { bearerCredential, bearerOrPairCredential } from '../src/access/credentials.ts';
import { createTokens, type Tokens } from '../src/access/tokens.ts';
import { createUsers, type Users } from '../src/access/users.ts';
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.ts';
import type { Store, TokenRecord } from '../src/store/store.ts';

/** As a door has it that has let somebody in. */
const standing = (tokens: Tokens, { organization, id }: TokenRecord) => ({
  key: id,
  holds: async () => (await tokens.current(organization, id)) !== undefined,
});

interface Bench {
  store: Store;
  tokens: Tokens;
  users: Users;
  organization: string;
  dataDir: string;
  clock: { now: number };
}

async function bench(t: TestContext): Promise<Bench> {
  const dataDir = await mkdtemp(join(tmpdir(), 'borescope-'));
  const clock = { now: 1_000_000 };
  const store = await openEmbeddedStore({ dataDir, now: () => clock.now, use: 'administration' });
  t.after(async () => {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const tokens = createTokens({ store, clock: () => clock.now, random: randomBytes });
  const organization = await store.organizations.byName('default');
  assert.ok(organization !== undefined);
  const users = createUsers({ documents: store.documents, clock: () => clock.now, random: randomBytes });
  return { store, tokens, users, organization: organization.id, dataDir, clock };
}

test('a token is verified as the caller that it was made for', async (t) => {
  const { tokens, organization } = await bench(t);
  const { token, record } = await tokens.create({
    organization,
    kind: 'mcp',
    name: 'assistant',
    services: ['shop'],
    environments: ['test'],
  });
  const verified = await tokens.verify(token);
  assert.ok(verified.ok);
  assert.deepEqual(verified.caller, {
    organization,
    tokenId: record.id,
    tokenName: 'assistant',
    kind: 'mcp',
    role: 'developer',
    services: ['shop'],
    environments: ['test'],
  });
});

test(proves('tokens:stored', 'the store holds the hash of a token and nowhere its text'), async (t) => {
  const { store, tokens, organization, dataDir } = await bench(t);
  const { token, record } = await tokens.create({ organization, kind: 'agent', name: 'a' });
  assert.match(record.hash, /^[0-9a-f]{64}$/);
  await store.check();
  for (const file of await readdir(dataDir)) {
    const content = await readFile(join(dataDir, file));
    assert.ok(!content.includes(token), file);
    assert.ok(!content.includes(token.slice(9, 41)), file);
  }
});

test('a mistyped, an unknown, a revoked and an expired token are told apart', async (t) => {
  const { tokens, organization, clock } = await bench(t);
  const other = await bench(t);
  const refusal = async (text: string) => {
    const verified = await tokens.verify(text);
    return verified.ok ? 'ok' : verified.refusal;
  };
  const { token, record } = await tokens.create({ organization, kind: 'mcp', name: 'a', lifetimeMs: 1000 });
  const foreign = await other.tokens.create({ organization: other.organization, kind: 'mcp', name: 'b' });
  assert.equal(await refusal(`${token.slice(0, -1)}!`), 'malformed');
  assert.equal(await refusal(foreign.token), 'unknown');
  assert.equal(await refusal(token), 'ok');
  clock.now += 1000;
  assert.equal(await refusal(token), 'expired');
  await tokens.revoke(organization, record.id);
  assert.equal(await refusal(token), 'revoked');
});

test(
  proves('tokens:organization', "another organization's token cannot be revoked or rotated, as if it never was"),
  async (t) => {
    const { store, tokens, organization } = await bench(t);
    const { record, token } = await tokens.create({ organization, kind: 'mcp', name: 'a' });
    const acme = await store.organizations.create({ id: 'org_acme', name: 'acme', createdAt: 0 });
    assert.ok(acme !== undefined);
    assert.equal(await tokens.revoke(acme.id, record.id), undefined);
    assert.equal(await tokens.rotate(acme.id, record.id, 0), undefined);
    assert.deepEqual(await tokens.list(acme.id), []);
    assert.equal((await tokens.verify(token)).ok, true);
  },
);

test('rotation gives a new text with the same rights, and the old one holds for the overlap only', async (t) => {
  const { tokens, organization, clock } = await bench(t);
  const old = await tokens.create({ organization, kind: 'mcp', name: 'a', role: 'viewer', services: ['shop'] });
  const rotated = await tokens.rotate(organization, old.record.id, 60_000);
  assert.ok(rotated !== undefined);
  assert.notEqual(rotated.token, old.token);
  const verified = await tokens.verify(rotated.token);
  assert.ok(verified.ok);
  assert.equal(verified.caller.role, 'viewer');
  assert.deepEqual(verified.caller.services, ['shop']);
  assert.equal((await tokens.verify(old.token)).ok, true);
  clock.now += 60_000;
  assert.deepEqual(await tokens.verify(old.token), { ok: false, refusal: 'expired' });
  assert.equal((await tokens.verify(rotated.token)).ok, true);
});

for (const [what, lifetimeMs] of [
  ['for ever', undefined],
  ['a day', 86_400_000],
] as const) {
  test(`a token that lives ${what} and is rotated twice, because the answer was lost, gives one that lives ${what}`, async (t) => {
    const { tokens, organization, clock } = await bench(t);
    const request = {
      organization,
      kind: 'agent',
      name: 'shop',
      ...(lifetimeMs !== undefined && { lifetimeMs }),
    } as const;
    const { record } = await tokens.create(request);
    await tokens.rotate(organization, record.id, 600_000);
    clock.now += 10_000;
    const again = await tokens.rotate(organization, record.id, 600_000);
    assert.equal(again?.record.expiresAt, lifetimeMs === undefined ? undefined : clock.now + lifetimeMs);
  });
}

test('rotation without overlap ends the old token at once, and an ended one is not rotated', async (t) => {
  const { tokens, organization } = await bench(t);
  const old = await tokens.create({ organization, kind: 'mcp', name: 'a' });
  await tokens.rotate(organization, old.record.id, 0);
  assert.deepEqual(await tokens.verify(old.token), { ok: false, refusal: 'revoked' });
  assert.equal(await tokens.rotate(organization, old.record.id, 0), undefined);
});

test('last use is recorded, at most once a minute', async (t) => {
  const { store, tokens, organization, clock } = await bench(t);
  const { token, record } = await tokens.create({ organization, kind: 'mcp', name: 'a' });
  const used = async () => (await store.tokens.get(organization, record.id))?.lastUsedAt;
  assert.equal(await used(), undefined);
  await tokens.verify(token);
  const first = clock.now;
  clock.now += 59_000;
  await tokens.verify(token);
  assert.equal(await used(), first);
  clock.now += 1000;
  await tokens.verify(token);
  assert.equal(await used(), clock.now);
});

test(proves('tokens:kind', 'a door takes tokens of its own kind only, and says which'), async (t) => {
  const { tokens, organization } = await bench(t);
  const { token } = await tokens.create({ organization, kind: 'agent', name: 'a' });
  const denied = await authenticate(tokens, { kind: 'token', token }, 'mcp');
  assert.ok(!denied.ok);
  assert.equal(denied.status, 403);
  assert.match(denied.message, /takes an mcp token .* not a token of the kind agent/);
});

test(
  proves('tokens:pair', "the Email and Token pair: the token decides, and the address must be its owner's"),
  async (t) => {
    const { tokens, organization, users } = await bench(t);
    const email = 'ada@acme.example';
    await users.create({ organization, email, name: 'Ada', role: 'developer' });
    const { token } = await tokens.create({ organization, kind: 'mcp', name: 'a', owner: email });
    const asked = (given: string, text = token) =>
      authenticate(tokens, bearerOrPairCredential({ email: given, token: text }), 'mcp');
    const good = await asked(' Ada@Acme.example');
    assert.ok(good.ok && good.caller.user === email);
    const other = await asked('bob@acme.example');
    assert.ok(!other.ok && other.status === 403);
    assert.match(other.message, /not the address of the user/);
    const wrong = await asked(email, 'x');
    assert.ok(!wrong.ok && wrong.status === 401);
    const { token: nobodys } = await tokens.create({ organization, kind: 'mcp', name: 'b' });
    const unowned = await asked(email, nobodys);
    assert.ok(!unowned.ok && unowned.status === 403);
    assert.match(unowned.message, /no owner/);
    assert.match(unowned.hint, /--owner EMAIL/);
  },
);

test(proves('tokens:owner', 'a token has no more rights than its owner, and ends with the account'), async (t) => {
  const { tokens, organization, users, clock } = await bench(t);
  const email = 'ada@acme.example';
  const made = { organization, email, name: 'Ada', role: 'developer', services: ['shop', 'billing'] } as const;
  const id = (await users.create(made))?.id ?? '';
  const request = {
    organization,
    kind: 'mcp',
    name: 'a',
    owner: email,
    role: 'admin',
    services: ['shop', 'mail'],
  } as const;
  const { token, record } = await tokens.create(request);
  const caller = async () => {
    const verified = await tokens.verify(token);
    return verified.ok ? verified.caller : verified.refusal;
  };
  const first = await caller();
  assert.ok(typeof first !== 'string');
  assert.deepEqual([first.role, first.services], ['developer', ['shop']]);
  await users.change(organization, id, { role: 'viewer', services: ['mail'] });
  const second = await caller();
  assert.ok(typeof second !== 'string');
  assert.deepEqual([second.role, second.services], ['viewer', ['mail']]);
  await users.change(organization, id, { disabled: true });
  assert.equal(await caller(), 'owner gone');
  assert.equal(await tokens.current(organization, record.id), undefined);
  await users.change(organization, id, { disabled: undefined });
  assert.ok(typeof (await caller()) !== 'string');
  await users.remove(organization, id);
  assert.equal(await caller(), 'owner gone');
  clock.now += 1;
  await users.create(made);
  assert.equal(await caller(), 'owner gone', 'the address was given to somebody else');
});

test('credentials are read from headers, in their documented forms', () => {
  assert.deepEqual(bearerCredential({ authorization: 'Bearer abc' }), { kind: 'token', token: 'abc' });
  assert.deepEqual(bearerCredential({ authorization: 'bearer abc' }), { kind: 'token', token: 'abc' });
  for (const authorization of ['Basic abc', 'Bearer', 'Bearer a b', `Bearer ${'x'.repeat(513)}`, '']) {
    assert.equal(bearerCredential({ authorization }).kind, 'none', authorization);
  }
  assert.equal(bearerOrPairCredential({ token: 'abc' }).kind, 'none');
  assert.equal(bearerOrPairCredential({ authorization: 'Bearer abc', email: 'e', token: 't' }).kind, 'token');
});

test(proves(
  'tokens:revoked',
  'what is open under a token is closed within a second of its revocation by another process',
), { timeout: 20_000 }, async (t) => {
  const { tokens, organization, dataDir } = await bench(t);
  const kept = await tokens.create({ organization, kind: 'mcp', name: 'kept' });
  const revoked = await tokens.create({ organization, kind: 'mcp', name: 'revoked' });
  const attachments = watchAttachments({ onError: assert.ifError });
  t.after(() => attachments.stop());
  let keptClosed = false;
  attachments.add(standing(tokens, kept.record), () => {
    keptClosed = true;
  });
  const closed = new Promise<void>((resolve) => {
    attachments.add(standing(tokens, revoked.record), resolve);
  });
  // A second connection to the same database, as the command has one.
  const elsewhere = await openEmbeddedStore({ dataDir, now: Date.now, use: 'administration' });
  await elsewhere.tokens.revoke(organization, revoked.record.id, Date.now());
  await elsewhere.close();
  // The watcher's timer does not keep a process alive; the test has to.
  const alive = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(alive));
  // How soon a look is due is data (`LOOK_EVERY`); the time here only ends a test that would wait for ever.
  await closed;
  assert.ok(LOOK_EVERY <= 500, 'two looks within the second that is promised');
  assert.equal(keptClosed, false);
  assert.equal(attachments.count(), 1);
});

test('what is open under a token is closed when the token expires', async (t) => {
  const { tokens, organization, clock } = await bench(t);
  const { record } = await tokens.create({ organization, kind: 'agent', name: 'a', lifetimeMs: 1000 });
  const attachments = watchAttachments({ onError: assert.ifError });
  const alive = setInterval(() => undefined, 1000);
  t.after(() => {
    attachments.stop();
    clearInterval(alive);
  });
  const closed = new Promise<void>((resolve) => attachments.add(standing(tokens, record), resolve));
  clock.now += 1000;
  await closed;
  assert.equal(attachments.count(), 0);
});

test('an attachment that ended is not closed again', async (t) => {
  const { tokens, organization } = await bench(t);
  const { record } = await tokens.create({ organization, kind: 'mcp', name: 'a' });
  const attachments = watchAttachments({ onError: assert.ifError });
  t.after(() => attachments.stop());
  const detach = attachments.add(standing(tokens, record), () => assert.fail('closed'));
  assert.equal(attachments.count(), 1);
  detach();
  assert.equal(attachments.count(), 0);
});
