import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { proves } from '../../tests/proves.ts';
import {
  ADMINISTRATORS,
  createPasswords,
  PasswordsBusy,
  passwordProblem,
  randomPassword,
} from '../src/access/passwords.ts';
import { createSignIn } from '../src/access/sign-in.ts';
import { createUsers, normalEmail } from '../src/access/users.ts';
import { temporaryStore } from './temporary-store.ts';

const passwords = createPasswords();

async function bench(t: TestContext) {
  const clock = { now: 1_000_000 };
  const { documents, quotas } = await temporaryStore(t, () => clock.now);
  const users = createUsers({ documents, clock: () => clock.now, random: randomBytes });
  const signIn = createSignIn({ users, passwords, quotas, clock: () => clock.now });
  return { clock, documents, users, signIn };
}

const ada = { organization: 'org_a', email: 'ada@acme.example', name: 'Ada', role: 'developer' } as const;

test('an e-mail address belongs to one user of the whole broker', async (t) => {
  const { users } = await bench(t);
  const made = await users.create(ada);
  assert.match(made?.id ?? '', /^usr_[0-9a-f]{24}$/);
  assert.equal(await users.create({ ...ada, organization: 'org_b' }), undefined);
  assert.deepEqual(await users.byEmail('ADA@acme.example'), made);
  assert.deepEqual(await users.list('org_b'), []);
  assert.equal(await users.get('org_b', made?.id ?? ''), undefined);
});

test('of many who take one address at once, one has it', async (t) => {
  const { users } = await bench(t);
  const made = await Promise.all(Array.from({ length: 20 }, () => users.create(ada)));
  assert.equal(made.filter((user) => user !== undefined).length, 1);
  assert.equal((await users.list('org_a')).length, 1);
});

test('the address of a removed user is free again', async (t) => {
  const { users } = await bench(t);
  const first = await users.create(ada);
  assert.equal(await users.remove('org_b', first?.id ?? ''), false);
  assert.equal(await users.remove('org_a', first?.id ?? ''), true);
  assert.equal(await users.byEmail(ada.email), undefined);
  assert.notEqual((await users.create({ ...ada, organization: 'org_b' }))?.id, first?.id);
});

test('the address of a user who is gone without it can be taken', async (t) => {
  const { users, documents } = await bench(t);
  const first = await users.create(ada);
  // What a broker that is killed between two writes leaves behind.
  await documents.remove('org_a', 'user', first?.id ?? '');
  assert.equal((await users.create({ ...ada, organization: 'org_b' }))?.organization, 'org_b');
});

test('changes made at the same time are both kept', async (t) => {
  const { users } = await bench(t);
  const id = (await users.create(ada))?.id ?? '';
  await Promise.all([users.change('org_a', id, { role: 'admin' }), users.change('org_a', id, { disabled: true })]);
  const changed = await users.get('org_a', id);
  assert.deepEqual([changed?.role, changed?.disabled], ['admin', true]);
  const enabled = await users.change('org_a', id, { disabled: undefined });
  assert.ok(enabled !== undefined && !('disabled' in enabled));
});

test('an address is compared without regard to case, and what is none is refused', () => {
  assert.equal(normalEmail(' Ada@Acme.Example '), 'ada@acme.example');
  for (const text of [
    '',
    'ada',
    'a b@c',
    'a@b@c',
    '<a@b>',
    'a\u202e@b.cd',
    'a@b\u200b.cd',
    'a\u001b[2K@b.cd',
    `${'a'.repeat(250)}@b.cd`,
  ]) {
    assert.equal(normalEmail(text), undefined, text);
  }
});

test(proves('users:passwords', 'a password is stored with its cost and a salt of its own, and verified'), async () => {
  const [first, second] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
  assert.match(first ?? '', /^\$scrypt\$ln=15,r=8,p=3\$/);
  assert.notEqual(first, second);
  assert.equal(await passwords.verify('correct horse', first), true);
  assert.equal(await passwords.verify('correct horsE', first), false);
  assert.equal(await passwords.verify('', undefined), false);
  assert.equal(await passwords.verify('e\u0301', await passwords.hash('\u00e9')), true);
});

test('more who sign in at once than the machine can bear are refused at once', async () => {
  const flooded = createPasswords();
  const results = await Promise.allSettled(Array.from({ length: 40 }, () => flooded.verify('x', undefined)));
  const refused = results.filter((result) => result.status === 'rejected');
  assert.equal(refused.length, 18);
  assert.ok(refused.every(({ reason }) => reason instanceof PasswordsBusy));
  assert.equal(await flooded.verify('x', undefined), false);
});

test('first passwords are hashed one at a time, and ten wait', async () => {
  const busy = createPasswords(ADMINISTRATORS);
  const results = await Promise.allSettled(Array.from({ length: 15 }, () => busy.hash('x')));
  const refused = results.filter((result) => result.status === 'rejected');
  assert.equal(refused.length, 4);
  assert.ok(refused.every(({ reason }) => reason instanceof PasswordsBusy));
});

test(proves('users:passwords', 'weak passwords are refused in a sentence, and generated ones are good'), () => {
  assert.match(passwordProblem('short', ada.email) ?? '', /at least 12/);
  assert.match(passwordProblem('x'.repeat(257), ada.email) ?? '', /at most 256/);
  assert.match(passwordProblem('aaaaaaaaaaaaaaa', ada.email) ?? '', /different/);
  assert.match(passwordProblem('ada@acme.example1', ada.email) ?? '', /e-mail/);
  const generated = randomPassword(randomBytes);
  assert.match(generated, /^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  assert.equal(passwordProblem(generated, ada.email), undefined);
});

test('a sign-in is refused in the same way for a wrong password, a disabled and an unknown account', async (t) => {
  const { users, signIn } = await bench(t);
  const made = await users.create({ ...ada, passwordHash: await passwords.hash('right password') });
  const attempt = (email: string, password: string) => signIn.attempt({ email, password, address: '192.0.2.1' });
  const good = await attempt('Ada@acme.example', 'right password');
  assert.ok(good.outcome === 'signed in' && good.user.lastSignInAt === 1_000_000);
  assert.deepEqual(await attempt(ada.email, 'wrong'), { outcome: 'refused' });
  assert.deepEqual(await attempt('bob@acme.example', 'right password'), { outcome: 'refused' });
  await users.change('org_a', made?.id ?? '', { disabled: true });
  assert.deepEqual(await attempt(ada.email, 'right password'), { outcome: 'refused' });
});

test('guessing is throttled by account over all addresses, and by address over all accounts', async (t) => {
  const { users, signIn, clock } = await bench(t);
  await users.create({ ...ada, passwordHash: await passwords.hash('right password') });
  for (let n = 0; n < 10; n++) {
    const { outcome } = await signIn.attempt({ email: ada.email, password: 'x', address: `192.0.2.${n}` });
    assert.equal(outcome, 'refused');
  }
  const right = { email: 'ADA@acme.example', password: 'right password', address: '192.0.2.99' };
  const throttled = await signIn.attempt(right);
  assert.ok(throttled.outcome === 'throttled');
  clock.now = throttled.retryAt;
  assert.equal((await signIn.attempt(right)).outcome, 'signed in');

  const outcomes: string[] = [];
  for (let n = 0; n < 31; n++) {
    outcomes.push(
      (await signIn.attempt({ email: `u${n}@acme.example`, password: 'x', address: '198.51.100.7' })).outcome,
    );
  }
  assert.deepEqual(outcomes.slice(29), ['refused', 'throttled']);
});

test('a person chooses a password of their own, and not the one they have', async (t) => {
  const { users, signIn } = await bench(t);
  const passwordHash = await passwords.hash('temporary password');
  const user = await users.create({ ...ada, passwordHash, passwordIsTemporary: true });
  assert.ok(user !== undefined);
  assert.match((await signIn.choose(user, 'temporary password')) ?? '', /now/);
  assert.match((await signIn.choose(user, 'short')) ?? '', /at least/);
  assert.equal(await signIn.choose(user, 'a password of my own'), undefined);
  const changed = await users.get('org_a', user.id);
  assert.ok(changed !== undefined && !('passwordIsTemporary' in changed));
  assert.equal(await passwords.verify('a password of my own', changed.passwordHash), true);
});
