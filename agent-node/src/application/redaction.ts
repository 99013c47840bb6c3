import type { Policy } from '@borescope/agent-protocol';
import {
  createHmac,
  createRedactor,
  type RedactionMode,
  type RedactorOptions,
  type SourceRedactor,
} from '@borescope/redaction';
import type { RedactionFloor } from '../settings/redaction-floor.ts';

/** What a policy says of redaction. Every field is always there: a missing one would be looked up on a prototype. */
export interface RedactionRules {
  readonly mode: RedactionMode;
  readonly keyNames: readonly string[];
  readonly literals: readonly string[];
  readonly exceptNames: readonly string[];
  readonly exceptValues: readonly string[];
  readonly exceptKinds: readonly string[];
  /** Without a key there are no pseudonyms. */
  readonly pseudonymKey: string | null;
}

/** What holds until a broker has told its policy. */
export const NO_RULES: RedactionRules = {
  mode: 'standard',
  keyNames: [],
  literals: [],
  exceptNames: [],
  exceptValues: [],
  exceptKinds: [],
  pseudonymKey: null,
};

export function rulesOf(policy: Policy, floor: RedactionFloor): RedactionRules {
  const { mode = 'standard', keyNames, literals, pseudonymKey } = policy;
  const exceptions = floor === 'policy' ? policy.exceptions : undefined;
  return {
    mode: floor === 'strict' || (floor === 'standard' && mode === 'off') ? floor : mode,
    keyNames,
    literals: literals ?? [],
    exceptNames: exceptions?.names ?? [],
    exceptValues: exceptions?.values ?? [],
    exceptKinds: exceptions?.kinds ?? [],
    pseudonymKey: pseudonymKey ?? null,
  };
}

/** Base64url characters of a pseudonym: 48 bits, enough to tell apart what one investigation meets. */
const PSEUDONYM_LENGTH = 8;

/** The redactor of a policy, the same in both threads. */
export function redactorOf(rules: RedactionRules): SourceRedactor {
  const { mode, keyNames, literals, exceptNames, exceptValues, exceptKinds, pseudonymKey: key } = rules;
  const exceptions = { names: exceptNames, values: exceptValues, kinds: exceptKinds };
  const options: RedactorOptions = { mode, keyNames, literals, exceptions };
  if (key === null) return createRedactor(options);
  const hmac = createHmac(key);
  const pseudonym = (kind: string, value: string) => hmac(`${kind}\0${value}`, PSEUDONYM_LENGTH);
  return createRedactor({ ...options, pseudonym });
}

export function sameRules(a: RedactionRules, b: RedactionRules): boolean {
  return (
    a.mode === b.mode &&
    a.pseudonymKey === b.pseudonymKey &&
    sameTexts(a.keyNames, b.keyNames) &&
    sameTexts(a.literals, b.literals) &&
    sameTexts(a.exceptNames, b.exceptNames) &&
    sameTexts(a.exceptValues, b.exceptValues) &&
    sameTexts(a.exceptKinds, b.exceptKinds)
  );
}

export function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
