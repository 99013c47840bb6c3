import { userInfo } from 'node:os';
import type { AdministrationServices, AuditActor, Organization, Store } from '@borescope/server/administration';
import type { Command } from 'commander';
import { Failure } from './failure.ts';

export interface Administration extends Pick<AdministrationServices, 'store' | 'tokens' | 'users'> {
  /** What is told to the audit before it is done. */
  readonly changes: AdministrationServices['administration'];
  readonly services: AdministrationServices;
  /** Who runs the command, for the audit. */
  readonly by: AuditActor;
  /** Where the store is: a directory, or the address of a Redis without its credentials. */
  readonly named: string;
}

/** Which store a command is for; what is not given is as the settings of the broker say. */
export interface StoreFlags {
  readonly dataDir?: string;
  readonly redisUrl?: string;
}

export function storeOptions(command: Command): Command {
  return command
    .option('--data-dir <directory>', 'directory of the embedded store (BORESCOPE_DATA_DIR, else ./.borescope)')
    .option('--redis-url <url>', 'the Redis that the brokers share (BORESCOPE_REDIS_URL, else the embedded store)');
}

/** Opens the store beside the brokers that may run on it. */
export async function administer<Result>(
  { dataDir, redisUrl }: StoreFlags,
  work: (administration: Administration) => Promise<Result>,
): Promise<Result> {
  const { openAdministration, openStoreBeside, readSettings } = await import('@borescope/server/administration');
  const settings = readSettings(process.env, {
    ...(dataDir !== undefined && { dataDir }),
    ...(redisUrl !== undefined && { redisUrl }),
  });
  // A directory that is named is meant, whatever the environment says.
  const meant = dataDir !== undefined && redisUrl === undefined ? { ...settings, redisUrl: undefined } : settings;
  const { store, named } = await openStoreBeside(meant);
  try {
    const services = await openAdministration({ store, secretFile: meant.secretFile });
    const { tokens, users, administration: changes } = services;
    const by: AuditActor = { kind: 'command', id: userInfo().username };
    return await work({ store, tokens, users, changes, services, by, named });
  } finally {
    await store.close();
  }
}

export async function organizationNamed(store: Store, name: string): Promise<Organization> {
  const found = await store.organizations.byName(name);
  if (found !== undefined) return found;
  throw new Failure(`there is no organization ${JSON.stringify(name)}: borescope organization list shows them`);
}
