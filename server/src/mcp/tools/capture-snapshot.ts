import { z } from 'zod';
import type { ActionSpec } from '../../actions/action.ts';
import { actionAnswer } from '../action-answer.ts';
import {
  conditionArgument,
  expressionsArgument,
  maxHitsArgument,
  overheadArgument,
  placeArguments,
  placeFrom,
  runtimesArgument,
  targetFrom,
  timeoutArgument,
  waitArgument,
} from '../place-arguments.ts';
import { actionResultSchema } from '../result-schema.ts';
import { defineTool } from '../tool.ts';
import { approvalFrom, waitForEnd } from '../wait.ts';

export const captureSnapshot = defineTool({
  name: 'capture_snapshot',
  title: 'Capture a snapshot at a line',
  description:
    'Records what a running process sees just before a line runs: variables in scope, expressions, `this`, and the call ' +
    'stack. Its code is not changed, and it goes on running: only in a bundle above 100 KB does it stand still, about ' +
    'a millisecond for a pass, or once up to 25. Use it to see real values instead of guessing from source. ' +
    'The code has to reach the line while the probe lives, so make the request that reaches it, or choose a line with ' +
    'traffic. Costs the application 2 to 10 ms for a single hit, up to 30 where large objects are in scope, and the first action ' +
    'of a process stalls it some 100 ms; the measured cost comes with the result. ' +
    'Secrets and personal data are redacted. When no hit comes, `diagnosis` says why and what to do.',
  permission: 'place',
  kind: 'snapshot',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  input: z.strictObject({
    runtimes: runtimesArgument,
    ...placeArguments,
    condition: conditionArgument,
    expressions: expressionsArgument,
    max_hits: maxHitsArgument,
    timeout_seconds: timeoutArgument,
    wait_seconds: waitArgument,
    overhead_percent: overheadArgument,
  }),
  output: actionResultSchema,
  async run(input, context) {
    const spec: ActionSpec = {
      kind: 'snapshot',
      place: placeFrom(input),
      ...(input.condition !== undefined && { condition: input.condition }),
      expressions: input.expressions,
      maxHits: input.max_hits,
      timeoutSeconds: input.timeout_seconds,
      overheadPercent: input.overhead_percent,
    };
    const approval = approvalFrom(context, input.wait_seconds);
    const action = await context.actions.place(context.caller, targetFrom(input.runtimes), spec, approval);
    return actionAnswer(await waitForEnd(context, action, input.wait_seconds), context.now());
  },
});
