import { z } from 'zod';
import { BROKER, type ReadOnly } from '../../policies/read-only.ts';
import type { AdministrationContext } from './api-context.ts';
import { defineRoute } from './api-route.ts';
import { isoTime, nothing, timeField } from './fields.ts';

const readOnlyView = z.object({
  on: z.boolean(),
  reason: z.string(),
  by: z.string().optional().describe('Who switched it last.'),
  at: timeField.optional(),
});

export const getReadOnly = defineRoute({
  id: 'getReadOnly',
  method: 'GET',
  path: '/api/read-only',
  need: 'installation',
  summary: 'Whether the installation is in read-only mode',
  description: 'For the administrator of the installation. That of one organization is part of its policy.',
  input: nothing,
  output: readOnlyView,
  async run(_input, { controls }: AdministrationContext) {
    return viewOf((await controls.readOnly.get(BROKER)).value);
  },
});

export const setReadOnly = defineRoute({
  id: 'setReadOnly',
  method: 'PUT',
  path: '/api/read-only',
  need: 'installation',
  summary: 'Switch the read-only mode of the installation',
  description:
    'Whatever it was before. Switched on, every live probe of every organization is removed within a second, and none can be placed.',
  input: z.strictObject({
    on: z.boolean(),
    reason: z.string().max(256).default('').describe('Shown to whoever is refused.'),
  }),
  output: readOnlyView,
  async run(wanted, { administration, caller }: AdministrationContext) {
    return viewOf(await administration.setReadOnly(caller.actor, wanted));
  },
});

function viewOf({ on, reason, by, at }: ReadOnly): z.infer<typeof readOnlyView> {
  return { on, reason, ...(at > 0 && { by, at: isoTime(at) }) };
}
