import type { Caller, Role } from '../../access/caller.ts';
import type { ApiNeed } from '../../access/doors.ts';
import { mayDo, type Permission } from '../../access/grants.ts';
import type { Scope } from '../../access/scopes.ts';
import { actorOf } from '../../audit/actor.ts';
import type { AuditActor } from '../../audit/audit-record.ts';
import { HttpError } from '../http-error.ts';

/** Who asks over the API, or by a command that has the store. */
export interface ApiCaller {
  readonly organization: string;
  readonly role: Role;
  /** Names that it is bound to; absent: all. */
  readonly services?: readonly string[];
  readonly environments?: readonly string[];
  /** What a person has let an application do; absent: all that the role allows. */
  readonly scopes?: readonly Scope[];
  /** Whom the audit names. */
  readonly actor: AuditActor;
  /** Administers the installation, and not its organization alone. */
  readonly runsInstallation: boolean;
}

/** The organization that is always there, and whose admins administer the installation. */
const FIRST = 'default';

export function apiCaller(caller: Caller): ApiCaller {
  const { organization, role, services, environments, scopes } = caller;
  const bound = {
    ...(services !== undefined && { services }),
    ...(environments !== undefined && { environments }),
  };
  const runsInstallation = organization === FIRST && mayDo(caller, 'admin') && !isBound(bound);
  const of = { organization, role, ...bound, ...(scopes !== undefined && { scopes }) };
  return { ...of, actor: actorOf(caller), runsInstallation };
}

/** Throws FORBIDDEN where the caller may not ask for what needs this. */
export function requireNeed(caller: ApiCaller, need: ApiNeed): void {
  const permission = need === 'organization' || need === 'installation' ? 'admin' : need;
  if (!mayDo(caller, permission)) {
    throw new HttpError(
      'FORBIDDEN',
      `the role ${caller.role} does not allow this`,
      `It needs the role ${LEAST[permission]}. Ask who manages the tokens of the organization.`,
    );
  }
  if (need === 'installation' && !caller.runsInstallation) {
    throw new HttpError(
      'FORBIDDEN',
      'this concerns the whole installation',
      'It needs a token of an admin of the organization default that is bound to no service or environment.',
    );
  }
  if (need === 'organization' && isBound(caller)) {
    throw new HttpError(
      'FORBIDDEN',
      'this token is bound to some services or environments, and this concerns all of the organization',
      'It needs a token of an admin that is bound to no service or environment.',
    );
  }
}

const LEAST: Readonly<Record<Permission, Role>> = { read: 'viewer', place: 'developer', admin: 'admin' };

function isBound({ services, environments }: Pick<ApiCaller, 'services' | 'environments'>): boolean {
  return services !== undefined || environments !== undefined;
}
