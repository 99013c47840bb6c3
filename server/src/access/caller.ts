import type { Scope } from './scopes.ts';

export type TokenKind = 'mcp' | 'agent' | 'admin';

/** `viewer` lists and reads, `developer` also places probes, `admin` also manages tokens, policies and users. */
export type Role = 'viewer' | 'developer' | 'admin';

/** Who asks. Everything that a caller may touch follows from this and from nothing else in a request. */
export interface Caller {
  readonly organization: string;
  /** Of the token; of what a person has let an application do, where it signed in by OAuth. */
  readonly tokenId: string;
  /** As its owner called it; the name that the application claims, where it signed in by OAuth. */
  readonly tokenName: string;
  readonly kind: TokenKind;
  readonly role: Role;
  /** E-mail of the person whom the token belongs to, or who is signed in. */
  readonly user?: string;
  /** Names of services the token is bound to; absent: all. */
  readonly services?: readonly string[];
  /** Names of environments the token is bound to; absent: all. */
  readonly environments?: readonly string[];
  /** What the person has let an application do; absent: all that the role allows. */
  readonly scopes?: readonly Scope[];
  /** Of the client that sent this request; no caller of another request has it. */
  readonly address?: string;
}

/** The same for the same rights, of what can change while a credential holds: role and bounds. */
export function rightsOf({ role, services, environments }: Caller): string {
  return JSON.stringify([role, services ?? null, environments ?? null]);
}
