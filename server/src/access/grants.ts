import type { Role } from './caller.ts';

/** What a caller wants to do: `read` lists and reads, `place` puts probes in and takes them out. */
export type Permission = 'read' | 'place';

const GRANTED: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['read'],
  developer: ['read', 'place'],
  admin: ['read', 'place'],
};

export function mayDo(role: Role, permission: Permission): boolean {
  return GRANTED[role].includes(permission);
}
