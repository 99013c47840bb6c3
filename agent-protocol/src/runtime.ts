import { z } from 'zod';

/** What an agent tells of the process that it lives in. */
export const runtimeDescription = z
  .object({
    /** Made anew for every process start, kept over reconnects. */
    id: z.string().regex(/^[0-9a-zA-Z_-]{8,64}$/, '8 to 64 letters, digits, _ or -'),
    service: z.string().min(1).max(256),
    version: z.string().max(256).optional(),
    environment: z.string().max(256).optional(),
    /** Short hash or full hash of the deployed commit. */
    commit: z.string().max(64).optional(),
    tags: z
      .record(z.string().min(1).max(128), z.string().max(256))
      .refine((tags) => Object.keys(tags).length <= 64, { message: 'at most 64 tags' })
      // A refinement has no form of its own in JSON Schema.
      .meta({ maxProperties: 64 }),
    language: z.literal('node'),
    /** For example `20.20.2`. */
    languageVersion: z.string().max(64),
    agentVersion: z.string().max(64),
    host: z.string().max(256),
    pid: z.int().nonnegative(),
    /** Milliseconds since the epoch, by the clock of the runtime. */
    startedAt: z.number(),
    /** What this agent can do, for example `snapshot`. Unknown names are kept and shown. */
    capabilities: z.array(z.string().max(64)).max(64),
  })
  .meta({ id: 'RuntimeDescription' });

export type RuntimeDescription = z.infer<typeof runtimeDescription>;
