import { createHmac } from 'node:crypto';

/** Equal for equal values of one key: what agents compute with the key of their policy, see docs/agent-protocol.md. */
export function pseudonymBy(key: string): (kind: string, value: string) => string {
  return (kind, value) =>
    createHmac('sha256', key).update(kind).update('\0').update(value).digest('base64url').slice(0, 8);
}
