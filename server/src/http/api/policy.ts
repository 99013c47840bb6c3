import { z } from 'zod';
import type { Controls } from '../../access/controls.ts';
import { maySee } from '../../actions/target.ts';
import { renderValue } from '../../mcp/render-value.ts';
import { explainPolicy } from '../../policies/explain-policy.ts';
import { policySchema, withoutTexts } from '../../policies/policy.ts';
import { PREVIEW_LIMITS, previewRedaction } from '../../policies/preview-redaction.ts';
import { forgettingTexts, type RedactionPolicy } from '../../policies/redaction-policy.ts';
import { type ApiCaller, meetsNeed } from './api-caller.ts';
import type { AdministrationContext } from './api-context.ts';
import { changedMeanwhile, defineRoute } from './api-route.ts';
import { nothing, versionField } from './fields.ts';

const policyView = z.object({ version: versionField, policy: policySchema });

export const getPolicy = defineRoute({
  id: 'getPolicy',
  method: 'GET',
  path: '/api/policy',
  need: 'read',
  summary: 'The policy of the organization',
  description:
    'An empty one where none was set: then only the limits of the product and the built-in rules of redaction hold. Who may not change it is told no texts that are hidden or excepted.',
  versioned: true,
  input: nothing,
  output: policyView,
  async run(_input, { controls, caller }: AdministrationContext) {
    const { value, version } = await controls.policy.get(caller.organization);
    return { version, policy: meetsNeed(caller, setPolicy) ? value : withoutTexts(value) };
  },
});

export const setPolicy = defineRoute({
  id: 'setPolicy',
  method: 'PUT',
  path: '/api/policy',
  need: 'organization',
  summary: 'Replace the policy',
  description: 'It holds on every broker within a second; read-only mode removes what is live in that time.',
  versioned: true,
  conditional: true,
  input: policySchema,
  output: policyView,
  async run(policy, { administration, caller }: AdministrationContext, expected) {
    const set = await administration.setPolicy(caller.actor, caller.organization, policy, expected);
    if (set === undefined) throw changedMeanwhile('the policy');
    return { version: set.version, policy: set.value };
  },
});

export const checkPolicy = defineRoute({
  id: 'checkPolicy',
  method: 'POST',
  path: '/api/policy/check',
  need: 'read',
  summary: 'Say what a policy would do, and change nothing',
  description: 'One that is not well formed is refused as PUT would refuse it, with the fields named.',
  input: policySchema,
  output: z.object({
    effects: z.array(z.string()).describe('What would hold, a sentence each.'),
    runtimes: z.int().describe('Runtimes that are attached now and that the caller may see.'),
    runtimes_to_approve: z.int().describe('Of these, those on which placing would need an approval.'),
  }),
  async run(policy, { store, caller }: AdministrationContext) {
    const runtimes = (await store.runtimes.list(caller.organization)).filter(({ runtime }) => maySee(caller, runtime));
    const { effects, toApprove } = explainPolicy(
      policy,
      runtimes.map(({ runtime }) => runtime.environment),
    );
    return { effects, runtimes: runtimes.length, runtimes_to_approve: toApprove };
  },
});

export const previewPolicy = defineRoute({
  id: 'previewPolicy',
  method: 'POST',
  path: '/api/policy/preview',
  need: 'read',
  summary: 'Say what a policy would hide in a sample, and change nothing',
  description:
    'The sample is looked at as a captured value is, by the built-in rules and by those of the policy. A policy that is not well formed is refused as PUT would refuse it. Nothing of the sample is kept.',
  input: z.strictObject({
    policy: policySchema
      .optional()
      .describe(
        'The one that holds now, where it is not given; without its texts for who may not change it and is not told them.',
      ),
    sample: z
      .unknown()
      .refine((sample) => sample !== undefined, 'is needed: any JSON')
      .describe(`Any JSON, up to ${PREVIEW_LIMITS.bytes} bytes and ${PREVIEW_LIMITS.depth} levels.`),
    environment: z.string().min(1).max(256).optional().describe('In which it is captured.'),
  }),
  output: z.object({
    mode: z.enum(['standard', 'strict', 'off']),
    shown: z.unknown().describe('The sample as an assistant would read it.'),
    hidden: z.array(
      z.object({
        kind: z.string(),
        count: z.int(),
        by: z.enum(['agent', 'broker']).describe('Where it is hidden; the broker looks for everything again.'),
      }),
    ),
    ms: z.number().describe('Milliseconds that it took.'),
  }),
  async run({ policy, sample, environment }, { controls, caller }: AdministrationContext) {
    const redaction = policy === undefined ? await held(controls, caller) : policy.redaction;
    const { shown, hidden, ...preview } = previewRedaction(redaction, environment, sample);
    return { ...preview, shown: renderValue(shown), hidden: [...hidden] };
  },
});

/** The rules that hold now, as far as the caller may bring them out by a sample. */
async function held({ policy }: Controls, caller: ApiCaller): Promise<RedactionPolicy | undefined> {
  const { redaction } = (await policy.get(caller.organization)).value;
  return meetsNeed(caller, setPolicy) ? redaction : forgettingTexts(redaction);
}
