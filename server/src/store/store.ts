import type { Hit, RuntimeDescription } from '@borescope/agent-protocol';
import type { Role, TokenKind } from '../access/caller.ts';
import type { Action, ActionState, Placement } from '../actions/action.ts';
import type { AuditStore } from './audit-store.ts';
import type { DocumentStore } from './document-store.ts';
import type { QuotaStore } from './quota-store.ts';

/**
 * Everything that outlives a request. Two engines implement it (embedded SQLite, Redis) and one conformance suite holds
 * for both. The organization comes first in every function: what belongs to another one does not exist.
 *
 * Any function may reject with `StoreUnavailable`: disk full, database locked for longer than the busy timeout,
 * connection lost. In the embedded store nothing was written then. In Redis a write may have been done all the same, where
 * only its answer was lost; each is so made that asking again is right.
 */
export interface Store {
  readonly organizations: OrganizationStore;
  readonly tokens: TokenStore;
  readonly actions: ActionStore;
  readonly runtimes: RuntimeDirectory;
  readonly keys: KeyStore;
  readonly documents: DocumentStore;
  readonly audit: AuditStore;
  readonly quotas: QuotaStore;
  /** Rejects with `StoreUnavailable` where a write would fail now. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

export interface OrganizationStore {
  /** Undefined where the name is taken. `default` exists from the start. */
  create(organization: Organization): Promise<Organization | undefined>;
  byName(name: string): Promise<Organization | undefined>;
  list(): Promise<Organization[]>;
}

export interface TokenRecord {
  readonly id: string;
  readonly organization: string;
  readonly kind: TokenKind;
  readonly role: Role;
  readonly name: string;
  /** The e-mail address of the user whose it is, in lower case. */
  readonly owner?: string;
  /** SHA-256 of the plaintext, hex. The plaintext is never stored. */
  readonly hash: string;
  readonly services?: readonly string[];
  readonly environments?: readonly string[];
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  readonly lastUsedAt?: number;
}

export interface TokenStore {
  create(organization: string, token: TokenRecord): Promise<void>;
  /** The only look-up without an organization: the credential is what names it. */
  byHash(hash: string): Promise<TokenRecord | undefined>;
  get(organization: string, id: string): Promise<TokenRecord | undefined>;
  list(organization: string): Promise<TokenRecord[]>;
  /** Undefined where there is no such token; a second revocation keeps the first time. */
  revoke(organization: string, id: string, at: number): Promise<TokenRecord | undefined>;
  setExpiry(organization: string, id: string, expiresAt: number): Promise<TokenRecord | undefined>;
  used(organization: string, id: string, at: number): Promise<void>;
}

export interface StoredHit {
  /** 1, 2, 3... over all runtimes of the action, in the order of acceptance. */
  readonly number: number;
  readonly runtime: string;
  readonly sequence: number;
  readonly receivedAt: number;
  readonly hit: Hit;
}

export type HitOutcome =
  /** `completed`: this hit took the last of the budget, and the action is `completed` in the same step. */
  | { outcome: 'accepted'; number: number; completed: boolean }
  | { outcome: 'duplicate'; lastSequence: number }
  | { outcome: 'gap'; lastSequence: number }
  /** The attachment does not hold: a newer one of the runtime exists, or it was let go. */
  | { outcome: 'fenced' }
  /** The action is over or unknown here, or the hit was captured after its deadline: the agent should drop its probe. */
  | { outcome: 'closed' };

export interface ActionStore {
  /** One step; rejects where more than `LIMITS.liveActionsPerRuntime` would be live on a runtime (`TooManyActions`). */
  create(organization: string, action: Action, placements: readonly Placement[]): Promise<void>;
  get(organization: string, id: string): Promise<{ action: Action; placements: Placement[] } | undefined>;
  /** Newest first. `before` is the id of the last one already seen. */
  list(organization: string, filter: ActionFilter): Promise<Action[]>;
  hits(organization: string, id: string, afterNumber: number): Promise<StoredHit[]>;
  /** Live actions that have a placement on the runtime that is not failed, oldest first. */
  liveOn(organization: string, runtime: string): Promise<{ action: Action; placement: Placement }[]>;
  /** Every live action of every organization: what a broker takes up again when it starts. */
  live(): Promise<Action[]>;
  /**
   * Live actions of every organization whose deadline was before `deadlineBefore`, or that were made before `queuedBefore`
   * and that no runtime has taken up yet; times in milliseconds since the epoch. A bounded batch, the earliest deadline
   * first.
   */
  late(than: { deadlineBefore: number; queuedBefore: number }): Promise<Action[]>;
  /**
   * Moves the action by the pure state machine: `change` gets the action as it is and returns what it becomes, or
   * undefined to leave it. Read and write are one step. Returns the action as it is afterwards.
   */
  change(organization: string, id: string, change: (action: Action) => Action | undefined): Promise<Action | undefined>;
  /**
   * The same for one placement, with its action: the last placement that fails ends the action in the same step.
   * Undefined where there is no such placement. `epoch`: of the attachment that says so; where it is not the one that holds,
   * nothing is changed. That is asked in the same step, and as it is for hits: else the last word of a runtime would count
   * while the hits that it sent before it are fenced. Not given where the broker itself changes something.
   */
  changePlacement(
    organization: string,
    id: string,
    runtime: string,
    change: (at: PlacementStep) => { action?: Action; placement?: Placement } | undefined,
    epoch?: number,
  ): Promise<{ action: Action; placement: Placement } | 'fenced' | undefined>;
  /**
   * One atomic step: fencing, duplicate, deadline, gap, budget, store, completion. `capturedAt`: the earliest time, by the
   * broker's clock, at which the hit may have been captured; behind the action's deadline it is `closed`.
   */
  acceptHit(
    organization: string,
    id: string,
    hit: { runtime: string; epoch: number; sequence: number; hit: Hit; receivedAt: number; capturedAt: number },
  ): Promise<HitOutcome>;
  /**
   * Deletes a bounded batch of the actions that ended before `before`, with their hits, or gives back a bounded part of the
   * room that they took; 0 where nothing is left to do.
   */
  expire(before: number): Promise<number>;
}

export interface ActionFilter {
  readonly state?: ActionState;
  readonly createdBy?: string;
  /** The id of the last one already seen. */
  readonly before?: string;
  readonly limit: number;
  /** Only actions all of whose runtimes are of these services. */
  readonly services?: readonly string[];
  /** Only actions all of whose runtimes are in these environments. */
  readonly environments?: readonly string[];
}

/** What decides about a change of one placement. */
export interface PlacementStep {
  readonly action: Action;
  readonly placement: Placement;
  /** Every other placement of the action has failed; true where there is no other. */
  readonly othersFailed: boolean;
}

/** A runtime that is attached, and to which replica of the broker. */
export interface AttachedRuntime {
  readonly runtime: RuntimeDescription;
  readonly attachedAt: number;
  readonly replica: string;
  readonly epoch: number;
}

export interface RuntimeDirectory {
  /**
   * Gives the next epoch of this runtime; an older attachment is fenced from here on, and its live placements are not
   * gone any more. Undefined where the id belongs to a runtime of another service or environment.
   */
  attach(
    organization: string,
    runtime: RuntimeDescription,
    replica: string,
    at: number,
  ): Promise<AttachedRuntime | undefined>;
  /** Keeps the lease; false where a newer epoch has it. */
  renew(organization: string, runtime: string, epoch: number, at: number): Promise<boolean>;
  /**
   * Marks its live placements as gone since `at`; the ids of their actions. Does nothing, and answers an empty list,
   * where a newer epoch has the lease.
   */
  detach(organization: string, runtime: string, epoch: number, at: number): Promise<string[]>;
  /**
   * Detaches what nobody has renewed within the lease (its broker died, or stood still): a bounded batch, over all
   * organizations. Empty where the directory is that of one broker, whose end is the end of every attachment.
   */
  lapse(at: number): Promise<{ organization: string; runtime: string; actionIds: string[] }[]>;
  list(organization: string): Promise<AttachedRuntime[]>;
  get(organization: string, runtime: string): Promise<AttachedRuntime | undefined>;
}

export interface KeyStore {
  /**
   * The key of an organization's pseudonyms on a day (`YYYY-MM-DD`): `fresh` where there was none, else the one that is
   * there. Keys of days before the day before are deleted, so that old pseudonyms cannot be computed again.
   */
  pseudonymKey(organization: string, day: string, fresh: string): Promise<string>;
}

export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** The data was written by a newer version of this program. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';

  constructor(found: number, known: number) {
    super(`the store was written by a newer Borescope: its schema is ${found}, this one knows up to ${known}`);
  }
}

/** Where the version of what is stored should be, something else stands. */
export class SchemaUnreadable extends Error {
  override readonly name = 'SchemaUnreadable';

  constructor(key: string) {
    super(
      `${key} in this Redis is no version of a store: restore it, or name a Redis or database that is Borescope's own`,
    );
  }
}

/** `borescope migrate` moves the store now, or was broken off while it wrote it: nothing else may use it. */
export class StoreMoving extends Error {
  override readonly name = 'StoreMoving';
}

export class TooManyActions extends Error {
  override readonly name = 'TooManyActions';
  readonly runtime: string;

  constructor(runtime: string) {
    super(`too many live actions on runtime ${runtime}`);
    this.runtime = runtime;
  }
}
