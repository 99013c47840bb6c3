import { z } from 'zod';
import { actionAnswer } from '../action-answer.ts';
import { actionIdArgument } from '../place-arguments.ts';
import { actionResultSchema } from '../result-schema.ts';
import { defineTool } from '../tool.ts';

export const cancelAction = defineTool({
  name: 'cancel_action',
  title: 'Cancel an action',
  description:
    'Ends an action before its time: its probes are removed from every runtime, and the hits that it has are the final ' +
    'result. Use it when you have seen enough. A second call, or a call on an action that has ended, changes nothing.',
  permission: 'place',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({ action_id: actionIdArgument }),
  output: actionResultSchema,
  toldElsewhere: true,
  async run(input, context) {
    return actionAnswer(await context.actions.cancel(context.caller, input.action_id), context.now());
  },
});
