import { z } from 'zod';
import { ERROR_CODES } from './errors.ts';
import { LIMITS } from './limits.ts';

/** A line as the developer wrote it: `file` is a path or the end of one, `line` is 1-based. */
export const place = z
  .object({
    file: z.string().min(1).max(LIMITS.pathLength),
    line: z.int().positive(),
    /** What the caller believes to stand on that line; compared without white space at both ends. */
    expectLine: z.string().max(4096).optional(),
  })
  .meta({ id: 'Place' });

const expression = z.string().min(1).max(LIMITS.expressionLength);

/** What the agent needs to place an action's probe. A deadline is a span, so that no two clocks have to agree. */
export const armSpec = z
  .object({
    actionId: z.string().min(1).max(64),
    kind: z.literal('snapshot'),
    place,
    condition: expression.optional(),
    expressions: z.array(expression).max(LIMITS.expressions),
    /** Hits that are still wanted from this runtime. */
    maxHits: z.int().min(1).max(LIMITS.maxHits),
    /** Milliseconds from receipt until the agent removes the probe of its own accord. */
    ttlMs: z
      .int()
      .positive()
      .max(LIMITS.maxTimeoutSeconds * 1000),
    overheadPercent: z.number().min(0.01).max(LIMITS.maxOverheadPercent),
  })
  .meta({ id: 'ArmSpec' });

/** Where a probe was bound: original file and line, and the text that stands there. */
export const boundPlace = z
  .object({
    file: z.string().max(LIMITS.pathLength),
    line: z.int().positive(),
    column: z.int().nonnegative().optional(),
    /** Redacted like any captured text. */
    sourceLine: z.string().max(LIMITS.stringLength),
    function: z.string().max(LIMITS.nameLength).optional(),
    /** SHA-256 of the script as V8 has it, hex: the same where all runtimes run the same code. */
    scriptHash: z.string().max(64).optional(),
    /** What the caller should know of this place: what cannot be seen there, and where it can. Redacted like sourceLine. */
    note: z.string().max(LIMITS.stringLength).optional(),
  })
  .meta({ id: 'BoundPlace' });

/** Why a placement failed, in the codes of the product; `hint` says how to mend the call. */
export const problem = z
  .object({
    code: z.enum(ERROR_CODES),
    message: z.string().max(LIMITS.messageLength),
    hint: z.string().max(LIMITS.messageLength).optional(),
  })
  .meta({ id: 'Problem' });

/** Milliseconds and microseconds taken from the application's thread by one action on one runtime. */
export const cost = z
  .object({
    samples: z.int().nonnegative(),
    meanUs: z.number().nonnegative(),
    maxUs: z.number().nonnegative(),
    totalMs: z.number().nonnegative(),
    /** The longest stall of the application while a breakpoint was set, in milliseconds. */
    armingMs: z.number().nonnegative().optional(),
  })
  .meta({ id: 'Cost' });

/** A limit of the agent's own, over all its actions: percent of a core, hits a minute, or bytes a minute. */
export const ownLimit = z
  .object({ of: z.enum(['overhead', 'hits', 'bytes']), most: z.number().positive() })
  .meta({ id: 'OwnLimit' });

/** What one runtime knows of a probe that has, or has not, been hit. */
export const observation = z
  .object({
    /** Passes that were looked at while armed, without those let go; with sampling not all that there were. */
    passes: z.int().nonnegative(),
    conditionFalse: z.int().nonnegative(),
    conditionErrors: z.int().nonnegative(),
    /** The first error that the condition gave, redacted. */
    conditionError: z.string().max(LIMITS.errorLength).optional(),
    /** Passes that were let go without a look because the budget was empty, and hits that were not sent. */
    dropped: z.int().nonnegative(),
    /** Milliseconds for which the probe was really armed, of those since it was placed. */
    armedMs: z.number().nonnegative(),
    placedMs: z.number().nonnegative(),
    /** The limit that the agent had used up last while the probe was in place: then nothing is captured for it. */
    ownLimit: ownLimit.optional(),
  })
  .meta({ id: 'Observation' });

export type Place = z.infer<typeof place>;
export type ArmSpec = z.infer<typeof armSpec>;
export type BoundPlace = z.infer<typeof boundPlace>;
export type Problem = z.infer<typeof problem>;
export type Cost = z.infer<typeof cost>;
export type OwnLimit = z.infer<typeof ownLimit>;
export type Observation = z.infer<typeof observation>;
