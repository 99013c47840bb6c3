import { type Audit, createAudit } from '../audit/audit.ts';
import { createRefusals, type Refusals } from '../audit/refusals.ts';
import type { Log } from '../log.ts';
import { type Approvals, createApprovals } from '../policies/approvals.ts';
import { type AccessPolicy, NO_POLICY, policySchema } from '../policies/policy.ts';
import { type ReadOnly, readOnlySwitch } from '../policies/read-only.ts';
import { limitsOf, type QuotaChange, quotaChange } from '../quotas/quota-limits.ts';
import { createQuotas, type Quotas } from '../quotas/quotas.ts';
import { type CurrentDocument, currentDocument } from '../store/current-document.ts';
import type { Store } from '../store/store.ts';
import type { Secrets } from './secrets.ts';

/** What holds callers back, and tells of them: the same for a broker and for a command beside it. */
export interface Controls {
  readonly audit: Audit;
  readonly refusals: Refusals;
  readonly policy: CurrentDocument<AccessPolicy>;
  readonly readOnly: CurrentDocument<ReadOnly>;
  readonly quotaChange: CurrentDocument<QuotaChange>;
  readonly quotas: Quotas;
  readonly approvals: Approvals;
}

export interface ControlsOptions {
  readonly store: Store;
  readonly secrets: Secrets;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  readonly log: Log;
}

export function createControls({ store, secrets, now, monotonic, log }: ControlsOptions): Controls {
  const { documents } = store;
  const changes = currentDocument({
    documents,
    kind: 'quotas',
    schema: quotaChange,
    replacedBy: 'borescope quota set --from-defaults',
    otherwise: {},
    monotonic,
  });
  const limits = async (organization: string) => limitsOf((await changes.get(organization)).value);
  const audit = createAudit({ store: store.audit, secrets, now, log });
  return {
    audit,
    refusals: createRefusals({ audit, monotonic, log }),
    policy: currentDocument({
      documents,
      kind: 'policy',
      schema: policySchema,
      replacedBy: 'borescope policy set FILE',
      otherwise: NO_POLICY,
      monotonic,
    }),
    readOnly: readOnlySwitch(documents, monotonic),
    quotaChange: changes,
    quotas: createQuotas({ store: store.quotas, limits, now }),
    approvals: createApprovals({ documents, now }),
  };
}
