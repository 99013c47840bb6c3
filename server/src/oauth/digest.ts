import { createHash } from 'node:crypto';

/** By what the store finds what only its holder can show: the SHA-256 of it, in base64url. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
