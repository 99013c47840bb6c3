import type { Policy } from '@borescope/agent-protocol';
import { createRedactor, type SourceRedactor } from '@borescope/redaction';
import type { PatternFinder } from './pattern-finder.ts';
import { pseudonymBy } from './pseudonym.ts';

/** What a policy tells agents of redaction. */
export type RedactionRules = Pick<Policy, 'mode' | 'keyNames' | 'literals' | 'exceptions' | 'pseudonymKey'>;

const NO_EXCEPTIONS = { names: [], values: [], kinds: [] };

/** Redacts as an agent does by this policy, and with the patterns that agents are not told. */
export function createPolicyRedactor(rules: RedactionRules, patterns: PatternFinder | undefined): SourceRedactor {
  const { mode = 'standard', keyNames, literals = [], exceptions = NO_EXCEPTIONS, pseudonymKey } = rules;
  return createRedactor({
    mode,
    keyNames,
    literals,
    exceptions,
    ...(patterns !== undefined && { find: patterns.find }),
    ...(pseudonymKey !== undefined && { pseudonym: pseudonymBy(pseudonymKey) }),
  });
}
