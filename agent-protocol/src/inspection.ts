import { z } from 'zod';
import { boundPlace, problem } from './action.ts';
import { LIMITS } from './limits.ts';

/** What stands at a place, told without placing anything. */
export const inspection = z
  .object({
    /** Absent where the line cannot carry a probe: then `problem` says why. */
    bound: boundPlace.optional(),
    problem: problem.optional(),
    /** The deployed source around the line, redacted like any captured text. */
    source: z.array(z.object({ line: z.int().positive(), text: z.string().max(LIMITS.stringLength) })).max(100),
    /** Names that an expression at the bound line may use. */
    names: z.array(z.string().max(LIMITS.nameLength)).max(500),
    /** URLs of the loaded scripts that the path matches. */
    scripts: z.array(z.string().max(LIMITS.pathLength)).max(50),
    /** The file is there and not loaded yet: a probe would wait for it. */
    pending: z.boolean(),
  })
  .meta({ id: 'Inspection' });

export type Inspection = z.infer<typeof inspection>;
