import type { Blocked, Policy } from '@borescope/agent-protocol';
import type { RedactionMode } from '@borescope/redaction';
import type { Clock } from '../clock.ts';
import type { RedactionPolicy } from '../policies/redaction-policy.ts';
import type { KeyStore } from '../store/store.ts';

/** What an organization's policy says that agents and the second pass go by; `version` is another for every other content. */
export interface VersionedRules {
  readonly version: number;
  readonly blocked?: Blocked | undefined;
  /** What agents of every environment are told of redaction. */
  readonly redaction: Pick<Policy, 'keyNames' | 'literals' | 'exceptions'>;
  /** RE2, which agents are not told. */
  readonly patterns: RedactionPolicy['patterns'];
  modeIn(environment: string | undefined): RedactionMode;
}

/** Rules that hold now, with the pseudonym key of the day. */
export interface CurrentRules {
  /** Another one where any of it is. */
  readonly revision: number;
  /** RE2, which agents are not told. */
  readonly patterns: RedactionPolicy['patterns'];
  /** What runtimes of this environment are told; `undefined` is one where none is named. */
  in(environment: string | undefined): Policy;
}

/** What agents are told, and the second pass goes by: the policies that hold now. */
export interface Policies {
  /** The same promise as long as the policy holds. May reject with `StoreUnavailable`. */
  current(organization: string): Promise<CurrentRules>;
  /** The same, after a look whether it still holds: for whoever may not have heard of a change. */
  fresh(organization: string): Promise<CurrentRules>;
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
  readonly rulesOf: (organization: string) => Promise<VersionedRules>;
}

const DAY = 24 * 60 * 60 * 1000;
/** Versions of the rules that one day's revision tells apart: together they stay a safe integer for 5,000 years. */
const VERSIONS = 2 ** 32;

/**
 * What an organization hides and blocks, with the pseudonym key of the day, so that pseudonyms can be joined within an
 * organization and a day and no further. The revision is another where either is.
 */
export function createPolicies({ keys, clock, freshKey, rulesOf }: PoliciesOptions): Policies {
  const known = new Map<string, { readonly day: number; readonly rules: Promise<CurrentRules> }>();
  const listeners: ((organization: string) => void)[] = [];

  async function load(organization: string, day: number): Promise<CurrentRules> {
    const date = new Date(day * DAY).toISOString().slice(0, 10);
    const [pseudonymKey, rules] = await Promise.all([
      keys.pseudonymKey(organization, date, freshKey()),
      rulesOf(organization),
    ]);
    const revision = revisionOf(day, rules.version);
    const { blocked, redaction, patterns } = rules;
    const blocks = blocked !== undefined && Object.values(blocked).some(({ length }) => length > 0);
    const told: Policy = { revision, pseudonymKey, ...redaction, ...(blocks && { blocked }) };
    return {
      revision,
      patterns,
      in(environment) {
        const mode = rules.modeIn(environment);
        return mode === 'standard' ? told : { ...told, mode };
      },
    };
  }

  function current(organization: string): Promise<CurrentRules> {
    const day = Math.floor(clock.now() / DAY);
    const held = known.get(organization);
    if (held?.day === day) return held.rules;
    const rules = load(organization, day);
    known.set(organization, { day, rules });
    rules.catch(() => {
      if (known.get(organization)?.rules === rules) known.delete(organization);
    });
    return rules;
  }

  function changed(organization: string): void {
    known.delete(organization);
    for (const listener of listeners) listener(organization);
  }

  return {
    current,
    async fresh(organization) {
      const { version } = await rulesOf(organization);
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
