import { z } from 'zod';
import type { User } from '../../access/users.ts';
import { boundField, isoTime, roleField, timeField } from './fields.ts';

export const userView = z.object({
  id: z.string(),
  email: z.string().describe('In lower case.'),
  name: z.string(),
  role: roleField,
  services: boundField.optional(),
  environments: boundField.optional(),
  state: z
    .enum(['active', 'first_password', 'disabled'])
    .describe('first_password: has one that an admin was shown, and chooses another at the next sign-in.'),
  provider: z.string().optional().describe("Issuer of the company's provider, where the person signs in there."),
  created_at: timeField,
  last_sign_in_at: timeField.optional(),
});

export type UserView = z.infer<typeof userView>;

/** Without the hash: nothing outside the store needs it. */
export function viewOf(user: User): UserView {
  const { id, email, name, role, services, environments, upstream, createdAt, lastSignInAt } = user;
  return {
    id,
    email,
    name,
    role,
    ...(services !== undefined && { services: [...services] }),
    ...(environments !== undefined && { environments: [...environments] }),
    state: stateOf(user),
    ...(upstream !== undefined && { provider: upstream.issuer }),
    created_at: isoTime(createdAt),
    ...(lastSignInAt !== undefined && { last_sign_in_at: isoTime(lastSignInAt) }),
  };
}

function stateOf({ disabled, passwordIsTemporary }: User): UserView['state'] {
  if (disabled === true) return 'disabled';
  return passwordIsTemporary === true ? 'first_password' : 'active';
}
