import { z } from 'zod';
import { capturedValue } from './captured-value.ts';
import { LIMITS } from './limits.ts';

export const stackFrame = z
  .object({
    function: z.string().max(LIMITS.nameLength),
    /** Original file through source maps, or the script's own URL. */
    file: z.string().max(LIMITS.pathLength),
    line: z.int().nonnegative(),
    column: z.int().nonnegative().optional(),
  })
  .meta({ id: 'StackFrame' });

export const variable = z
  .object({
    name: z.string().max(LIMITS.nameLength),
    value: capturedValue,
    scope: z.enum(['local', 'block', 'closure', 'module', 'this']),
  })
  .meta({ id: 'Variable' });

/** The value of one expression, or why it has none. */
export const expressionResult = z
  .object({
    expression: z.string().max(LIMITS.expressionLength),
    value: capturedValue.optional(),
    error: z.string().max(LIMITS.errorLength).optional(),
  })
  .meta({ id: 'ExpressionResult' });

/** How many values were hidden in a hit, and the kinds of rule that hid them. */
export const redactions = z
  .object({ count: z.int().nonnegative(), kinds: z.array(z.string().max(64)).max(LIMITS.hiddenKinds) })
  .meta({ id: 'Redactions' });

/** One passing of the place, recorded. */
export const hit = z
  .object({
    /** Milliseconds since the epoch, by the clock of the runtime. */
    time: z.number(),
    file: z.string().max(LIMITS.pathLength),
    line: z.int().positive(),
    function: z.string().max(LIMITS.nameLength),
    variables: z.array(variable).max(1000),
    values: z.array(expressionResult).max(LIMITS.expressions),
    stack: z.array(stackFrame).max(LIMITS.stackFrames),
    redactions,
    /** Microseconds taken from the application by this capture. */
    captureUs: z.number().nonnegative(),
  })
  .meta({ id: 'Hit' });

export type StackFrame = z.infer<typeof stackFrame>;
export type Variable = z.infer<typeof variable>;
export type ExpressionResult = z.infer<typeof expressionResult>;
export type Redactions = z.infer<typeof redactions>;
export type Hit = z.infer<typeof hit>;
