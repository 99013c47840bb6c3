import type { Store } from '@borescope/server';

const FREE = {
  calls_per_second: null,
  actions_per_hour: null,
  live_actions: null,
  hits_per_day: null,
  bytes_per_day: null,
};

/** Takes the quotas of an organization away, for work that no assistant does: thousands of actions, and calls without a pause. */
export async function withoutQuotas({ documents }: Store, organization: string): Promise<void> {
  const value = { organization: FREE, token: FREE, runtime: { actions_per_hour: null, hits_per_day: null } };
  const { version } = (await documents.get(organization, 'quotas', 'current')) ?? { version: 0 };
  await documents.put(organization, 'quotas', { id: 'current', value }, version);
}
