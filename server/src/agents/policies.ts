import type { Policy } from '@borescope/agent-protocol';
import type { Clock } from '../clock.ts';
import type { KeyStore } from '../store/store.ts';

/** The redaction policies that hold now. */
export interface Policies {
  /** The same promise as long as the policy holds. May reject with `StoreUnavailable`. */
  current(organization: string): Promise<Policy>;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * The built-in rules with the pseudonym key of the day: pseudonyms can be joined within an organization and a day, and no
 * further. `freshKey` gives a new secret of at least 128 bits.
 */
export function createPolicies(options: { keys: KeyStore; clock: Clock; freshKey: () => string }): Policies {
  const { keys, clock, freshKey } = options;
  const known = new Map<string, { revision: number; policy: Promise<Policy> }>();

  async function load(organization: string, revision: number): Promise<Policy> {
    const day = new Date(revision * DAY).toISOString().slice(0, 10);
    const pseudonymKey = await keys.pseudonymKey(organization, day, freshKey());
    return { revision, keyNames: [], pseudonymKey };
  }

  return {
    current(organization) {
      // The day's number: the policy changes with the key, and at nothing else.
      const revision = Math.floor(clock.now() / DAY);
      const held = known.get(organization);
      if (held?.revision === revision) return held.policy;
      const policy = load(organization, revision);
      known.set(organization, { revision, policy });
      policy.catch(() => {
        if (known.get(organization)?.policy === policy) known.delete(organization);
      });
      return policy;
    },
  };
}
