import type { Caller, Role } from '../../access/caller.ts';
import type { ApiNeed } from '../../access/doors.ts';
import { mayDo, type Permission, scopeOf, scopesOf } from '../../access/grants.ts';
import type { Scope } from '../../access/scopes.ts';
import { actorOf } from '../../audit/actor.ts';
import type { AuditActor } from '../../audit/audit-record.ts';
import { HttpError, MissingScope } from '../http-error.ts';

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
  /** By its role and bounds it administers the installation, and not its organization alone. */
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
  const runsInstallation = organization === FIRST && mayDo({ role }, 'admin') && !isBound(bound);
  const of = { organization, role, ...bound, ...(scopes !== undefined && { scopes }) };
  return { ...of, actor: actorOf(caller), runsInstallation };
}

/** What a route needs. `scopes`: of an application, where that is more than the scope of the need. */
export interface RouteNeed {
  readonly need: ApiNeed;
  readonly scopes?: readonly Scope[];
}

/** The scopes that open this route to an application. */
export function scopesFor({ need, scopes }: RouteNeed): readonly Scope[] {
  return scopes ?? [scopeOf(permissionFor(need))];
}

function permissionFor(need: ApiNeed): Permission {
  return need === 'organization' || need === 'installation' ? 'admin' : need;
}

/**
 * Throws FORBIDDEN where the caller may not ask for what needs this; `MissingScope` where the person could let it. Scopes come
 * last: nobody is asked for one that would not do.
 */
export function requireNeed(caller: ApiCaller, route: RouteNeed): void {
  const { need } = route;
  const permission = permissionFor(need);
  if (!mayDo({ role: caller.role }, permission)) {
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
  requireScopes(caller, scopesFor(route));
}

/** Whether `requireNeed` lets the caller through. */
export function meetsNeed(caller: ApiCaller, route: RouteNeed): boolean {
  try {
    requireNeed(caller, route);
    return true;
  } catch (error) {
    if (error instanceof HttpError) return false;
    throw error;
  }
}

/** Whether it acts for a person who is signed in, and may do what that has let it do. */
export function isApplication({ scopes }: Pick<ApiCaller, 'scopes'>): boolean {
  return scopes !== undefined;
}

/** Throws `MissingScope`, or FORBIDDEN where the role of the person cannot give one of them. */
export function requireScopes({ role, scopes }: ApiCaller, wanted: readonly Scope[]): void {
  if (scopes === undefined) return;
  const missing = wanted.filter((scope) => !scopes.includes(scope));
  const beyond = missing.find((scope) => !scopesOf(role).includes(scope));
  if (beyond !== undefined) {
    throw new HttpError(
      'FORBIDDEN',
      `an application needs the scope ${beyond} for this, which the role ${role} cannot give`,
      'Use a token of the kind admin.',
    );
  }
  if (missing.length > 0) throw new MissingScope(missing);
}

const LEAST: Readonly<Record<Permission, Role>> = { read: 'viewer', place: 'developer', admin: 'admin' };

function isBound({ services, environments }: Pick<ApiCaller, 'services' | 'environments'>): boolean {
  return services !== undefined || environments !== undefined;
}
