import { z } from 'zod';
import { actionAnswer } from '../action-answer.ts';
import { actionIdArgument, waitArgument } from '../place-arguments.ts';
import { actionResultSchema } from '../result-schema.ts';
import { defineTool } from '../tool.ts';
import { waitForEnd } from '../wait.ts';

export const waitForAction = defineTool({
  name: 'wait_for_action',
  title: 'Wait for an action',
  description:
    'Waits until an action has ended, and gives its result so far, in the shape of the tool that made it. Use it when an ' +
    'answer says that the action is still queued or armed, or to read the hits of an action again. Costs the ' +
    'application nothing. With wait_seconds 0 it answers at once.',
  permission: 'read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  input: z.strictObject({
    action_id: actionIdArgument,
    wait_seconds: waitArgument,
    after_sequence: z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe('Give only hits whose number `hit` is above this one. Default 0: all.'),
  }),
  output: actionResultSchema,
  toldElsewhere: true,
  async run(input, context) {
    const action = await context.actions.action(context.caller, input.action_id);
    return actionAnswer(await waitForEnd(context, action, input.wait_seconds, input.after_sequence), context.now());
  },
});
