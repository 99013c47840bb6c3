import type { Caller, Role } from './caller.ts';
import type { Scope } from './scopes.ts';

/** What a caller wants to do: `read` lists and reads, `place` puts probes in and takes them out, `admin` administers. */
export const PERMISSIONS = ['read', 'place', 'admin'] as const;
export type Permission = (typeof PERMISSIONS)[number];

const GRANTED: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['read'],
  developer: ['read', 'place'],
  admin: ['read', 'place', 'admin'],
};

const SCOPE: Readonly<Record<Permission, Scope>> = { read: 'runtime:read', place: 'probe:place', admin: 'admin' };

/** By the role, and where an application acts for a person by what the person has let it do. */
export function mayDo({ role, scopes }: Pick<Caller, 'role' | 'scopes'>, permission: Permission): boolean {
  return GRANTED[role].includes(permission) && (scopes === undefined || scopes.includes(SCOPE[permission]));
}

/** The scope that would let this caller do it; undefined where none would, or it may already. */
export function missingScope(
  { role, scopes }: Pick<Caller, 'role' | 'scopes'>,
  permission: Permission,
): Scope | undefined {
  return mayDo({ role }, permission) && !mayDo({ role, ...(scopes && { scopes }) }, permission)
    ? SCOPE[permission]
    : undefined;
}

/** What lets an application do it. */
export function scopeOf(permission: Permission): Scope {
  return SCOPE[permission];
}

/** What somebody with this role can let an application do. */
export function scopesOf(role: Role): Scope[] {
  return GRANTED[role].map((permission) => SCOPE[permission]);
}

/** The one that may do less. */
export function lowerRole(a: Role, b: Role): Role {
  return GRANTED[a].length < GRANTED[b].length ? a : b;
}
