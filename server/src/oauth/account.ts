import type { User, Users } from '../access/users.ts';

/** How the provider names a person: users are kept by organization, and a sign-in names none. */
export function accountOf({ organization, id }: Pick<User, 'organization' | 'id'>): string {
  return `${organization}/${id}`;
}

/** The person, as they are now; undefined where there is none any more, or they are disabled. */
export async function userOfAccount(users: Users, account: string | undefined): Promise<User | undefined> {
  const [organization, id] = account?.split('/') ?? [];
  if (organization === undefined || id === undefined) return undefined;
  const user = await users.get(organization, id);
  return user?.disabled === true ? undefined : user;
}

/** Whether what began at `seconds` since the epoch was ended with everything else of this person. */
export function isSignedOut({ signedOutAt }: User, seconds: number | undefined): boolean {
  return signedOutAt !== undefined && (seconds ?? 0) * 1000 < signedOutAt;
}
