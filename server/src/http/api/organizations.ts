import { z } from 'zod';
import { HttpError } from '../http-error.ts';
import type { AdministrationContext } from './api-context.ts';
import { defineRoute } from './api-route.ts';
import { requireMayGive } from './bounds.ts';
import { isoTime, nameField, nothing, timeField } from './fields.ts';
import { issuedToken, viewOf } from './tokens.ts';

const organizationView = z.object({ id: z.string(), name: z.string(), created_at: timeField });

export const listOrganizations = defineRoute({
  id: 'listOrganizations',
  method: 'GET',
  path: '/api/organizations',
  need: 'installation',
  summary: 'All organizations',
  description: 'For the administrator of the installation.',
  input: nothing,
  output: z.object({ organizations: z.array(organizationView) }),
  async run(_input, { store }: AdministrationContext) {
    const found = await store.organizations.list();
    return { organizations: found.map(({ id, name, createdAt }) => ({ id, name, created_at: isoTime(createdAt) })) };
  },
});

export const createOrganization = defineRoute({
  id: 'createOrganization',
  method: 'POST',
  path: '/api/organizations',
  need: 'installation',
  summary: 'Make an organization',
  description:
    'For the administrator of the installation, who has no further say in it: everything else is asked with a token of the organization itself, the first of which can be made here.',
  status: 201,
  errors: ['CONFLICT'],
  input: z.strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and -, beginning with a letter or digit'),
    admin_token: nameField.optional().describe('Name of a first token of the kind admin; not given: none is made.'),
  }),
  output: organizationView.extend({ admin_token: issuedToken.optional() }),
  async run({ name, admin_token: tokenName }, { administration, caller, now }: AdministrationContext) {
    if (tokenName !== undefined) requireMayGive(caller, 'token', { role: 'admin' });
    const made = await administration.createOrganization(caller.actor, name);
    if (made === undefined) {
      throw new HttpError('CONFLICT', `there is an organization ${name} already`, 'Choose another name.');
    }
    const request = { organization: made.id, kind: 'admin', name: tokenName ?? '' } as const;
    const issued = tokenName === undefined ? undefined : await administration.createToken(caller.actor, request);
    return {
      id: made.id,
      name: made.name,
      created_at: isoTime(made.createdAt),
      ...(issued !== undefined && { admin_token: { ...viewOf(issued.record, now()), token: issued.token } }),
    };
  },
});
