import { createRedactor, type SourceRedactor } from '@borescope/redaction';
import { hmac } from './hmac.ts';

/** Base64url characters of a pseudonym: 48 bits, enough to tell apart what one investigation meets. */
const PSEUDONYM_LENGTH = 8;

/** The redactor of a policy, the same in both threads. Without a key there are no pseudonyms. */
export function redactorOf(policy: { keyNames: readonly string[]; pseudonymKey: string | null }): SourceRedactor {
  const key = policy.pseudonymKey;
  if (key === null) return createRedactor({ keyNames: policy.keyNames });
  return createRedactor({
    keyNames: policy.keyNames,
    pseudonym: (kind, value) => hmac(key, `${kind}\0${value}`, PSEUDONYM_LENGTH),
  });
}
