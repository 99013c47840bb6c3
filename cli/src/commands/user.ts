import type { UserView } from '@borescope/server/administration';
import { Argument, type Command, Option } from 'commander';
import type { AdministrationApi } from '../api/administration-api.ts';
import { type ApiFlags, apiOptions, withApi } from '../api/with-api.ts';
import { Failure, UsageError } from '../failure.ts';
import { nameOption, namesOption } from '../names-option.ts';
import { print, printJson, table, when } from '../output.ts';

type Role = UserView['role'];

const ROLES: readonly Role[] = ['viewer', 'developer', 'admin'];

interface CreateFlags extends ApiFlags {
  role: Role;
  name?: string;
  services?: string;
  environments?: string;
  password: boolean;
}

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('Manage the people who sign in').enablePositionalOptions();
  apiOptions(user.command('create <email>').description('Make an account; its first password is shown once'))
    .addOption(new Option('--role <role>').choices(ROLES).default('developer'))
    .option('--name <name>', 'of the person, up to 128 characters; else the address')
    .option('--services <names>', 'bind the person to these services, separated by commas')
    .option('--environments <names>', 'bind the person to these environments, separated by commas')
    .option('--no-password', "for somebody who signs in at the company's provider")
    .action(create);
  apiOptions(user.command('list').description('List accounts')).action(list);
  apiOptions(user.command('role <email>').description('Give another role').addArgument(roleArgument())).action(role);
  apiOptions(
    user
      .command('disable <email>')
      .description('Let somebody in no more: streams and applications end within a second'),
  ).action((email: string, flags: ApiFlags) => disable(email, flags, true));
  apiOptions(user.command('enable <email>').description('Let somebody in again')).action(
    (email: string, flags: ApiFlags) => disable(email, flags, false),
  );
  apiOptions(user.command('sign-out <email>').description('End all sessions and applications of somebody')).action(
    signOut,
  );
  apiOptions(
    user
      .command('password <email>')
      .description('Make a new first password, shown once, and sign the person out everywhere'),
  ).action(password);
  apiOptions(user.command('remove <email>').description('Remove an account, with what was let in by it')).action(
    remove,
  );
}

function roleArgument(): Argument {
  return new Argument('<role>').choices(ROLES);
}

async function create(text: string, flags: CreateFlags): Promise<void> {
  const { createUser, normalEmail } = await import('@borescope/server/administration');
  const email = normalEmail(text);
  if (email === undefined) throw new UsageError(`${JSON.stringify(text)} is no e-mail address`);
  if (flags.name !== undefined) await nameOption('--name', flags.name);
  const services = namesOption('--services', flags.services);
  const environments = namesOption('--environments', flags.environments);
  await withApi(flags, async (api) => {
    const made = await api.call(createUser, {
      email,
      role: flags.role,
      ...(flags.name !== undefined && { name: flags.name }),
      ...(services !== undefined && { services }),
      ...(environments !== undefined && { environments }),
      first_password: flags.password,
    });
    showWithPassword(made, flags, api);
  });
}

async function list(flags: ApiFlags): Promise<void> {
  const { listUsers } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const { users } = await api.call(listUsers, {});
    if (flags.json === true) return printJson({ users: users.map((user) => shown(user, api)) });
    const rows = users.map((user) => [
      user.email,
      user.role,
      state(user),
      time(user.last_sign_in_at),
      [...(user.services ?? []), ...(user.environments ?? [])].join(',') || '-',
      user.name,
    ]);
    print(
      rows.length === 0 ? 'no users' : table([['EMAIL', 'ROLE', 'STATE', 'LAST SIGN-IN', 'BOUND TO', 'NAME'], ...rows]),
    );
  });
}

async function role(email: string, wanted: Role, flags: ApiFlags): Promise<void> {
  const { changeUser } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const { id } = await userNamed(api, email);
    tell(await api.call(changeUser, { id, role: wanted }), `now has the role ${wanted}`, flags, api);
  });
}

async function disable(email: string, flags: ApiFlags, disabled: boolean): Promise<void> {
  const { changeUser } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const { id } = await userNamed(api, email);
    tell(await api.call(changeUser, { id, disabled }), disabled ? 'disabled' : 'enabled', flags, api);
  });
}

async function signOut(email: string, flags: ApiFlags): Promise<void> {
  const { signOutUser } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const { id } = await userNamed(api, email);
    tell(await api.call(signOutUser, { id }), 'signed out', flags, api);
  });
}

async function password(email: string, flags: ApiFlags): Promise<void> {
  const { renewPassword } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const { id } = await userNamed(api, email);
    showWithPassword(await api.call(renewPassword, { id }), flags, api);
  });
}

async function remove(email: string, flags: ApiFlags): Promise<void> {
  const { removeUser } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const { id } = await userNamed(api, email);
    const removed = await api.call(removeUser, { id });
    if (flags.json === true) printJson(shown(removed, api));
    else print(`removed ${removed.email}`);
  });
}

/** Only of the organization that is named: those of others do not exist. */
async function userNamed(api: AdministrationApi, email: string): Promise<UserView> {
  const { listUsers } = await import('@borescope/server/administration');
  const [user] = (await api.call(listUsers, { email })).users;
  if (user !== undefined) return user;
  throw new Failure(
    `there is no account ${JSON.stringify(email)} in ${api.organization}: borescope user list shows them`,
  );
}

function tell(user: UserView, done: string, flags: ApiFlags, api: AdministrationApi): void {
  if (flags.json === true) printJson(shown(user, api));
  else print(`${user.email}: ${done}`);
}

function showWithPassword(user: UserView & { password?: string | undefined }, flags: ApiFlags, api: AdministrationApi) {
  const { password: first } = user;
  if (flags.json === true) {
    printJson({ ...(first !== undefined && { password: first }), ...shown(user, api) });
    return;
  }
  if (first !== undefined) print(first);
  const what =
    first === undefined ? '' : ' Its first password is shown only now; whoever signs in with it chooses another.';
  process.stderr.write(`${user.email}: ${user.role} in ${api.named}.${what}\n`);
}

/** Without a password: that stands apart, and once. */
function shown(user: UserView, { organization }: AdministrationApi) {
  const { id, email, name, services, environments, provider } = user;
  return {
    id,
    email,
    name,
    role: user.role,
    ...(services !== undefined && { services }),
    ...(environments !== undefined && { environments }),
    organization,
    state: state(user),
    ...(provider !== undefined && { provider }),
    created_at: time(user.created_at),
    ...(user.last_sign_in_at !== undefined && { last_sign_in_at: time(user.last_sign_in_at) }),
  };
}

/** To the second. */
function time(text: string | undefined): string {
  return when(text === undefined ? undefined : Date.parse(text));
}

/** In words. */
function state(user: UserView): string {
  return user.state.replace('_', ' ');
}
