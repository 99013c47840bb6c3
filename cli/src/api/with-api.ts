import type { Command } from 'commander';
import { administer, type StoreFlags, storeOptions } from '../administration.ts';
import { UsageError } from '../failure.ts';
import type { AdministrationApi } from './administration-api.ts';
import { storeApi } from './store-api.ts';

/** The options of every command of administration. */
export interface ApiFlags extends StoreFlags {
  readonly broker?: string;
  readonly organization?: string;
  readonly json?: true;
}

export function apiOptions(command: Command): Command {
  return storeOptions(command)
    .option(
      '--broker <url>',
      'a running broker, instead of the store: with the token in BORESCOPE_ADMIN_TOKEN, or as who has signed in with login --admin (BORESCOPE_BROKER_URL)',
    )
    .option('--organization <name>', 'the organization (default; at a broker that of the token or account)')
    .option('--json', 'print JSON');
}

/** Works at the broker that is named, else on the store beside the brokers that may run on it. */
export async function withApi<Result>(
  flags: ApiFlags,
  work: (api: AdministrationApi) => Promise<Result>,
): Promise<Result> {
  const { broker, organization, dataDir, redisUrl } = flags;
  const onStore = dataDir !== undefined || redisUrl !== undefined;
  if (broker !== undefined && onStore) {
    throw new UsageError('--broker: name a broker, or a store by --data-dir or --redis-url, and not both');
  }
  const set = onStore ? '' : (process.env['BORESCOPE_BROKER_URL'] ?? '');
  if (broker !== undefined || set !== '') {
    const [address, option] = broker === undefined ? [set, 'BORESCOPE_BROKER_URL'] : [broker, '--broker'];
    // Those on the store need none of it.
    const { brokerApi } = await import('./broker-api.ts');
    return work(await brokerApi(address, option, organization));
  }
  return administer(flags, async (administration) => work(await storeApi(administration, organization ?? 'default')));
}
