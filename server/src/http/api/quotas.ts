import { z } from 'zod';
import { limitsOf, quotaChange, quotaLimits } from '../../quotas/quota-limits.ts';
import type { Current } from '../../store/current-document.ts';
import type { AdministrationContext } from './api-context.ts';
import { changedMeanwhile, defineRoute } from './api-route.ts';
import { isoTime, nothing, timeField, versionField } from './fields.ts';

const quotaView = z.object({
  version: versionField,
  quotas: quotaChange.describe('What was set.'),
  effective: quotaLimits.describe('What holds: what was set, and the defaults for the rest.'),
});

export const getQuotas = defineRoute({
  id: 'getQuotas',
  method: 'GET',
  path: '/api/quotas',
  need: 'read',
  summary: 'The quotas of the organization',
  description: 'What was set, and what holds.',
  versioned: true,
  input: nothing,
  output: quotaView,
  async run(_input, { controls, caller }: AdministrationContext) {
    return viewOf(await controls.quotaChange.get(caller.organization));
  },
});

export const setQuotas = defineRoute({
  id: 'setQuotas',
  method: 'PUT',
  path: '/api/quotas',
  need: 'organization',
  summary: 'Replace what is set of the quotas',
  description: 'What is not given is as the defaults say. It holds on every broker within a second.',
  versioned: true,
  conditional: true,
  input: quotaChange,
  output: quotaView,
  async run(change, { administration, caller }: AdministrationContext, expected) {
    const set = await administration.setQuotas(caller.actor, caller.organization, change, expected);
    if (set === undefined) throw changedMeanwhile('what is set of the quotas');
    return viewOf(set);
  },
});

export const quotaUsage = defineRoute({
  id: 'quotaUsage',
  method: 'GET',
  path: '/api/quotas/usage',
  need: 'read',
  summary: 'How much of its quotas the organization has used',
  description: 'Only those that have a limit.',
  input: nothing,
  output: z.object({
    usage: z.array(
      z.object({
        quota: z.string(),
        limit: z.number(),
        used: z.number(),
        resets_at: timeField
          .optional()
          .describe('When it is counted anew; not given for what is counted at every moment.'),
      }),
    ),
  }),
  async run(_input, { controls, caller }: AdministrationContext) {
    const usage = await controls.quotas.usage(caller.organization);
    return {
      usage: usage.map(({ resetsAt, ...rest }) => ({
        ...rest,
        ...(resetsAt !== undefined && { resets_at: isoTime(resetsAt) }),
      })),
    };
  },
});

function viewOf({ version, value }: Current<z.infer<typeof quotaChange>>): z.infer<typeof quotaView> {
  const { organization, runtime, token } = limitsOf(value);
  return { version, quotas: value, effective: { organization, token: token(''), runtime } };
}
