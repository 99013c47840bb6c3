import type { Place } from '@borescope/agent-protocol';
import { LIMITS } from '@borescope/agent-protocol';
import { z } from 'zod';
import type { Target } from '../actions/actions.ts';
import { DEFAULT_WAIT_SECONDS } from './wait.ts';

const name = z.string().min(1).max(256);

export const targetArguments = {
  service: name.optional().describe('Exact name of the service.'),
  environment: name.optional().describe('Exact name of the environment, for example production.'),
  version: name.optional().describe('Exact deployed version.'),
  tags: z.record(z.string().min(1).max(128), z.string().max(256)).optional().describe('Tags that all have to match.'),
};

export const runtimesArgument = z
  .strictObject({
    ...targetArguments,
    ids: z
      .array(name)
      .min(1)
      .max(LIMITS.runtimesPerAction)
      .optional()
      .describe('Ids of runtimes, as list_runtimes gives them.'),
  })
  .refine((target) => Object.values(target).some((value) => value !== undefined), {
    error: 'needs at least one of service, environment, version, tags, ids',
  })
  .meta({
    description:
      'Which running processes, for example {"service":"shop"}: all that is given must match, and at least one of ' +
      'service, environment, version, tags and ids is needed.',
    minProperties: 1,
  });

export const placeArguments = {
  file: z
    .string()
    .min(1)
    .max(4096)
    .describe(
      'Path of the source file as the developer wrote it (TypeScript too), or the end of it, like src/cart.ts.',
    ),
  line: z.int().min(1).max(10_000_000).describe('Line in that file, from 1.'),
  expect_line: z
    .string()
    .max(4096)
    .refine((text) => text.trim() !== '', 'must hold more than white space: leave it out where nothing is expected')
    .optional()
    .describe(
      'What you believe stands on that line. Where the deployed text differs, the call is refused with that text.',
    ),
};

export const timeoutArgument = z
  .int()
  .min(1)
  .max(LIMITS.maxTimeoutSeconds)
  .default(LIMITS.defaultTimeoutSeconds)
  .describe(`Seconds that the probe lives, 1 to ${LIMITS.maxTimeoutSeconds}, default ${LIMITS.defaultTimeoutSeconds}.`);

export const waitArgument = z
  .number()
  .min(0)
  .max(LIMITS.maxTimeoutSeconds)
  .optional()
  .describe(
    `Seconds that this call waits for the action to end, 0 to ${LIMITS.maxTimeoutSeconds}. Default: until the end where ` +
      `the client asks for progress, else at most ${DEFAULT_WAIT_SECONDS}. When it ends first the action goes on: call ` +
      'wait_for_action.',
  );

export const overheadArgument = z
  .number()
  .min(1)
  .max(LIMITS.maxOverheadPercent)
  .default(LIMITS.defaultOverheadPercent)
  .describe(
    `Percent of one core that the probe may cost each runtime, 1 to ${LIMITS.maxOverheadPercent}, default ` +
      `${LIMITS.defaultOverheadPercent}. On a hotter line passes are sampled, and the result says so.`,
  );

export const conditionArgument = z
  .string()
  .min(1)
  .max(LIMITS.expressionLength)
  .optional()
  .describe(
    `Record only passes where this is true: side-effect-free JavaScript over names in scope, at most ` +
      `${LIMITS.expressionLength} characters, for example order.total > 100 || order.items.some(i => i.price < 0).`,
  );

export const expressionsArgument = z
  .array(z.string().min(1).max(LIMITS.expressionLength))
  .max(LIMITS.expressions)
  .default([])
  .describe(
    `At most ${LIMITS.expressions} further values to capture, each at most ${LIMITS.expressionLength} characters: ` +
      'side-effect-free JavaScript, for deeper parts than the variables show, such as items.map(i => i.sku).',
  );

export const maxHitsArgument = z
  .int()
  .min(1)
  .max(LIMITS.maxHits)
  .default(LIMITS.defaultHits)
  .describe(`Hits to record over all runtimes together, 1 to ${LIMITS.maxHits}, default ${LIMITS.defaultHits}.`);

export const actionIdArgument = z.string().min(1).max(64).describe('Id of the action.');

export const cursorArgument = z.string().min(1).max(512).optional().describe('next_cursor of the page before.');

type TargetInput = { [Key in keyof Target]?: Target[Key] | undefined };

/** Without the keys that were not given: `undefined` is not a value of the engine's types. */
export function targetFrom({ service, environment, version, tags, ids }: TargetInput): Target {
  return {
    ...(service !== undefined && { service }),
    ...(environment !== undefined && { environment }),
    ...(version !== undefined && { version }),
    ...(tags !== undefined && { tags }),
    ...(ids !== undefined && { ids }),
  };
}

export function placeFrom(input: { file: string; line: number; expect_line?: string | undefined }): Place {
  return {
    file: input.file,
    line: input.line,
    ...(input.expect_line !== undefined && { expectLine: input.expect_line }),
  };
}
