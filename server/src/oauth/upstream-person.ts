import type { Role } from '../access/caller.ts';
import { seenText } from '../access/seen-text.ts';
import { normalEmail } from '../access/users.ts';

/** Which claims of the company's provider say what. */
export interface ClaimSettings {
  readonly emailClaim: string;
  readonly roleClaim: string;
  /** Role by the value of that claim. */
  readonly roles: ReadonlyMap<string, Role>;
  /** Name of the organization of everybody; with `organizationClaim` it is not looked at. */
  readonly organization: string;
  readonly organizationClaim?: string | undefined;
}

export type Claims = Readonly<Record<string, unknown>>;

/** Somebody as the company's provider tells of them. */
export interface UpstreamPerson {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Name of the organization. */
  readonly organization: string;
}

const RANK: readonly Role[] = ['viewer', 'developer', 'admin'];

/** The person, or why they may not come in, in words for them. Pure. */
export function personOf(claims: Claims, settings: ClaimSettings): UpstreamPerson | { readonly reason: string } {
  const { emailClaim, roleClaim, roles, organizationClaim } = settings;
  const email = normalEmail(String(claimAt(claims, emailClaim) ?? ''));
  if (email === undefined) return { reason: `Your company's provider tells no e-mail address (claim ${emailClaim}).` };
  // Anybody could claim the address of somebody else. A claim that an administrator has named instead is trusted as it is.
  const verified = claims['email_verified'];
  if (emailClaim === 'email' && verified !== true && verified !== 'true') {
    return { reason: "Your company's provider does not say that your e-mail address is verified." };
  }
  const role = textsOf(claimAt(claims, roleClaim))
    .flatMap((value) => roles.get(value) ?? [])
    .toSorted((a, b) => RANK.indexOf(b) - RANK.indexOf(a))[0];
  if (role === undefined) {
    return {
      reason: `${email} has no role here: the company's provider names none that is known (claim ${roleClaim}).`,
    };
  }
  const organization = organizationClaim === undefined ? settings.organization : claimAt(claims, organizationClaim);
  if (typeof organization !== 'string') {
    return { reason: `Your company's provider tells no organization (claim ${organizationClaim}).` };
  }
  // People choose it themselves, and admins read it.
  const name = typeof claims['name'] === 'string' ? seenText(claims['name']).slice(0, 128) : '';
  return { email, name: name === '' ? email : name, role, organization };
}

/** A claim by its name, or by a path through objects: `realm_access.roles`. */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let at: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = Object.getOwnPropertyDescriptor(at, part)?.value;
  }
  return at;
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}
