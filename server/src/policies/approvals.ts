import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Caller } from '../access/caller.ts';
import type { ActionSpec } from '../actions/action.ts';
import type { Target } from '../actions/actions.ts';
import type { DocumentStore, StoredDocument } from '../store/document-store.ts';
import { StoreUnavailable } from '../store/store.ts';

const approvalSchema = z.strictObject({
  state: z.enum(['waiting', 'approved', 'denied', 'used']),
  /** Id of the token that asks; `user` the person it belongs to. */
  token: z.string(),
  token_name: z.string(),
  user: z.string().optional(),
  asked_at: z.number(),
  /** What a person must know to say yes; all of it redacted. */
  request: z.strictObject({
    kind: z.string(),
    target: z.string(),
    services: z.array(z.string()),
    environments: z.array(z.string()),
    runtimes: z.int(),
    file: z.string(),
    line: z.int(),
    source_line: z.string(),
    /** Where runtimes run other code; an empty one stands for those that could not say. */
    other_source_lines: z.array(z.string()).optional(),
    condition: z.string().optional(),
    expressions: z.array(z.string()),
    max_hits: z.int(),
    timeout_seconds: z.number(),
    cost: z.string(),
  }),
  by: z.enum(['person', 'admin']),
  decided_by: z.string().optional(),
  decided_at: z.number().optional(),
  reason: z.string().max(256).optional(),
});

type ApprovalValue = z.infer<typeof approvalSchema>;
export type ApprovalRequest = ApprovalValue['request'];

/** One request for a person's approval. Times are milliseconds since the epoch. */
export interface Approval extends ApprovalValue {
  readonly id: string;
  readonly expires_at: number;
}

export interface Decision {
  readonly approve: boolean;
  /** The person or token that decides. */
  readonly by: string;
  readonly reason?: string;
}

/** Who decides, for what nobody may approve of his own; empty where that is nobody who could ask. */
export interface Decider {
  /** Id of the token. */
  readonly token?: string;
  /** E-mail address of the person whose it is. */
  readonly user?: string;
  /** It is the answer of the person to whom the client that asks has shown the request. */
  readonly shown?: true;
}

/** Why a decision could not be made. */
export type Undecided = 'unknown' | 'decided' | 'own';

/** What a yes is for, beside the caller: what who says it was shown, and who had to say it. */
export interface Approved {
  readonly target: Target;
  readonly spec: ActionSpec;
  readonly by: Approval['by'];
  readonly services: readonly string[];
  /** Those in which somebody has to say yes. */
  readonly environments: readonly string[];
}

/**
 * Approvals of an organization. One is for exactly one caller, target and request, and for the services and environments that
 * the target had; it holds for one placing and until it expires. The same request has the same id, so that an assistant that
 * asks again finds the answer.
 */
export interface Approvals {
  idOf(caller: Caller, approved: Approved): string;
  /** The one that stands, or a new one that waits, made by `describe`. */
  ask(
    caller: Caller,
    id: string,
    options: { by: Approval['by']; expiresAt: number; describe: () => Promise<ApprovalRequest> },
  ): Promise<Approval>;
  get(organization: string, id: string): Promise<Approval | undefined>;
  /** In the order of their ids. */
  list(organization: string): Promise<Approval[]>;
  /** Of two who decide at once one does. */
  decide(organization: string, id: string, decision: Decision, decider?: Decider): Promise<Approval | Undecided>;
  /** Takes an approval that was given, once: false where it was taken already, or stands no more. */
  use(organization: string, id: string): Promise<boolean>;
}

/** Requests that an organization can have open at once. */
const MOST_OPEN = 1_000;
const KIND = 'approval';

export interface ApprovalsOptions {
  readonly documents: DocumentStore;
  readonly now: () => number;
}

export class TooManyApprovals extends Error {
  override readonly name = 'TooManyApprovals';
}

export function createApprovals({ documents, now }: ApprovalsOptions): Approvals {
  async function read(organization: string, id: string): Promise<(Approval & { version: number }) | undefined> {
    const found = await documents.get(organization, KIND, id);
    return found && { ...toApproval(found), version: found.version };
  }

  async function write(organization: string, id: string, value: ApprovalValue, expiresAt: number, expected: number) {
    const written = await documents.put(organization, KIND, { id, value, expiresAt }, expected);
    return written && toApproval(written);
  }

  return {
    idOf({ organization, tokenId }, { target, spec, by, services, environments }) {
      const where = [[...services].sort(), [...environments].sort()];
      const asked = JSON.stringify([organization, tokenId, sorted(target), sorted(spec), by, ...where]);
      return `apr_${createHash('sha256').update(asked).digest('hex').slice(0, 24)}`;
    },

    async ask(caller, id, { by, expiresAt, describe }) {
      const { organization, tokenId, tokenName, user } = caller;
      for (;;) {
        const found = await read(organization, id);
        if (found !== undefined && found.state !== 'used') return found;
        if ((await documents.list(organization, KIND, { limit: MOST_OPEN })).length >= MOST_OPEN) {
          throw new TooManyApprovals(`${MOST_OPEN} requests for approval are open`);
        }
        const value: ApprovalValue = {
          state: 'waiting',
          token: tokenId,
          token_name: tokenName,
          ...(user !== undefined && { user }),
          asked_at: now(),
          request: await describe(),
          by,
        };
        const made = await write(organization, id, value, expiresAt, found?.version ?? 0);
        if (made !== undefined) return made;
      }
    },

    get: read,

    async list(organization) {
      return (await documents.list(organization, KIND, { limit: MOST_OPEN })).map(toApproval);
    },

    async decide(organization, id, { approve, by, reason }, decider = {}) {
      const found = await read(organization, id);
      if (found === undefined) return 'unknown';
      if (found.state !== 'waiting') return 'decided';
      if (isOwn(found, decider)) return 'own';
      const { id: _id, version, expires_at: expiresAt, ...value } = found;
      const decided: ApprovalValue = {
        ...value,
        state: approve ? 'approved' : 'denied',
        decided_by: by,
        decided_at: now(),
        ...(reason !== undefined && { reason }),
      };
      return (await write(organization, id, decided, expiresAt, version)) ?? 'decided';
    },

    async use(organization, id) {
      const found = await read(organization, id);
      if (found?.state !== 'approved') return false;
      const { id: _id, version, expires_at: expiresAt, ...value } = found;
      return (await write(organization, id, { ...value, state: 'used' }, expiresAt, version)) !== undefined;
    },
  };
}

/**
 * What asks may be led astray, and says no yes to itself; the person behind it may, where the policy does not ask for an admin.
 * There another token of the same person is the same person.
 */
function isOwn({ token, user, by }: Approval, decider: Decider): boolean {
  if (by === 'person') return decider.shown !== true && decider.token === token;
  return decider.token === token || (user !== undefined && decider.user === user);
}

function toApproval({ id, value, expiresAt }: StoredDocument): Approval {
  const { data } = approvalSchema.safeParse(value);
  // What cannot be read must not be taken for a yes.
  if (data === undefined) throw new StoreUnavailable(`the approval ${id} is not one that this version understands`);
  return { ...data, id, expires_at: expiresAt ?? 0 };
}

/** The same whatever the order in which the parts were given. */
function sorted(value: object): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
        : part,
    ),
  );
}
