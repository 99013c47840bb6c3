import { z } from 'zod';

const whole = z.int().min(0).max(1_000_000_000_000).nullable();

/** `null`: without a limit. Days and hours are those of UTC. */
const shared = {
  calls_per_second: z
    .number()
    .positive()
    .max(1_000_000)
    .nullable()
    .describe('Tool calls and requests to /api a second, in the mean.'),
  call_burst: z.int().min(1).max(1_000_000).describe('How many of them may come at once.'),
  actions_per_hour: whole.describe('Actions that are placed in an hour.'),
  live_actions: whole.describe('Actions that are live at the same time.'),
  hits_per_day: whole.describe('Hits in a day; an action takes its max_hits, and gives back what it did not use.'),
  bytes_per_day: whole.describe(
    'Bytes of hits in a day; an action takes 64 KiB a hit, and gives back what it did not use.',
  ),
};

const caller = z.strictObject(shared);
const runtime = z.strictObject({
  actions_per_hour: whole.describe('Actions that are placed on one runtime in an hour.'),
  hits_per_day: whole.describe('Hits of one runtime in a day.'),
});

/** What an administrator may set; what is not given is as the defaults say. */
export const quotaChange = z.strictObject({
  organization: caller.partial().optional().describe('For the whole organization.'),
  token: caller.partial().optional().describe('For each token, and each person who is signed in.'),
  runtime: runtime.partial().optional().describe('For each runtime.'),
  tokens: z
    .record(z.string().min(1).max(64), caller.partial())
    .refine((tokens) => Object.keys(tokens).length <= 1_000, 'at most 1,000 tokens')
    .optional()
    .describe('For certain tokens, by their ids: goes before what holds for each token.'),
});

/** What holds for an organization, each of its tokens but those that are set by their ids, and each of its runtimes. */
export const quotaLimits = z.object({ organization: caller, token: caller, runtime });

export type CallerLimits = z.infer<typeof caller>;
export type RuntimeLimits = z.infer<typeof runtime>;
export type QuotaChange = z.infer<typeof quotaChange>;

export interface QuotaLimits {
  readonly organization: CallerLimits;
  readonly runtime: RuntimeLimits;
  token(id: string): CallerLimits;
}

const MEGABYTE = 1024 * 1024;

/** Beyond what people and their assistants do, and below what would hurt. */
export const DEFAULT_QUOTAS = {
  organization: {
    calls_per_second: 200,
    call_burst: 2_000,
    actions_per_hour: 2_000,
    live_actions: 1_000,
    hits_per_day: 100_000,
    bytes_per_day: 4096 * MEGABYTE,
  },
  token: {
    calls_per_second: 100,
    call_burst: 1_000,
    actions_per_hour: 1_000,
    live_actions: 300,
    hits_per_day: 50_000,
    bytes_per_day: 2048 * MEGABYTE,
  },
  runtime: { actions_per_hour: 1_000, hits_per_day: 20_000 },
} as const satisfies { organization: CallerLimits; token: CallerLimits; runtime: RuntimeLimits };

export function limitsOf(change: QuotaChange): QuotaLimits {
  const token = { ...DEFAULT_QUOTAS.token, ...given(change.token) };
  return {
    organization: { ...DEFAULT_QUOTAS.organization, ...given(change.organization) },
    runtime: { ...DEFAULT_QUOTAS.runtime, ...given(change.runtime) },
    token: (id) => ({ ...token, ...given(Object.hasOwn(change.tokens ?? {}, id) ? change.tokens?.[id] : undefined) }),
  };
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function given<T extends object>(part: T | undefined): Given<T> {
  return Object.fromEntries(Object.entries(part ?? {}).filter(([, value]) => value !== undefined)) as Given<T>;
}
