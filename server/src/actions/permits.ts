import type { Place } from '@borescope/agent-protocol';
import type { Caller } from '../access/caller.ts';
import { actorOf } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { AuditActor } from '../audit/audit-record.ts';
import { isRefusal } from '../audit/refusals.ts';
import type { Clock } from '../clock.ts';
import type { Redaction, SecondPass } from '../hits/redaction.ts';
import type { Log } from '../log.ts';
import { type Approval, type ApprovalRequest, type Approvals, TooManyApprovals } from '../policies/approvals.ts';
import {
  type AccessPolicy,
  blocked,
  checkKind,
  checkPlacing,
  environmentsToApprove,
  readOnly,
} from '../policies/policy.ts';
import { BROKER, type ReadOnly } from '../policies/read-only.ts';
import type { QuotaClaim, Quotas } from '../quotas/quotas.ts';
import type { CurrentDocument } from '../store/current-document.ts';
import { type AttachedRuntime, type Store, StoreUnavailable } from '../store/store.ts';
import type { Action, ActionSpec, Placement } from './action.ts';
import type { ActionView, Target } from './actions.ts';
import { BorescopeError } from './error.ts';
import type { Orders } from './orders.ts';

/** How a call that places a probe deals with a person who has to say yes. */
export interface ApprovalOptions {
  /** Milliseconds since the epoch until which the call waits for a decision that is made elsewhere. */
  readonly until: number;
  readonly signal?: AbortSignal;
  /**
   * What the person in front of the client said to a request. Given where the client can ask: then `ApprovalNeeded` is thrown
   * for one that has no answer yet.
   */
  readonly answer?: (approvalId: string) => { readonly approve: boolean } | undefined;
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

/**
 * What stands between a caller and a runtime: policies, approvals, quotas, and the audit, which has every act before it is
 * done. Functions reject with a `BorescopeError`, or `StoreUnavailable`: then nothing may be done.
 */
export interface Permits {
  inspect(caller: Caller, target: Target, place: Place): Promise<void>;
  /** The policies, and a person's yes where one is needed; rejects with `ApprovalNeeded`, too. */
  mayPlace(caller: Caller, request: PlacingRequest): Promise<void>;
  /** Takes the quotas, and writes down what is about to be done. The function that is returned undoes the former. */
  claim(caller: Caller, action: Action, found: readonly AttachedRuntime[]): Promise<(error: unknown) => Promise<void>>;
  cancel(caller: Caller, action: Action): Promise<void>;
  /** Before hits are handed out: who has not placed the action itself is told of, and by nothing where there is no hit. */
  read(caller: Caller, view: ActionView): Promise<void>;
  refused(caller: Caller, spec: ActionSpec, error: unknown): Promise<void>;
  /** After the end of an action; what fails is logged. */
  ended(action: Action, placements: readonly Placement[]): Promise<void>;
}

export interface PermitsOptions {
  readonly store: Store;
  readonly orders: Orders;
  readonly redaction: Redaction;
  readonly policy: CurrentDocument<AccessPolicy>;
  readonly readOnly: CurrentDocument<ReadOnly>;
  readonly approvals: Approvals;
  readonly quotas: Quotas;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
}

const MINUTE = 60_000;
/** Milliseconds between two looks for a decision that another process may have taken. */
const LOOK_EVERY = 500;
/** Milliseconds that a runtime has to say which line is to be approved. */
const DESCRIBE_WITHIN = 5_000;
/** Runtimes that an entry of the audit names; beyond it their number is told. */
const MOST_NAMED = 20;

export function createPermits(options: PermitsOptions): Permits {
  const { store, orders, redaction, approvals, quotas, audit, clock, log } = options;

  async function approve(caller: Caller, policy: AccessPolicy, request: PlacingRequest): Promise<void> {
    const { target, spec, found, approval: how } = request;
    const environments = environmentsToApprove(
      policy,
      found.map(({ runtime }) => runtime.environment),
    );
    const rule = policy.approval;
    if (rule === undefined || environments.length === 0) return;
    const { organization } = caller;
    const id = approvals.idOf(caller, target, spec);
    let approval = await asked(caller, id, rule.by, rule.expires_minutes, () =>
      describe(organization, request, environments),
    );
    if (approval.state === 'waiting' && approval.by === 'person' && how.answer !== undefined) {
      const answer = how.answer(id);
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
    if (approval.state === 'approved' && (await approvals.use(organization, id))) return;
    throw refusal(approval, environments);
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

  /** The line as it is deployed, so that nobody approves another than the one that is meant. */
  async function describe(
    organization: string,
    { spec, target, found }: PlacingRequest,
    environments: readonly (string | undefined)[],
  ): Promise<ApprovalRequest> {
    const pass = await redaction.of(organization);
    const [first] = found;
    const said = first && (await orders.inspect(organization, first, spec.place, DESCRIBE_WITHIN));
    const bound = said === undefined ? undefined : pass.inspection(said, spec.place.file).bound;
    const { overhead_percent: _told, ...asked } = asPlaced(pass, spec);
    return {
      target: pass.text(JSON.stringify(target)),
      services: [...new Set(found.map(({ runtime }) => runtime.service))],
      environments: environments.map((environment) => environment ?? '(none)'),
      runtimes: found.length,
      ...asked,
      line: bound?.line ?? spec.place.line,
      source_line: bound?.sourceLine ?? '',
      cost: `at most ${spec.overheadPercent} % of one core on each of ${found.length} runtimes for ${spec.timeoutSeconds} s; 2 to 10 ms for a single hit`,
    };
  }

  return {
    async inspect(caller, target, place) {
      const { organization } = caller;
      checkKind((await options.policy.get(organization)).value, caller, 'inspect');
      const pass = await redaction.of(organization);
      const what = { target: pass.text(JSON.stringify(target)), file: pass.path(place.file), line: place.line };
      await audit.record(organization, { act: 'source.inspect', by: actorOf(caller), what });
    },

    async mayPlace(caller, request) {
      const [all, { value: policy }] = await Promise.all([
        options.readOnly.get(BROKER),
        options.policy.get(caller.organization),
      ]);
      if (all.value.on) throw readOnly('the broker', all.value.reason);
      checkPlacing(policy, caller, request.spec);
      await approve(caller, policy, request);
    },

    async claim(caller, action, found) {
      const { organization } = caller;
      const claim = claimOf(
        action,
        found.map(({ runtime }) => runtime.id),
      );
      await quotas.claim(organization, claim);
      const undo = () => quotas.drop(organization, claim);
      try {
        const pass = await redaction.of(organization);
        const what = { action: action.id, ...asPlaced(pass, action.spec), ...named(found) };
        await audit.record(organization, { act: 'action.place', by: actorOf(caller), what });
      } catch (error) {
        await undo();
        throw error;
      }
      return async (error) => {
        const reason = error instanceof Error ? error.name : 'unknown';
        // The lease ends of itself, and a reader of the audit finds no end of the action.
        await Promise.allSettled([
          undo(),
          audit.record(organization, { act: 'act.fail', by: actorOf(caller), what: { action: action.id, reason } }),
        ]);
      };
    },

    async cancel(caller, { id }) {
      await audit.record(caller.organization, { act: 'action.cancel', by: actorOf(caller), what: { action: id } });
    },

    async read(caller, { action, hits }) {
      const [first] = hits;
      if (first === undefined || action.createdBy === caller.tokenId) return;
      const what = { action: action.id, from: first.number, hits: hits.length };
      await audit.record(caller.organization, { act: 'action.read', by: actorOf(caller), what });
    },

    async refused(caller, spec, error) {
      if (!(error instanceof BorescopeError) || !isRefusal(error.code)) return;
      const pass = await redaction.of(caller.organization);
      const what = { code: error.code, ...asPlaced(pass, spec) };
      await audit.record(caller.organization, { act: 'action.refuse', by: actorOf(caller), what });
    },

    async ended(action, placements) {
      const { organization, id, state, hits, endedAt = action.expiresAt } = action;
      try {
        const stored = hits === 0 ? [] : await store.actions.hits(organization, id, 0);
        const bytes = stored.reduce((sum, { hit }) => sum + JSON.stringify(hit).length, 0);
        const byRuntime = new Map<string, number>();
        for (const { runtime } of stored) byRuntime.set(runtime, (byRuntime.get(runtime) ?? 0) + 1);
        const claim = claimOf(
          action,
          placements.map(({ runtime }) => runtime.id),
        );
        const failed = placements.filter(({ status }) => status === 'failed').length;
        const what = { action: id, state, hits, bytes, ms: endedAt - action.createdAt, failed };
        await Promise.all([
          quotas.settle(organization, claim, { hits: byRuntime, bytes }),
          audit.record(organization, { act: 'action.end', by: BROKER_ITSELF, what }),
        ]);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        log.warn({ err: error, organization, action: id }, 'the end of an action is not in the audit');
      }
    },
  };

  function asPlaced(pass: SecondPass, spec: ActionSpec) {
    return {
      kind: spec.kind,
      file: pass.path(spec.place.file),
      line: spec.place.line,
      ...(spec.condition !== undefined && { condition: pass.text(spec.condition) }),
      expressions: spec.expressions.map((expression) => pass.text(expression)),
      max_hits: spec.maxHits,
      timeout_seconds: spec.timeoutSeconds,
      overhead_percent: spec.overheadPercent,
    };
  }
}

const BROKER_ITSELF: AuditActor = { kind: 'broker', id: 'broker' };

function claimOf({ id, createdBy, createdAt, expiresAt, spec }: Action, runtimes: readonly string[]): QuotaClaim {
  return { actionId: id, createdBy, createdAt, expiresAt, maxHits: spec.maxHits, runtimes };
}

function named(found: readonly AttachedRuntime[]) {
  const services = [...new Set(found.map(({ runtime }) => runtime.service))];
  const environments = [...new Set(found.map(({ runtime }) => runtime.environment ?? ''))];
  return {
    runtimes: found.length,
    ids: found.slice(0, MOST_NAMED).map(({ runtime }) => runtime.id),
    services: services.slice(0, MOST_NAMED),
    environments: environments.slice(0, MOST_NAMED),
  };
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
