/** What an application may be let do for a person. Never more than the person may do. */
export const SCOPES = ['runtime:read', 'probe:place', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** What an assistant is of use with, and asks for where it does not know better. */
export const USUAL_SCOPES: readonly Scope[] = ['runtime:read', 'probe:place'];

/** Those that are ours of a text as OAuth writes them, separated by spaces (RFC 6749, 3.3). */
export function parseScopes(text: string | undefined): Scope[] {
  const words = new Set(text?.split(' '));
  return SCOPES.filter((scope) => words.has(scope));
}
