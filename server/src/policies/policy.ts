import { type Blocked, LIMITS } from '@borescope/agent-protocol';
import { patternFault } from '@borescope/redaction';
import { z } from 'zod';
import type { Caller, Role } from '../access/caller.ts';
import type { ActionSpec } from '../actions/action.ts';
import { BorescopeError } from '../actions/error.ts';
import { redactionPolicySchema, withoutLiterals } from './redaction-policy.ts';

/** One that only looks like a pattern would block nothing, so it is refused. */
function patterns(kind: keyof Blocked) {
  const pattern = z
    .string()
    .min(1)
    .max(LIMITS.blockedPatternLength)
    .superRefine((text, context) => {
      const fault = patternFault(kind, text);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: `${JSON.stringify(text)} ${fault}` });
    });
  return z.array(pattern).max(LIMITS.blockedPatterns);
}

function bytesOf({ files, packages, classes }: Blocked): number {
  return Buffer.byteLength([...files, ...packages, ...classes].join(''));
}

/** What can be asked for, as a policy may name it. */
const KINDS = ['inspect', 'snapshot'] as const;
export type PolicyKind = (typeof KINDS)[number];

/** Everything is optional: what is not there is not restricted. */
export const policySchema = z.strictObject({
  approval: z
    .strictObject({
      environments: z
        .array(z.string().min(1).max(256))
        .min(1)
        .max(100)
        .describe('Placing a probe there needs a person who says yes; * is every environment, and where none is told.'),
      by: z
        .enum(['person', 'admin'])
        .default('person')
        .describe(
          'person: whoever sits in front of the assistant (MCP elicitation), or anyone who may place probes. admin: an admin, and not who asked.',
        ),
      expires_minutes: z.int().min(1).max(1_440).default(15).describe('How long a request for approval stands.'),
    })
    .optional()
    .describe('Environments where placing needs approval.'),
  blocked: z
    .strictObject({
      files: patterns('files')
        .default([])
        .describe('Paths that may never be inspected: globs such as src/billing/** or **/*.key.ts.'),
      packages: patterns('packages').default([]).describe('Packages under node_modules, such as stripe or @acme/*.'),
      classes: patterns('classes').default([]).describe('Classes whose objects are never shown, by name.'),
    })
    .refine((blocked) => bytesOf(blocked) <= LIMITS.blockedBytes, {
      message: `all patterns together have more than ${LIMITS.blockedBytes} bytes`,
    })
    .optional()
    .describe('What may never be inspected.'),
  kinds: z
    .partialRecord(z.enum(KINDS), z.enum(['viewer', 'developer', 'admin', 'nobody']))
    .optional()
    .describe('The least role that may use a kind of action; nobody switches it off.'),
  limits: z
    .strictObject({
      timeout_seconds: z.int().min(1).max(LIMITS.maxTimeoutSeconds).optional(),
      max_hits: z.int().min(1).max(LIMITS.maxHits).optional(),
      overhead_percent: z.number().min(1).max(LIMITS.maxOverheadPercent).optional(),
    })
    .optional()
    .describe('Limits below the global ones.'),
  redaction: redactionPolicySchema.optional().describe('What is hidden, beyond or short of the built-in rules.'),
  read_only: z.boolean().optional().describe('No probe may be placed, and those that live are removed.'),
});

export type AccessPolicy = z.infer<typeof policySchema>;

/**
 * The policy as the audit tells it, and whoever may read it and not change it: what it hides by its text may be a secret, and
 * stands there as `[hidden]`, as often as there are texts.
 */
export function withoutTexts({ redaction, ...policy }: AccessPolicy): AccessPolicy {
  return { ...policy, ...(redaction !== undefined && { redaction: withoutLiterals(redaction) }) };
}

export const NO_POLICY: AccessPolicy = {};

const RANKS: Readonly<Record<Role | 'nobody', number>> = { viewer: 1, developer: 2, admin: 3, nobody: 4 };

/** The policy lets this role use this kind of action. */
export function mayUse(policy: AccessPolicy, role: Role, kind: PolicyKind): boolean {
  const least = policy.kinds?.[kind];
  return least === undefined || RANKS[role] >= RANKS[least];
}

/** Throws BLOCKED_BY_POLICY where the role may not use this kind of action now. */
export function checkKind(policy: AccessPolicy, { role }: Caller, kind: PolicyKind): void {
  if (mayUse(policy, role, kind)) return;
  const least = policy.kinds?.[kind] ?? 'nobody';
  const who = least === 'nobody' ? 'nobody may use it' : `it needs the role ${least}, and this caller has ${role}`;
  throw blocked(`the policy of the organization restricts ${kind}: ${who}`, ASK);
}

/** Throws BLOCKED_BY_POLICY in read-only mode, LIMIT_EXCEEDED above a limit of the policy. Nothing is clamped. */
export function checkPlacing(policy: AccessPolicy, caller: Caller, spec: ActionSpec): void {
  if (policy.read_only === true) throw readOnly('the organization');
  checkKind(policy, caller, spec.kind);
  within('timeout_seconds', spec.timeoutSeconds, policy.limits?.timeout_seconds);
  within('max_hits', spec.maxHits, policy.limits?.max_hits);
  within('overhead_percent', spec.overheadPercent, policy.limits?.overhead_percent);
}

/** The environments of these runtimes in which a person has to say yes; `undefined` is one where none is told. */
export function environmentsToApprove(
  policy: AccessPolicy,
  environments: readonly (string | undefined)[],
): (string | undefined)[] {
  const named = policy.approval?.environments ?? [];
  const every = named.includes('*');
  return [...new Set(environments)].filter(
    (environment) => every || (environment !== undefined && named.includes(environment)),
  );
}

/** `whose`: the broker or the organization. */
export function readOnly(whose: string, reason?: string): BorescopeError {
  const why = reason === undefined || reason === '' ? '' : ` (${reason})`;
  return blocked(
    `${whose} is in read-only mode${why}: no probe can be placed`,
    'What was captured before can still be read. Ask an administrator when it ends.',
  );
}

export function blocked(message: string, hint: string): BorescopeError {
  return new BorescopeError('BLOCKED_BY_POLICY', message, hint);
}

const ASK = 'Ask an administrator of the organization: borescope policy shows what holds.';

function within(name: string, value: number, most: number | undefined): void {
  if (most === undefined || value <= most) return;
  throw new BorescopeError(
    'LIMIT_EXCEEDED',
    `the policy of the organization allows ${name} up to ${most}; it is ${value}`,
    `Call again with ${name} of at most ${most}.`,
  );
}
