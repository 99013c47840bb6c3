import type { Command } from 'commander';
import { type ApiFlags, apiOptions, withApi } from '../api/with-api.ts';
import { UsageError } from '../failure.ts';
import { nameOption } from '../names-option.ts';
import { print, printJson, table } from '../output.ts';

interface CreateFlags extends ApiFlags {
  adminToken?: string;
}

export function addOrganizationCommands(program: Command): void {
  const organization = program.command('organization').description('Manage organizations, the tenants of a broker');
  apiOptions(organization.command('create <name>').description('Make an organization'))
    .option('--admin-token <name>', 'make its first token of the kind admin, with this name; its text is shown once')
    .action(create);
  apiOptions(organization.command('list').description('List organizations')).action(list);
}

async function create(name: string, flags: CreateFlags): Promise<void> {
  const { createOrganization } = await import('@borescope/server/administration');
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
    throw new UsageError('the name of an organization: 1 to 63 of a-z, 0-9 and -, beginning with a letter or digit');
  }
  if (flags.adminToken !== undefined) await nameOption('--admin-token', flags.adminToken);
  await withApi(flags, async (api) => {
    const made = await api.call(createOrganization, {
      name,
      ...(flags.adminToken !== undefined && { admin_token: flags.adminToken }),
    });
    if (flags.json === true) return printJson(made);
    const { admin_token: token } = made;
    if (token !== undefined) print(token.token);
    const told = `created ${made.name} (${made.id})`;
    if (token === undefined) print(told);
    else process.stderr.write(`${told}; the text of its token is shown only now.\n`);
  });
}

async function list(flags: ApiFlags): Promise<void> {
  const { listOrganizations } = await import('@borescope/server/administration');
  await withApi(flags, async (api) => {
    const listed = await api.call(listOrganizations, {});
    if (flags.json === true) return printJson(listed);
    const rows = listed.organizations.map(({ id, name, created_at: created }) => [name, id, created]);
    print(table([['NAME', 'ID', 'CREATED'], ...rows]));
  });
}
