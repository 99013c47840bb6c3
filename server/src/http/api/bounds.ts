import type { Role } from '../../access/caller.ts';
import { scopesOf } from '../../access/grants.ts';
import { HttpError } from '../http-error.ts';
import { type ApiCaller, requireScopes } from './api-caller.ts';

interface Bounds {
  readonly services?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
}

/** The rights that a token or an account is to have. */
export interface Rights extends Bounds {
  /** Not of a token of an agent: it calls nothing, and to attach a runtime needs no permission that could be lacking. */
  readonly role?: Role | undefined;
}

/**
 * Nobody gives more than it has: neither services and environments that it does not reach, nor, as an application, a role that
 * may do what the person has not let it do. Only admins give, and no role is above theirs. Throws FORBIDDEN, or `MissingScope`.
 */
export function requireMayGive(caller: ApiCaller, what: 'token' | 'account', rights: Rights): void {
  if (!isWithin(caller, rights)) {
    throw new HttpError(
      'FORBIDDEN',
      `the ${what} would reach further than who makes it`,
      `Give it ${boundsText(caller)}.`,
    );
  }
  if (rights.role !== undefined) requireScopes(caller, scopesOf(rights.role));
}

/** Whether `inner` reaches nothing that `outer` does not reach. */
export function isWithin(outer: Bounds, inner: Bounds): boolean {
  return covers(outer.services, inner.services) && covers(outer.environments, inner.environments);
}

function covers(outer: readonly string[] | undefined, inner: readonly string[] | undefined): boolean {
  return outer === undefined || inner?.every((name) => outer.includes(name)) === true;
}

/** For a hint: what a token has to name that this caller makes. */
function boundsText({ services, environments }: ApiCaller): string {
  return [
    ...(services === undefined ? [] : [`services of ${JSON.stringify(services)}`]),
    ...(environments === undefined ? [] : [`environments of ${JSON.stringify(environments)}`]),
  ].join(' and ');
}
