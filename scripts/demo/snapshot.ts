import { z } from 'zod';

const named = z.record(z.string(), z.unknown());

/** As much of the result of `capture_snapshot` as is needed here; a result of another shape is an error that says where. */
export const snapshot = z.object({
  action: z.object({ id: z.string(), state: z.string() }),
  placements: z.array(z.object({ runtime: z.string(), status: z.string(), source_line: z.string().optional() })),
  hits: z.array(
    z.object({
      runtime: z.string(),
      file: z.string(),
      line: z.number(),
      function: z.string(),
      variables: z.object({ local: named.optional() }).optional(),
      values: z
        .array(z.object({ expression: z.string(), value: z.unknown().optional(), error: z.string().optional() }))
        .optional(),
      stack: z.array(z.object({ function: z.string(), file: z.string(), line: z.number() })).optional(),
    }),
  ),
  cost: z.object({ samples: z.number(), total_ms: z.number(), arming_ms: z.number().optional() }),
  diagnosis: z.array(z.object({ message: z.string(), next_step: z.string() })).optional(),
  redactions: z.object({ count: z.number(), kinds: z.array(z.string()) }),
});

export type Snapshot = z.infer<typeof snapshot>;
