import type { Caller } from '../access/caller.ts';
import type { AuditActor } from './audit-record.ts';

/** A caller as the audit names it. */
export function actorOf({ tokenId, tokenName, user, address }: Caller): AuditActor {
  return {
    kind: 'token',
    id: tokenId,
    name: tokenName,
    ...(user !== undefined && { user }),
    ...(address !== undefined && { address }),
  };
}
