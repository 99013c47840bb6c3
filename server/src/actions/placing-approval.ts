import type { Caller } from '../access/caller.ts';
import { actorOf } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { Redaction } from '../hits/redaction.ts';
import { type Approval, type ApprovalRequest, type Approvals, TooManyApprovals } from '../policies/approvals.ts';
import { type AccessPolicy, blocked, environmentsToApprove } from '../policies/policy.ts';
import type { AttachedRuntime } from '../store/store.ts';
import type { ActionSpec } from './action.ts';
import type { Target } from './actions.ts';
import { createDeployedLines, wereShown } from './deployed-lines.ts';
import type { BorescopeError } from './error.ts';
import type { Orders } from './orders.ts';
import { shownSpec } from './shown-spec.ts';

/** How a call that places a probe deals with a person who has to say yes. */
export interface ApprovalOptions {
  /** Milliseconds since the epoch until which the call waits for a decision that is made elsewhere. */
  readonly until: number;
  readonly signal?: AbortSignal;
  /**
   * What the person in front of the client said to a request. Given where the client can ask: then `ApprovalNeeded` is thrown
   * for one that has no answer yet.
   */
  readonly answer?: (approval: Approval) => { readonly approve: boolean } | undefined;
}

/** The client is to ask the person in front of it. */
export class ApprovalNeeded extends Error {
  override readonly name = 'ApprovalNeeded';
  readonly approval: Approval;

  constructor(approval: Approval) {
    super(`approval ${approval.id} is needed`);
    this.approval = approval;
  }
}

export interface PlacingRequest {
  readonly target: Target;
  readonly spec: ActionSpec;
  readonly found: readonly AttachedRuntime[];
  readonly approval: ApprovalOptions;
}

export interface PlacingApprovalOptions {
  readonly orders: Orders;
  readonly redaction: Redaction;
  readonly approvals: Approvals;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** Milliseconds. */
const MINUTE = 60_000;
/** Milliseconds between two looks for a decision that another process may have taken. */
const LOOK_EVERY = 500;

/**
 * Resolves where nobody has to say yes, or somebody has; the yes is used up. Rejects with `ApprovalNeeded`,
 * BLOCKED_BY_POLICY, or as `allowed` does: the policy that holds now, which is asked for again after a wait.
 */
export type PlacingApproval = (
  caller: Caller,
  allowed: () => Promise<AccessPolicy>,
  request: PlacingRequest,
) => Promise<void>;

/** What has to be approved under a policy; undefined where nothing has. */
interface Needed {
  readonly id: string;
  readonly by: Approval['by'];
  readonly minutes: number;
  readonly environments: readonly (string | undefined)[];
}

export function createPlacingApproval(options: PlacingApprovalOptions): PlacingApproval {
  const { redaction, approvals, audit, clock } = options;
  const deployedLines = createDeployedLines(options);

  async function approve(caller: Caller, allowed: () => Promise<AccessPolicy>, request: PlacingRequest): Promise<void> {
    const { approval: how } = request;
    const needed = neededBy(await allowed(), caller, request);
    if (needed === undefined) return;
    const { organization } = caller;
    const { id, by, minutes, environments } = needed;
    let approval = await asked(caller, id, by, minutes, () => describe(organization, request, environments));
    if (approval.state === 'waiting' && approval.by === 'person' && how.answer !== undefined) {
      const answer = how.answer(approval);
      if (answer === undefined) throw new ApprovalNeeded(approval);
      await decide(caller, id, answer.approve);
      approval = (await approvals.get(organization, id)) ?? approval;
    }
    while (approval.state === 'waiting' && clock.now() < how.until && how.signal?.aborted !== true) {
      await new Promise<void>((resolve) => clock.later(LOOK_EVERY, resolve));
      const next = await approvals.get(organization, id);
      if (next === undefined) break;
      approval = next;
    }
    if (approval.state === 'approved') {
      // A person takes minutes, in which the policy may have become another one, and the code by a deploy.
      const now = await deployedLines(organization, request.spec.place, request.found);
      if (neededBy(await allowed(), caller, request)?.id !== id) throw changedMeanwhile();
      if (!wereShown(now, approval.request)) {
        // Taken, so that the same call asks anew.
        await approvals.use(organization, id);
        throw changedCode(approval);
      }
      if (await approvals.use(organization, id)) return;
    }
    throw refusal(approval, environments);
  }

  function neededBy(policy: AccessPolicy, caller: Caller, request: PlacingRequest): Needed | undefined {
    const { target, spec, found } = request;
    const environments = environmentsToApprove(
      policy,
      found.map(({ runtime }) => runtime.environment),
    );
    const rule = policy.approval;
    if (rule === undefined || environments.length === 0) return undefined;
    const { by, expires_minutes: minutes } = rule;
    const approved = { target, spec, by, services: servicesOf(request), environments: environments.map(nameOf) };
    return { id: approvals.idOf(caller, approved), by, minutes, environments };
  }

  async function asked(
    caller: Caller,
    id: string,
    by: Approval['by'],
    minutes: number,
    describing: () => Promise<ApprovalRequest>,
  ): Promise<Approval> {
    const expiresAt = clock.now() + minutes * MINUTE;
    try {
      return await approvals.ask(caller, id, {
        by,
        expiresAt,
        async describe() {
          const request = await describing();
          const { kind, file, line, target } = request;
          const what = { approval: id, kind, file, line, target };
          await audit.record(caller.organization, { act: 'approval.ask', by: actorOf(caller), what });
          return request;
        },
      });
    } catch (error) {
      if (!(error instanceof TooManyApprovals)) throw error;
      throw blocked(error.message, 'Decide or wait for those that are open: borescope approvals list.');
    }
  }

  async function decide(caller: Caller, id: string, approve: boolean): Promise<void> {
    const what = { approval: id, approve };
    await audit.record(caller.organization, { act: 'approval.decide', by: actorOf(caller), what });
    const { tokenId: token, tokenName, user } = caller;
    const decider = { token, ...(user !== undefined && { user }), shown: true } as const;
    await approvals.decide(caller.organization, id, { approve, by: user ?? tokenName }, decider);
  }

  /** The lines as they are deployed, so that nobody approves another than the one that is meant. */
  async function describe(
    organization: string,
    { spec, target, found }: PlacingRequest,
    environments: readonly (string | undefined)[],
  ): Promise<ApprovalRequest> {
    const pass = await redaction.of(organization);
    const { overhead_percent: _told, ...asked } = shownSpec(pass, spec);
    return {
      target: pass.text(JSON.stringify(target)),
      services: servicesOf({ found }),
      environments: environments.map(nameOf),
      runtimes: found.length,
      ...asked,
      ...(await deployedLines(organization, spec.place, found)),
      cost: `at most ${spec.overheadPercent} % of one core on each of ${found.length} runtimes for ${spec.timeoutSeconds} s; 2 to 10 ms for a single hit`,
    };
  }

  return approve;
}

function nameOf(environment: string | undefined): string {
  return environment ?? '(none)';
}

function servicesOf({ found }: Pick<PlacingRequest, 'found'>): string[] {
  return [...new Set(found.map(({ runtime }) => runtime.service))];
}

function changedMeanwhile(): BorescopeError {
  return blocked('the policy was changed while this call waited for a yes', 'Call again: what holds now is looked at.');
}

function changedCode({ id, request }: Approval): BorescopeError {
  return blocked(
    `the code has changed since ${id} was approved, or cannot be told any more: another line is deployed at ${request.file}:${request.line} than the one that was shown`,
    'Call again: it is asked for anew, with the line that is deployed now.',
  );
}

function refusal(approval: Approval, environments: readonly (string | undefined)[]): BorescopeError {
  const where = environments.map((environment) => environment ?? 'runtimes without an environment').join(', ');
  if (approval.state === 'denied') {
    const why = approval.reason === undefined ? '' : ` (${approval.reason})`;
    return blocked(
      `${approval.decided_by ?? 'somebody'} has denied this probe in ${where}${why}`,
      'Ask them what they would allow. The same request stays denied until it expires.',
    );
  }
  if (approval.state !== 'waiting') {
    return blocked(`the approval ${approval.id} was used by another call`, 'Call again: it is asked for anew.');
  }
  const who = approval.by === 'admin' ? 'an admin' : 'a person';
  const until = new Date(approval.expires_at).toISOString();
  return blocked(
    `placing a probe in ${where} needs the approval of ${who}: it is asked for as ${approval.id}, and not decided yet`,
    `Tell the user. ${who === 'an admin' ? 'An admin' : 'A person'} decides until ${until} with: borescope approvals approve ${approval.id}. Then call again with the same arguments.`,
  );
}
