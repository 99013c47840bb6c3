import type { Inspection, Place } from '@borescope/agent-protocol';
import type { Caller } from '../access/caller.ts';
import type { AttachedRuntime, StoredHit } from '../store/store.ts';
import type { Action, ActionSpec, ActionState, Placement } from './action.ts';
import type { ApprovalOptions } from './placing-approval.ts';

/** Which runtimes an action is for; all that is given must match. At least one is given. */
export interface Target {
  readonly service?: string;
  readonly environment?: string;
  readonly version?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly ids?: readonly string[];
}

/** A runtime as its caller sees it. */
export interface ListedRuntime extends AttachedRuntime {
  /** Milliseconds since it was heard of, where it is overdue: its connection may be dead, and nobody has said so yet. */
  readonly overdueMs?: number;
}

/** An action as its caller sees it. */
export interface ActionView {
  readonly action: Action;
  readonly placements: readonly Placement[];
  readonly hits: readonly StoredHit[];
}

/** How an action stands, without what was captured. */
export type ActionProgress = Pick<ActionView, 'action' | 'placements'>;

/**
 * What an assistant or a person can ask of the broker, whatever the door (MCP, API). Every function checks the caller
 * and rejects with a `BorescopeError` of the contract's codes; an action of another organization, or of a service that
 * the caller's token is not bound to, is ACTION_NOT_FOUND like one that never was. Hits of an action that another token has
 * placed are in the audit as read before they are handed out.
 */
export interface Actions {
  /** `name` may hold `*` and matches service, id and host. */
  runtimes(caller: Caller, filter: Target & { name?: string }): Promise<ListedRuntime[]>;
  /** Places nothing. One entry for each runtime that matches, in the order of their ids. */
  inspect(
    caller: Caller,
    target: Target,
    place: Place,
  ): Promise<{ runtime: AttachedRuntime; inspection: Inspection }[]>;
  /**
   * Resolves as soon as the action is stored and queued. Where a policy asks for a person's approval, and `approval` does not
   * bring it: waits as that says, and rejects with BLOCKED_BY_POLICY or `ApprovalNeeded`.
   */
  place(caller: Caller, target: Target, spec: ActionSpec, approval?: ApprovalOptions): Promise<Action>;
  /** Without its hits. */
  action(caller: Caller, id: string): Promise<Action>;
  view(caller: Caller, id: string, afterNumber?: number): Promise<ActionView>;
  /**
   * The view as soon as the action has ended, the clock passes `until` (milliseconds since the epoch), or `signal`
   * aborts, which means "stop waiting" and never "drop the action". `onChange` is told of each change on the way.
   */
  wait(
    caller: Caller,
    id: string,
    options: {
      until: number;
      afterNumber?: number;
      signal?: AbortSignal;
      onChange?: (progress: ActionProgress) => void;
    },
  ): Promise<ActionView>;
  list(
    caller: Caller,
    filter: { state?: ActionState; cursor?: string },
  ): Promise<{ actions: Action[]; cursor?: string }>;
  /** Ends the action and removes its probes; a second call answers like the first. */
  cancel(caller: Caller, id: string): Promise<ActionView>;
}
