import { z } from 'zod';
import { renderAction, renderActionHead } from '../../mcp/render-action.ts';
import { actionResultSchema, actionSchema } from '../../mcp/result-schema.ts';
import { visibleLine } from '../../mcp/visible-text.ts';
import type { BrokerContext } from './api-context.ts';
import { defineRoute } from './api-route.ts';
import { idField, untrustedField } from './fields.ts';

export const listActions = defineRoute({
  id: 'listActions',
  method: 'GET',
  path: '/api/actions',
  need: 'read',
  summary: 'Actions, newest first',
  description: 'Those that the caller may see, until the retention deletes them.',
  input: z.strictObject({
    state: actionSchema.shape.state.optional().describe('Only actions in this state.'),
    cursor: z.string().max(512).optional().describe('next_cursor of the page before.'),
  }),
  output: z.object({
    actions: z.array(actionSchema.extend({ file: z.string(), line: z.int() })),
    next_cursor: z.string().optional(),
    untrusted: untrustedField,
  }),
  async run({ state, cursor }, { actions, token }: BrokerContext) {
    const page = await actions.list(token, {
      ...(state !== undefined && { state }),
      ...(cursor !== undefined && { cursor }),
    });
    return {
      actions: page.actions.map((action) => ({
        ...renderActionHead(action),
        file: visibleLine(action.spec.place.file, 4096),
        line: action.spec.place.line,
      })),
      ...(page.cursor !== undefined && { next_cursor: page.cursor }),
      untrusted: true as const,
    };
  },
});

export const getAction = defineRoute({
  id: 'getAction',
  method: 'GET',
  path: '/api/actions/{id}',
  need: 'read',
  summary: 'One action with its hits',
  description: 'The same shape as the tools give.',
  errors: ['ACTION_NOT_FOUND'],
  input: z.strictObject({ id: idField }),
  output: actionResultSchema,
  run: async ({ id }, { actions, token, now }: BrokerContext) => renderAction(await actions.view(token, id), now()),
});

export const cancelAction = defineRoute({
  id: 'cancelAction',
  method: 'POST',
  path: '/api/actions/{id}/cancel',
  need: 'place',
  summary: 'End an action, and remove its probes',
  description: 'Its hits so far are the result. On an action that has ended it changes nothing.',
  errors: ['ACTION_NOT_FOUND'],
  input: z.strictObject({ id: idField }),
  output: actionResultSchema,
  run: async ({ id }, { actions, token, now }: BrokerContext) => renderAction(await actions.cancel(token, id), now()),
});
