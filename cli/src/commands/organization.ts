import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { administer, type StoreFlags, storeOptions } from '../administration.ts';
import { Failure, UsageError } from '../failure.ts';
import { print, printJson, table, when } from '../output.ts';

interface Flags extends StoreFlags {
  json?: true;
}

export function addOrganizationCommands(program: Command): void {
  const organization = program.command('organization').description('Manage organizations, the tenants of a broker');
  common(organization.command('create <name>').description('Make an organization')).action(create);
  common(organization.command('list').description('List organizations')).action(list);
}

function common(command: Command): Command {
  return storeOptions(command).option('--json', 'print JSON');
}

async function create(name: string, flags: Flags): Promise<void> {
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
    throw new UsageError('the name of an organization: 1 to 63 of a-z, 0-9 and -, beginning with a letter or digit');
  }
  await administer(flags, async ({ store }) => {
    const id = `org_${randomBytes(12).toString('hex')}`;
    const made = await store.organizations.create({ id, name, createdAt: Date.now() });
    if (made === undefined) throw new Failure(`there is an organization ${name} already`);
    if (flags.json === true) printJson({ id: made.id, name: made.name, created_at: when(made.createdAt) });
    else print(`created ${made.name} (${made.id})`);
  });
}

async function list(flags: Flags): Promise<void> {
  await administer(flags, async ({ store }) => {
    const organizations = await store.organizations.list();
    if (flags.json === true) {
      const shown = organizations.map(({ id, name, createdAt }) => ({ id, name, created_at: when(createdAt) }));
      return printJson({ organizations: shown });
    }
    const rows = organizations.map(({ id, name, createdAt }) => [name, id, when(createdAt)]);
    print(table([['NAME', 'ID', 'CREATED'], ...rows]));
  });
}
