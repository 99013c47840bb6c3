import type { User, UserChange } from '@borescope/server/administration';
import { Argument, type Command, Option } from 'commander';
import {
  type Administration,
  administer,
  organizationNamed,
  type StoreFlags,
  storeOptions,
} from '../administration.ts';
import { Failure, UsageError } from '../failure.ts';
import { namesOption } from '../names-option.ts';
import { print, printJson, table, when } from '../output.ts';

type Role = User['role'];

const ROLES: readonly Role[] = ['viewer', 'developer', 'admin'];

interface Common extends StoreFlags {
  organization: string;
  json?: true;
}

interface CreateFlags extends Common {
  role: Role;
  name?: string;
  services?: string;
  environments?: string;
  password: boolean;
}

export function addUserCommands(program: Command): void {
  const user = program.command('user').description('Manage the people who sign in').enablePositionalOptions();
  common(user.command('create <email>').description('Make an account; its first password is shown once'))
    .addOption(new Option('--role <role>').choices(ROLES).default('developer'))
    .option('--name <name>', 'of the person, up to 128 characters; else the address')
    .option('--services <names>', 'bind the person to these services, separated by commas')
    .option('--environments <names>', 'bind the person to these environments, separated by commas')
    .option('--no-password', "for somebody who signs in at the company's provider")
    .action(create);
  common(user.command('list').description('List accounts')).action(list);
  common(user.command('role <email>').description('Give another role').addArgument(roleArgument())).action(role);
  const simple: [string, string, (user: User) => UserChange, string][] = [
    [
      'disable',
      'Let somebody in no more: streams and applications end within a second',
      () => ({ disabled: true }),
      'disabled',
    ],
    ['enable', 'Let somebody in again', () => ({ disabled: undefined }), 'enabled'],
    ['sign-out', 'End all sessions and applications of somebody', () => ({ signedOutAt: Date.now() }), 'signed out'],
  ];
  for (const [name, description, change, done] of simple) {
    common(user.command(`${name} <email>`).description(description)).action(async (email: string, flags: Common) => {
      await changeOne(email, flags, change, done);
    });
  }
  common(
    user
      .command('password <email>')
      .description('Make a new first password, shown once, and sign the person out everywhere'),
  ).action(password);
  common(user.command('remove <email>').description('Remove an account, with what was let in by it')).action(remove);
}

function common(command: Command): Command {
  return storeOptions(command)
    .option('--organization <name>', 'the organization', 'default')
    .option('--json', 'print JSON');
}

function roleArgument(): Argument {
  return new Argument('<role>').choices(ROLES);
}

async function create(text: string, flags: CreateFlags): Promise<void> {
  const { normalEmail } = await import('@borescope/server/administration');
  const email = normalEmail(text);
  if (email === undefined) throw new UsageError(`${JSON.stringify(text)} is no e-mail address`);
  const name = flags.name ?? email;
  if (name === '' || name.length > 128) throw new UsageError('--name: 1 to 128 characters');
  const services = namesOption('--services', flags.services);
  const environments = namesOption('--environments', flags.environments);
  await administer(flags, async ({ store, changes, by, named }) => {
    const organization = await organizationNamed(store, flags.organization);
    const request = {
      organization: organization.id,
      email,
      name,
      role: flags.role,
      ...(services !== undefined && { services }),
      ...(environments !== undefined && { environments }),
    };
    const made = await changes.createUser(by, request, flags.password);
    if (made === undefined) throw new Failure(`there is an account ${email} already`);
    showWithPassword(made.user, made.password, flags, named);
  });
}

async function list(flags: Common): Promise<void> {
  await administer(flags, async ({ store, users }) => {
    const found = await users.list((await organizationNamed(store, flags.organization)).id);
    if (flags.json === true) return printJson({ users: found.map((user) => shown(user, flags)) });
    const rows = found.map((user) => [
      user.email,
      user.role,
      state(user),
      when(user.lastSignInAt),
      [...(user.services ?? []), ...(user.environments ?? [])].join(',') || '-',
      user.name,
    ]);
    print(
      rows.length === 0 ? 'no users' : table([['EMAIL', 'ROLE', 'STATE', 'LAST SIGN-IN', 'BOUND TO', 'NAME'], ...rows]),
    );
  });
}

async function role(email: string, wanted: Role, flags: Common): Promise<void> {
  await changeOne(email, flags, () => ({ role: wanted }), `now has the role ${wanted}`);
}

async function password(email: string, flags: Common): Promise<void> {
  await administer(flags, async (administration) => {
    const user = await userNamed(administration, email, flags);
    if (user.upstream !== undefined)
      throw new Failure(`${user.email} signs in at the company's provider, and has no password here`);
    const renewed = await administration.changes.renewPassword(administration.by, user);
    if (renewed === undefined) throw noUser(email, flags);
    showWithPassword(renewed.user, renewed.password, flags, administration.named);
  });
}

async function remove(email: string, flags: Common): Promise<void> {
  await administer(flags, async (administration) => {
    const user = await userNamed(administration, email, flags);
    if (!(await administration.changes.removeUser(administration.by, user))) throw noUser(email, flags);
    if (flags.json === true) printJson(shown(user, flags));
    else print(`removed ${user.email}`);
  });
}

async function changeOne(
  email: string,
  flags: Common,
  change: (user: User) => UserChange,
  done: string,
): Promise<void> {
  await administer(flags, async (administration) => {
    const user = await userNamed(administration, email, flags);
    const changed = await administration.changes.changeUser(administration.by, user, change(user));
    if (changed === undefined) throw noUser(email, flags);
    if (flags.json === true) printJson(shown(changed, flags));
    else print(`${changed.email}: ${done}`);
  });
}

/** Only of the organization that is named: those of others do not exist. */
async function userNamed({ store, users }: Administration, email: string, flags: Common): Promise<User> {
  const organization = await organizationNamed(store, flags.organization);
  const user = await users.byEmail(email.trim());
  if (user?.organization !== organization.id) throw noUser(email, flags);
  return user;
}

function noUser(email: string, flags: Common): Failure {
  return new Failure(
    `there is no account ${JSON.stringify(email)} in ${flags.organization}: borescope user list shows them`,
  );
}

function showWithPassword(user: User, first: string | undefined, flags: Common, named: string): void {
  if (flags.json === true) {
    printJson({ ...(first !== undefined && { password: first }), ...shown(user, flags) });
    return;
  }
  if (first !== undefined) print(first);
  const what =
    first === undefined ? '' : ' Its first password is shown only now; whoever signs in with it chooses another.';
  process.stderr.write(`${user.email}: ${user.role} in ${named}.${what}\n`);
}

/** Without what only the store needs. */
function shown(user: User, flags: Common) {
  const { id, email, name, services, environments, createdAt, lastSignInAt, upstream } = user;
  return {
    id,
    email,
    name,
    role: user.role,
    ...(services !== undefined && { services }),
    ...(environments !== undefined && { environments }),
    organization: flags.organization,
    state: state(user),
    ...(upstream !== undefined && { provider: upstream.issuer }),
    created_at: when(createdAt),
    ...(lastSignInAt !== undefined && { last_sign_in_at: when(lastSignInAt) }),
  };
}

function state({ disabled, passwordIsTemporary }: User): string {
  if (disabled === true) return 'disabled';
  return passwordIsTemporary === true ? 'first password' : 'active';
}
