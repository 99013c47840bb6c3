import { z } from 'zod';
import { PasswordsBusy } from '../../access/passwords.ts';
import { normalEmail, type User, type UserChange } from '../../access/users.ts';
import { HttpError, unavailable } from '../http-error.ts';
import type { AdministrationContext } from './api-context.ts';
import { defineRoute, noSuch } from './api-route.ts';
import { isWithin, requireMayGive } from './bounds.ts';
import { boundField, idField, nameField, roleField } from './fields.ts';
import { requireNoLockOut } from './lock-out.ts';
import { takeAddressTry } from './taken-addresses.ts';
import { userView, viewOf } from './user-view.ts';

const emailField = z.string().min(1).max(254);
const oneUser = z.strictObject({ id: idField });

const passwordField = z.string().describe('The first password. It is shown only now; only its hash is stored.');

export const listUsers = defineRoute({
  id: 'listUsers',
  method: 'GET',
  path: '/api/users',
  need: 'admin',
  summary: 'Accounts of the organization',
  description: 'By their addresses. A caller that is bound sees those that reach no further than it does.',
  input: z.strictObject({ email: emailField.optional().describe('Only the one with this address, in any case.') }),
  output: z.object({ users: z.array(userView) }),
  async run({ email }, context: AdministrationContext) {
    return { users: (await visibleUsers(context, email?.trim().toLowerCase())).map(viewOf) };
  },
});

export const getUser = defineRoute({
  id: 'getUser',
  method: 'GET',
  path: '/api/users/{id}',
  need: 'admin',
  summary: 'One account',
  description: 'Without its password, of which only a hash is stored.',
  errors: ['NOT_FOUND'],
  input: oneUser,
  output: userView,
  run: async ({ id }, context: AdministrationContext) => viewOf(await requireUser(context, id)),
});

export const createUser = defineRoute({
  id: 'createUser',
  method: 'POST',
  path: '/api/users',
  need: 'admin',
  summary: 'Make an account',
  description:
    'It reaches no further than the caller. An address has one account on the whole broker, and the answer for one that is taken is CONFLICT, whoever has it: 30 times in an hour for what the caller cannot see, then QUOTA_EXCEEDED for every address.',
  status: 201,
  errors: ['CONFLICT'],
  input: z.strictObject({
    email: emailField
      .refine((text) => normalEmail(text) !== undefined, 'must be an e-mail address')
      .describe('It stays the same: tokens belong to whoever has it.'),
    name: nameField.optional().describe('Of the person; not given: the address.'),
    role: roleField.default('developer'),
    services: boundField.optional(),
    environments: boundField.optional(),
    first_password: z
      .boolean()
      .default(true)
      .describe("false: makes none, for somebody who signs in at the company's provider."),
  }),
  output: userView.extend({ password: passwordField.optional() }),
  async run(input, context: AdministrationContext) {
    const { administration, caller } = context;
    requireMayGive(caller, 'account', input);
    const { role, services, environments, first_password: withPassword } = input;
    const email = normalEmail(input.email) ?? input.email;
    const request = {
      organization: caller.organization,
      email,
      name: input.name ?? email,
      role,
      ...(services !== undefined && { services }),
      ...(environments !== undefined && { environments }),
    };
    const giveBack = await takeAddressTry(context);
    let isHidden = false;
    try {
      const made = await administration.createUser(caller.actor, request, withPassword).catch(orBusy);
      if (made !== undefined)
        return { ...viewOf(made.user), ...(made.password !== undefined && { password: made.password }) };
      // By the index, where no account stands that is only being made: another try at the same moment is none of its own.
      const owner = await context.users.byEmail(email);
      isHidden = owner?.organization !== caller.organization || !isWithin(caller, owner);
    } finally {
      if (!isHidden) await giveBack();
    }
    throw new HttpError(
      'CONFLICT',
      `there is an account ${email} already`,
      'An address has one account on the whole broker, in one organization.',
    );
  },
});

export const changeUser = defineRoute({
  id: 'changeUser',
  method: 'PATCH',
  path: '/api/users/{id}',
  need: 'admin',
  summary: 'Change an account',
  description:
    "What is not given stays. It holds for the next call of the person's tokens and applications; what is open closes within about a second where they are let in no more, or have another role or other bounds. Name and role of who signs in at the company's provider come from there, again at each sign-in. Nobody takes the rights of an admin from themselves (FORBIDDEN), or from the last admin (CONFLICT).",
  errors: ['NOT_FOUND', 'CONFLICT'],
  input: z.strictObject({
    id: idField,
    name: nameField.optional(),
    role: roleField.optional(),
    services: boundField.nullable().optional().describe('Names that it is bound to; null: all.'),
    environments: boundField.nullable().optional().describe('Names that it is bound to; null: all.'),
    disabled: z.boolean().optional().describe('true: lets the person in no more. false: lets them in again.'),
  }),
  output: userView,
  async run({ id, name, role, services, environments, disabled }, context: AdministrationContext) {
    const user = await requireUser(context, id);
    const change: UserChange = {
      ...(name !== undefined && { name }),
      ...(role !== undefined && { role }),
      ...(services !== undefined && { services: services ?? undefined }),
      ...(environments !== undefined && { environments: environments ?? undefined }),
      ...(disabled !== undefined && { disabled: disabled ? true : undefined }),
    };
    if (Object.keys(change).length === 0) return viewOf(user);
    const after = { ...user, ...change };
    // To let somebody in no more gives nothing, and neither does a name.
    const gives = disabled === false || role !== undefined || services !== undefined || environments !== undefined;
    if (gives) requireMayGive(context.caller, 'account', after);
    await requireNoLockOut(context, user, after);
    return changed(context, user, change);
  },
});

export const signOutUser = defineRoute({
  id: 'signOutUser',
  method: 'POST',
  path: '/api/users/{id}/sign-out',
  need: 'admin',
  summary: 'Sign a person out everywhere',
  description:
    'Ends all sessions and applications. Tokens that belong to the person still hold, and so does the password.',
  errors: ['NOT_FOUND'],
  input: oneUser,
  output: userView,
  async run({ id }, context: AdministrationContext) {
    return changed(context, await requireUser(context, id), { signedOutAt: context.now() });
  },
});

export const renewPassword = defineRoute({
  id: 'renewPassword',
  method: 'POST',
  path: '/api/users/{id}/password',
  need: 'admin',
  summary: 'Make a new first password',
  description:
    "The broker makes it: none can be sent. The old one is good no more, and the person is signed out everywhere. CONFLICT where the person signs in at the company's provider, and has no password here.",
  errors: ['NOT_FOUND', 'CONFLICT'],
  input: oneUser,
  output: userView.extend({ password: passwordField }),
  async run({ id }, context: AdministrationContext) {
    const { administration, caller } = context;
    const user = await requireUser(context, id);
    // Whoever is shown it can sign in as the person.
    requireMayGive(caller, 'account', user);
    if (user.upstream !== undefined) {
      throw new HttpError(
        'CONFLICT',
        `${user.email} signs in at the company's provider, and has no password here`,
        'A password is changed where the person signs in.',
      );
    }
    const renewed = await administration.renewPassword(caller.actor, user).catch(orBusy);
    if (renewed === undefined) throw noSuchUser();
    return { ...viewOf(renewed.user), password: renewed.password };
  },
});

export const removeUser = defineRoute({
  id: 'removeUser',
  method: 'DELETE',
  path: '/api/users/{id}',
  need: 'admin',
  summary: 'Remove an account',
  description:
    'The tokens of the person and the applications that were let in end with it, and the address is free again. Nobody removes their own account (FORBIDDEN), or that of the last admin (CONFLICT).',
  errors: ['NOT_FOUND', 'CONFLICT'],
  input: oneUser,
  output: userView,
  async run({ id }, context: AdministrationContext) {
    const user = await requireUser(context, id);
    await requireNoLockOut(context, user, undefined);
    if (!(await context.administration.removeUser(context.caller.actor, user))) throw noSuchUser();
    return viewOf(user);
  },
});

/** Not by the index of all addresses: not even the time that this takes tells of other organizations. */
async function visibleUsers({ users, caller }: AdministrationContext, email?: string): Promise<User[]> {
  const all = await users.list(caller.organization);
  return all.filter((user) => isWithin(caller, user) && (email === undefined || user.email === email));
}

/** Who reaches further than the caller is none of its business: a new password would be its own escalation. */
async function requireUser({ users, caller }: AdministrationContext, id: string): Promise<User> {
  const found = await users.get(caller.organization, id);
  if (found === undefined || !isWithin(caller, found)) throw noSuchUser();
  return found;
}

async function changed({ administration, caller }: AdministrationContext, user: User, change: UserChange) {
  const done = await administration.changeUser(caller.actor, user, change);
  if (done === undefined) throw noSuchUser();
  return viewOf(done);
}

function noSuchUser(): HttpError {
  return noSuch('account', 'GET /api/users');
}

function orBusy(error: unknown): never {
  throw error instanceof PasswordsBusy ? unavailable('too many first passwords are made at this moment') : error;
}
