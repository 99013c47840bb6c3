import { z } from 'zod';
import type { Scope } from '../../access/scopes.ts';
import { maySee } from '../../actions/target.ts';
import { visibleLine, visibleText } from '../../mcp/visible-text.ts';
import type { Approval } from '../../policies/approvals.ts';
import { HttpError } from '../http-error.ts';
import { type ApiCaller, requireNeed } from './api-caller.ts';
import type { AdministrationContext } from './api-context.ts';
import { defineRoute, noSuch } from './api-route.ts';
import { idField, isoTime, timeField, untrustedField } from './fields.ts';

const stateField = z.enum(['waiting', 'approved', 'denied', 'used']);

const approvalView = z.object({
  id: z.string(),
  state: stateField.describe('used: taken by one placing, or by one that found other code deployed than was shown.'),
  by: z
    .enum(['person', 'admin'])
    .describe('Who may decide: whoever may place probes, or an admin other than who asks.'),
  token: z.string().describe('Id of the token that asks.'),
  token_name: z.string(),
  user: z.string().optional().describe('E-mail address of the person that it belongs to.'),
  asked_at: timeField,
  expires_at: timeField,
  request: z.object({
    kind: z.string(),
    target: z.string(),
    services: z.array(z.string()),
    environments: z.array(z.string()).describe('Those that need the approval.'),
    runtimes: z.int(),
    file: z.string(),
    line: z.int(),
    source_line: z.string().describe('The line as it is deployed; empty where no runtime could say.'),
    other_source_lines: z
      .array(z.string())
      .optional()
      .describe('Those of runtimes that run other code; an empty one stands for runtimes that could not say.'),
    condition: z.string().optional(),
    expressions: z.array(z.string()),
    max_hits: z.int(),
    timeout_seconds: z.number(),
    cost: z.string().describe('What it costs the application at most.'),
  }),
  decided_by: z.string().optional(),
  decided_at: timeField.optional(),
  reason: z.string().optional(),
  untrusted: untrustedField,
});

export type ApprovalView = z.infer<typeof approvalView>;

export const listApprovals = defineRoute({
  id: 'listApprovals',
  method: 'GET',
  path: '/api/approvals',
  need: 'read',
  summary: 'Requests for approval that have not expired',
  description: 'A caller that is bound sees those of its services and environments.',
  input: z.strictObject({ state: stateField.optional().describe('Only those in this state.') }),
  output: z.object({ approvals: z.array(approvalView) }),
  async run({ state }, { controls, caller }: AdministrationContext) {
    const found = (await controls.approvals.list(caller.organization)).filter(
      (approval) => sees(caller, approval) && (state === undefined || approval.state === state),
    );
    return { approvals: found.map(viewOf) };
  },
});

export const getApproval = defineRoute({
  id: 'getApproval',
  method: 'GET',
  path: '/api/approvals/{id}',
  need: 'read',
  summary: 'One request for approval',
  description: 'Gone when it has expired.',
  errors: ['NOT_FOUND'],
  input: z.strictObject({ id: idField }),
  output: approvalView,
  run: async ({ id }, context: AdministrationContext) => viewOf(await requireApproval(context, id)),
});

const decisionInput = z.strictObject({
  id: idField,
  reason: z.string().min(1).max(256).optional().describe('Told to who asked, and kept in the audit.'),
});

/**
 * What may place probes must not say yes to its own: an assistant that was led astray would. So an application decides only
 * where the person has let it administer, which no assistant asks for of itself.
 */
const TO_DECIDE: readonly Scope[] = ['probe:place', 'admin'];

export const approve = defineRoute({
  id: 'approve',
  method: 'POST',
  path: '/api/approvals/{id}/approve',
  need: 'place',
  scopes: TO_DECIDE,
  summary: 'Approve a request',
  description:
    'For one placing, by who asked, of just this request. Where the policy says admin it needs one, and not who asked. What asked for it never decides here.',
  errors: ['NOT_FOUND', 'CONFLICT'],
  input: decisionInput,
  output: approvalView,
  run: ({ id, reason }, context: AdministrationContext) => decide(context, id, true, reason),
});

export const deny = defineRoute({
  id: 'deny',
  method: 'POST',
  path: '/api/approvals/{id}/deny',
  need: 'place',
  scopes: TO_DECIDE,
  summary: 'Deny a request',
  description: 'The same request stays denied until it expires.',
  errors: ['NOT_FOUND', 'CONFLICT'],
  input: decisionInput,
  output: approvalView,
  run: ({ id, reason }, context: AdministrationContext) => decide(context, id, false, reason),
});

async function decide(
  context: AdministrationContext,
  id: string,
  yes: boolean,
  reason: string | undefined,
): Promise<ApprovalView> {
  const { administration, caller } = context;
  const { organization, actor } = caller;
  const { by } = await requireApproval(context, id);
  if (by === 'admin') requireNeed(caller, { need: 'admin' });
  const decision = { approve: yes, by: actor.user ?? actor.name ?? actor.id, ...(reason !== undefined && { reason }) };
  const decider =
    actor.kind === 'token' ? { token: actor.id, ...(actor.user !== undefined && { user: actor.user }) } : {};
  const decided = await administration.decideApproval(actor, organization, id, decision, decider);
  if (typeof decided === 'object') return viewOf(decided);
  if (decided === 'unknown') throw noSuchApproval();
  if (decided === 'own') {
    throw new HttpError('FORBIDDEN', 'who asked may not decide', 'Ask somebody else of the organization.');
  }
  throw new HttpError('CONFLICT', 'it is decided already', 'Read it to see how.');
}

async function requireApproval({ controls, caller }: AdministrationContext, id: string): Promise<Approval> {
  const found = await controls.approvals.get(caller.organization, id);
  if (found === undefined || !sees(caller, found)) throw noSuchApproval();
  return found;
}

function noSuchApproval(): HttpError {
  return noSuch('request for approval', 'GET /api/approvals');
}

/** Only where every runtime that may be meant is one that the caller may see. */
function sees(caller: ApiCaller, { request: { services, environments } }: Approval): boolean {
  return services.every((service) =>
    environments.every((environment) =>
      maySee(caller, { service, ...(environment !== NO_ENVIRONMENT && { environment }) }),
    ),
  );
}

/** As a request for approval names a runtime that tells no environment. */
const NO_ENVIRONMENT = '(none)';

/** What an assistant or an agent has written is made visible: it is read where a person decides. */
function viewOf(approval: Approval): ApprovalView {
  const { id, state, by, token, token_name, user, asked_at, expires_at, request } = approval;
  const { kind, target, services, environments, file, line, source_line, condition, expressions } = request;
  const { other_source_lines: others } = request;
  return {
    id,
    state,
    by,
    token,
    token_name: visibleLine(token_name, 128),
    ...(user !== undefined && { user }),
    asked_at: isoTime(asked_at),
    expires_at: isoTime(expires_at),
    request: {
      kind,
      target: visibleText(target).text,
      services: services.map((name) => visibleLine(name, 256)),
      environments: environments.map((name) => visibleLine(name, 256)),
      runtimes: request.runtimes,
      file: visibleLine(file, 4096),
      line,
      source_line: visibleLine(source_line, 4096),
      ...(others !== undefined && { other_source_lines: others.map((text) => visibleLine(text, 4096)) }),
      ...(condition !== undefined && { condition: visibleText(condition).text }),
      expressions: expressions.map((expression) => visibleText(expression).text),
      max_hits: request.max_hits,
      timeout_seconds: request.timeout_seconds,
      cost: request.cost,
    },
    ...(approval.decided_by !== undefined && { decided_by: approval.decided_by }),
    ...(approval.decided_at !== undefined && { decided_at: isoTime(approval.decided_at) }),
    ...(approval.reason !== undefined && { reason: visibleLine(approval.reason, 256) }),
    untrusted: true,
  };
}
