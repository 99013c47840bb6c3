import type { Blocked, Policy } from '@borescope/agent-protocol';
import type { Clock } from '../clock.ts';
import type { KeyStore } from '../store/store.ts';

/** What an organization blocks; `version` is another for every other content. */
export type VersionedBlocked = Blocked & { readonly version: number };

/** What agents are told, and the second pass goes by: the policies that hold now. */
export interface Policies {
  /** The same promise as long as the policy holds. May reject with `StoreUnavailable`. */
  current(organization: string): Promise<Policy>;
  /** The same, after a look whether it still holds: for whoever may not have heard of a change. */
  fresh(organization: string): Promise<Policy>;
  /** The organization's policy is another, as far as is known: it is asked for anew, and those who watch are told. */
  changed(organization: string): void;
  watch(listener: (organization: string) => void): void;
}

export interface PoliciesOptions {
  readonly keys: KeyStore;
  readonly clock: Clock;
  /** Gives a new secret of at least 128 bits. */
  readonly freshKey: () => string;
  /** May reject with `StoreUnavailable`. */
  readonly blockedOf: (organization: string) => Promise<VersionedBlocked>;
}

const DAY = 24 * 60 * 60 * 1000;
/** Versions of what is blocked that one day's revision tells apart: together they stay a safe integer for 5,000 years. */
const VERSIONS = 2 ** 32;

/**
 * The built-in rules with the pseudonym key of the day, so that pseudonyms can be joined within an organization and a day and
 * no further, and what the organization blocks. The revision is another where either is.
 */
export function createPolicies({ keys, clock, freshKey, blockedOf }: PoliciesOptions): Policies {
  const known = new Map<string, { readonly day: number; readonly policy: Promise<Policy> }>();
  const listeners: ((organization: string) => void)[] = [];

  async function load(organization: string, day: number): Promise<Policy> {
    const date = new Date(day * DAY).toISOString().slice(0, 10);
    const [pseudonymKey, { version, files, packages, classes }] = await Promise.all([
      keys.pseudonymKey(organization, date, freshKey()),
      blockedOf(organization),
    ]);
    const revision = revisionOf(day, version);
    const isEmpty = files.length + packages.length + classes.length === 0;
    return { revision, keyNames: [], pseudonymKey, ...(!isEmpty && { blocked: { files, packages, classes } }) };
  }

  function current(organization: string): Promise<Policy> {
    const day = Math.floor(clock.now() / DAY);
    const held = known.get(organization);
    if (held?.day === day) return held.policy;
    const policy = load(organization, day);
    known.set(organization, { day, policy });
    policy.catch(() => {
      if (known.get(organization)?.policy === policy) known.delete(organization);
    });
    return policy;
  }

  function changed(organization: string): void {
    known.delete(organization);
    for (const listener of listeners) listener(organization);
  }

  return {
    current,
    async fresh(organization) {
      const { version } = await blockedOf(organization);
      const { revision } = await current(organization);
      if (revision % VERSIONS !== version % VERSIONS) changed(organization);
      return current(organization);
    },
    changed,
    watch: (listener) => listeners.push(listener),
  };
}

function revisionOf(day: number, version: number): number {
  return day * VERSIONS + (version % VERSIONS);
}
