import { z } from 'zod';
import { mayDo, PERMISSIONS } from '../../access/grants.ts';
import type { BrokerContext } from './api-context.ts';
import { defineRoute } from './api-route.ts';
import { boundField, nothing, roleField } from './fields.ts';

export const getMe = defineRoute({
  id: 'getMe',
  method: 'GET',
  path: '/api/me',
  need: 'read',
  summary: 'Who asks, and what that may do',
  description: 'As the credential of the request says.',
  input: nothing,
  output: z.object({
    organization: z.object({ id: z.string(), name: z.string() }),
    token: z.object({ id: z.string(), name: z.string() }),
    user: z.string().optional().describe('E-mail address of the person.'),
    role: roleField,
    permissions: z.array(z.enum(PERMISSIONS)),
    services: boundField.optional(),
    environments: boundField.optional(),
    runs_installation: z.boolean().describe('May make organizations, and switch the read-only mode of all.'),
  }),
  async run(_input, { store, token, caller }: BrokerContext) {
    const { organization: id, tokenId, tokenName, user, role, services, environments } = token;
    const organization = (await store.organizations.list()).find((one) => one.id === id);
    return {
      organization: { id, name: organization?.name ?? id },
      token: { id: tokenId, name: tokenName },
      ...(user !== undefined && { user }),
      role,
      permissions: PERMISSIONS.filter((permission) => mayDo(token, permission)),
      ...(services !== undefined && { services: [...services] }),
      ...(environments !== undefined && { environments: [...environments] }),
      runs_installation: caller.runsInstallation && mayDo(token, 'admin'),
    };
  },
});
