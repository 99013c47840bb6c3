import type { User } from '../../access/users.ts';
import { HttpError } from '../http-error.ts';
import type { AdministrationContext } from './api-context.ts';
import { isWithin } from './bounds.ts';

const WAY_ROUND = 'or use borescope user where the store is, which is not held back.';

/**
 * Refuses to take the rights of an admin from who asks, and from the last one of the organization. `after`: the account as it
 * would be; undefined where it is removed.
 *
 * It keeps people from slips, and nobody from an attack: two admins who do it to each other at the same moment may both get
 * through. A command that has the store is let do it, for it is the way back in.
 */
export async function requireNoLockOut(
  { users, caller }: AdministrationContext,
  user: User,
  after: User | undefined,
): Promise<void> {
  if (caller.actor.kind === 'command' || user.role !== 'admin') return;
  if (after !== undefined && after.disabled !== true && after.role === 'admin' && isWithin(after, user)) return;
  if (caller.actor.user === user.email) {
    throw new HttpError(
      'FORBIDDEN',
      'nobody takes the rights of an admin from their own account',
      `Ask another admin of the organization, ${WAY_ROUND}`,
    );
  }
  if (!runsOrganization(user)) return;
  const all = await users.list(user.organization);
  if (all.some((other) => other.id !== user.id && runsOrganization(other))) return;
  throw new HttpError(
    'CONFLICT',
    `${user.email} is the last admin of the organization`,
    `Make somebody else an admin who is bound to nothing first, ${WAY_ROUND}`,
  );
}

/** May do all that concerns the organization, and is let in. */
function runsOrganization({ role, disabled, services, environments }: User): boolean {
  return role === 'admin' && disabled !== true && services === undefined && environments === undefined;
}
