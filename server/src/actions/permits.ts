import type { Place } from '@borescope/agent-protocol';
import type { Caller } from '../access/caller.ts';
import { actorOf } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { AuditActor } from '../audit/audit-record.ts';
import { isRefusal } from '../audit/refusals.ts';
import type { Redaction } from '../hits/redaction.ts';
import type { Log } from '../log.ts';
import { type AccessPolicy, checkKind, checkPlacing, readOnly } from '../policies/policy.ts';
import { BROKER, type ReadOnly } from '../policies/read-only.ts';
import type { QuotaClaim, Quotas } from '../quotas/quotas.ts';
import type { CurrentDocument } from '../store/current-document.ts';
import { type AttachedRuntime, type Store, StoreUnavailable } from '../store/store.ts';
import type { Action, ActionSpec, Placement } from './action.ts';
import type { ActionView, Target } from './actions.ts';
import { BorescopeError } from './error.ts';
import type { PlacingApproval, PlacingRequest } from './placing-approval.ts';
import { shownSpec } from './shown-spec.ts';

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
  readonly approve: PlacingApproval;
  readonly redaction: Redaction;
  readonly policy: CurrentDocument<AccessPolicy>;
  readonly readOnly: CurrentDocument<ReadOnly>;
  readonly quotas: Quotas;
  readonly audit: Audit;
  readonly log: Log;
}

/** Runtimes that an entry of the audit names; beyond it their number is told. */
const MOST_NAMED = 20;

export function createPermits(options: PermitsOptions): Permits {
  const { store, approve, redaction, quotas, audit, log } = options;

  /** The policy that holds now, where it lets this be placed. */
  async function allowed(caller: Caller, { spec }: PlacingRequest): Promise<AccessPolicy> {
    const [all, { value: policy }] = await Promise.all([
      options.readOnly.get(BROKER),
      options.policy.get(caller.organization),
    ]);
    if (all.value.on) throw readOnly('the broker', all.value.reason);
    checkPlacing(policy, caller, spec);
    return policy;
  }

  return {
    async inspect(caller, target, place) {
      const { organization } = caller;
      checkKind((await options.policy.get(organization)).value, caller, 'inspect');
      const pass = await redaction.of(organization);
      const what = { target: pass.text(JSON.stringify(target)), file: pass.path(place.file), line: place.line };
      await audit.record(organization, { act: 'source.inspect', by: actorOf(caller), what });
    },

    mayPlace(caller, request) {
      return approve(caller, () => allowed(caller, request), request);
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
        const what = { action: action.id, ...shownSpec(pass, action.spec), ...named(found) };
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
      if (!(error instanceof BorescopeError)) return;
      // Beyond a limit, which may be the policy's.
      if (!isRefusal(error.code) && error.code !== 'LIMIT_EXCEEDED') return;
      const pass = await redaction.of(caller.organization);
      const what = { code: error.code, ...shownSpec(pass, spec) };
      await audit.record(caller.organization, { act: 'action.refuse', by: actorOf(caller), what });
    },

    async ended(action, placements) {
      const { organization, id, state, hits, endedAt = action.expiresAt } = action;
      try {
        const stored = hits === 0 ? [] : await store.actions.hits(organization, id, 0);
        const bytes = stored.reduce((sum, { hit }) => sum + Buffer.byteLength(JSON.stringify(hit)), 0);
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
