import { createHmac } from 'node:crypto';
import { createRedactor, type Redactor } from '@borescope/redaction';

/** Base64url characters of a pseudonym: 48 bits, enough to tell apart what one investigation meets. */
const PSEUDONYM_LENGTH = 8;

/** The redactor of a policy, the same in both threads. Without a key there are no pseudonyms. */
export function redactorOf(policy: { keyNames: readonly string[]; pseudonymKey: string | null }): Redactor {
  const key = policy.pseudonymKey;
  if (key === null) return createRedactor({ keyNames: policy.keyNames });
  return createRedactor({
    keyNames: policy.keyNames,
    pseudonym: (kind, value) => {
      const digest = createHmac('sha256', key).update(kind).update('\0').update(value).digest('base64url');
      return digest.slice(0, PSEUDONYM_LENGTH);
    },
  });
}
