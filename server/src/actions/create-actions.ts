import { LIMITS } from '@borescope/agent-protocol';
import type { Caller } from '../access/caller.ts';
import { mayDo, type Permission } from '../access/grants.ts';
import type { AgentSessions } from '../agents/sessions.ts';
import type { Clock } from '../clock.ts';
import type { Redaction } from '../hits/redaction.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { Queue } from '../queue/queue.ts';
import { type AttachedRuntime, type Store, type StoredHit, StoreUnavailable, TooManyActions } from '../store/store.ts';
import type { Action, ActionSpec, Placement } from './action.ts';
import type { Actions, ActionView, Target } from './actions.ts';
import type { Changes } from './changes.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { deadlineJob, dispatchJob, type Ending } from './ending.ts';
import { BorescopeError } from './error.ts';
import type { Orders } from './orders.ts';
import type { Permits } from './permits.ts';
import type { ApprovalOptions } from './placing-approval.ts';
import { checkSpec } from './spec-limits.ts';
import { nextAction } from './state-machine.ts';
import { checkCount, checkTarget, matches, maySee, notFound } from './target.ts';
import { createWaiting, LAST_WORDS_WITHIN, type WaitOptions } from './waiting.ts';

export interface ActionsOptions {
  readonly store: Store;
  readonly queue: Queue;
  readonly sessions: AgentSessions;
  readonly orders: Orders;
  readonly redaction: Redaction;
  readonly permits: Permits;
  readonly changes: Changes;
  readonly ending: Ending;
  readonly clock: Clock;
  /** A new action id: sortable by time, unguessable, without `:`. */
  readonly ids: () => string;
  readonly log: Log;
  readonly meter: Meter;
  /** Milliseconds after which a call that waits looks by itself; not given where it is always told. */
  readonly lookEveryMs?: number;
}

/** Actions of one page of a list. */
const PAGE = 50;
/** Milliseconds after which runtimes that have not answered are told again: a broker may have died, or a word been lost. */
const DISPATCH_AGAIN = 1_000;
/** Milliseconds that a runtime has to say what stands at a place. */
const INSPECT_WITHIN = 10_000;

interface ActionRecord {
  readonly action: Action;
  readonly placements: Placement[];
}

/** `release`: calls that wait answer with what there is, from now on. */
export function createActions(options: ActionsOptions): Actions & { release(): void } {
  const { store, queue, sessions, orders, redaction, permits, changes, ending, clock, ids, log, meter } = options;
  const waiting = createWaiting(clock, changes, options.lookEveryMs);

  /**
   * The runtimes that the caller may see and that match; throws RUNTIME_NOT_FOUND where there is none, LIMIT_EXCEEDED
   * where there are too many.
   */
  async function resolve(caller: Caller, target: Target): Promise<AttachedRuntime[]> {
    checkTarget(target);
    const visible = (await store.runtimes.list(caller.organization)).filter(({ runtime }) => maySee(caller, runtime));
    const found = visible.filter(({ runtime }) => matches(runtime, target));
    if (found.length === 0) throw notFound(visible);
    checkCount(found.length);
    return found;
  }

  async function record(caller: Caller, id: string): Promise<ActionRecord> {
    return seenBy(caller, await store.actions.get(caller.organization, id));
  }

  /** Throws ACTION_NOT_FOUND where there is none, or the caller may not see it. */
  function seenBy(caller: Caller, found: ActionRecord | undefined): ActionRecord {
    if (found?.placements.every(({ runtime }) => maySee(caller, runtime))) return found;
    throw new BorescopeError(
      'ACTION_NOT_FOUND',
      'there is no such action',
      'Ended actions are deleted after the retention time. Call list_actions for those that are there.',
    );
  }

  /**
   * Hits are read once: a call that waits keeps those that it has. An action whose retention ends while a call waits for
   * the last words of its runtimes is answered as it was last seen.
   */
  function reader(caller: Caller, id: string, afterNumber: number): () => Promise<ActionView> {
    const known: StoredHit[] = [];
    let seen: ActionView | undefined;
    return async () => {
      const found = await store.actions.get(caller.organization, id);
      if (found === undefined && seen !== undefined) return seen;
      const { action, placements } = seenBy(caller, found);
      const after = known.at(-1)?.number ?? afterNumber;
      if (action.hits > after) {
        const fresh = await store.actions.hits(caller.organization, id, after);
        // Hits that came after the action was read belong to the next view.
        known.push(...fresh.filter(({ number }) => number <= action.hits && number > (known.at(-1)?.number ?? after)));
      }
      seen = { action, placements, hits: [...known] };
      return seen;
    };
  }

  function wait(caller: Caller, id: string, afterNumber: number, waitOptions: WaitOptions): Promise<ActionView> {
    const { organization } = caller;
    const isSettled = ({ placements }: ActionView) =>
      placements.every(
        (placement) =>
          placement.status === 'removed' || placement.status === 'failed' || !orders.mayAnswer(organization, placement),
      );
    return waiting.wait(organization, id, reader(caller, id, afterNumber), isSettled, waitOptions);
  }

  /** Every way on which hits leave the broker comes through here. */
  async function handedOut(caller: Caller, view: ActionView): Promise<ActionView> {
    await permits.read(caller, view);
    return view;
  }

  /**
   * Tells the runtimes at once. The jobs see to what comes later, and to what this broker does not come to; where the queue
   * does not work now, the sweep does.
   */
  async function handOver(action: Action, placements: readonly Placement[]): Promise<void> {
    const { organization, id, createdAt, expiresAt } = action;
    try {
      await Promise.all([
        orders.follow(organization, { action, placements }),
        queue.add(deadlineJob(organization, id), expiresAt),
        queue.add(dispatchJob(organization, id), createdAt + DISPATCH_AGAIN),
      ]);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      meter.storeUnavailable();
      log.warn({ err: error, organization, action: id }, 'an action was not handed over: the sweep takes it up');
    }
  }

  async function place(caller: Caller, target: Target, spec: ActionSpec, approval: ApprovalOptions): Promise<Action> {
    allow(caller, 'place');
    checkSpec(spec);
    const { organization } = caller;
    const found = await resolve(caller, target);
    await permits.mayPlace(caller, { target, spec, found, approval });
    // Before anything is made: it may have to ask the store.
    const file = (await redaction.of(organization)).path(spec.place.file);
    const createdAt = clock.now();
    const action: Action = {
      id: ids(),
      organization,
      createdBy: caller.tokenId,
      spec,
      createdAt,
      expiresAt: createdAt + Math.round(spec.timeoutSeconds * 1000),
      state: 'queued',
      hits: 0,
    };
    const placements = found.map(
      ({ runtime }): Placement => ({ actionId: action.id, runtime, status: 'queued', lastSequence: 0 }),
    );
    const undo = await permits.claim(caller, action, found);
    try {
      await store.actions.create(organization, action, placements);
    } catch (error) {
      await undo(error);
      throw error;
    }
    await handOver(action, placements);
    meter.actionPlaced();
    const { kind, place: at, maxHits } = spec;
    const what = { kind, file, line: at.line, maxHits };
    const who = { organization, action: action.id, token: caller.tokenId };
    log.info({ ...who, ...what, timeoutSeconds: spec.timeoutSeconds, runtimes: found.length }, 'action placed');
    return action;
  }

  const actions: Actions = {
    async runtimes(caller, filter) {
      allow(caller, 'read');
      const attached = await store.runtimes.list(caller.organization);
      const found = attached.filter(({ runtime }) => maySee(caller, runtime) && matches(runtime, filter));
      return found.map((one) => {
        const overdueMs = sessions.overdueMs(caller.organization, one.runtime.id);
        return overdueMs === undefined ? one : { ...one, overdueMs };
      });
    },

    async inspect(caller, target, place) {
      allow(caller, 'read');
      const { organization } = caller;
      const found = await resolve(caller, target);
      await permits.inspect(caller, target, place);
      return Promise.all(
        found.map(async (attached) => {
          const said = await orders.inspect(organization, attached, place, INSPECT_WITHIN);
          const pass = await redaction.of(organization, attached.runtime.environment);
          const inspection = said === undefined ? NO_ANSWER : pass.inspection(said, place.file);
          return { runtime: attached, inspection };
        }),
      );
    },

    async place(caller, target, spec, approval = { until: 0 }) {
      try {
        return await place(caller, target, spec, approval);
      } catch (error) {
        await permits.refused(caller, spec, error);
        throw error;
      }
    },

    async action(caller, id) {
      allow(caller, 'read');
      return (await record(caller, id)).action;
    },

    async view(caller, id, afterNumber = 0) {
      allow(caller, 'read');
      return handedOut(caller, await reader(caller, id, afterNumber)());
    },

    async wait(caller, id, { afterNumber = 0, ...waitOptions }) {
      allow(caller, 'read');
      return handedOut(caller, await wait(caller, id, afterNumber, waitOptions));
    },

    async list(caller, { state, cursor }) {
      allow(caller, 'read');
      const { organization, services, environments } = caller;
      const found = await store.actions.list(organization, {
        limit: PAGE + 1,
        ...(state !== undefined && { state }),
        ...(cursor !== undefined && { before: fromCursor(cursor) }),
        ...(services !== undefined && { services }),
        ...(environments !== undefined && { environments }),
      });
      const page = found.slice(0, PAGE);
      const last = page.at(-1);
      return { actions: page, ...(found.length > PAGE && last !== undefined && { cursor: toCursor(last.id) }) };
    },

    async cancel(caller, id) {
      allow(caller, 'place');
      const { organization } = caller;
      await permits.cancel(caller, (await record(caller, id)).action);
      let ended = false;
      await store.actions.change(organization, id, (action) => {
        const next = nextAction(action, { type: 'cancel', at: clock.now() });
        ended = next !== action;
        return next;
      });
      if (ended) await ending(organization, id);
      return handedOut(caller, await wait(caller, id, 0, { until: clock.now() + LAST_WORDS_WITHIN }));
    },
  };

  return {
    runtimes: (...asked) => translated(actions.runtimes(...asked)),
    inspect: (...asked) => translated(actions.inspect(...asked)),
    place: (...asked) => translated(actions.place(...asked)),
    action: (...asked) => translated(actions.action(...asked)),
    view: (...asked) => translated(actions.view(...asked)),
    wait: (...asked) => translated(actions.wait(...asked)),
    list: (...asked) => translated(actions.list(...asked)),
    cancel: (...asked) => translated(actions.cancel(...asked)),
    release: () => waiting.release(),
  };

  /** Errors of the store in the words of the contract. */
  async function translated<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof TooManyActions) {
        throw new BorescopeError(
          'LIMIT_EXCEEDED',
          `a runtime has ${LIMITS.liveActionsPerRuntime} live actions already, which is the limit: ${error.runtime}`,
          'Wait for some to end, cancel some (list_actions, cancel_action), or choose other runtimes.',
        );
      }
      if (!(error instanceof StoreUnavailable)) throw error;
      meter.storeUnavailable();
      log.warn({ err: error }, 'the store is unavailable');
      throw new BorescopeError(
        'UNAVAILABLE',
        'the broker cannot use its store now',
        'Call again in a few seconds. If it stays so, the log of the broker names the cause.',
      );
    }
  }
}

const NO_ANSWER = {
  problem: {
    code: 'UNAVAILABLE' as const,
    message: `the runtime did not answer within ${INSPECT_WITHIN / 1000} s`,
    hint: 'Check with list_runtimes that it is still attached, and call again.',
  },
  source: [],
  names: [],
  scripts: [],
  pending: false,
};

function allow(caller: Caller, permission: Permission): void {
  if (caller.kind !== 'agent' && mayDo(caller, permission)) return;
  throw new BorescopeError(
    'FORBIDDEN',
    caller.kind === 'agent' ? 'a token of an agent cannot call tools' : `the role ${caller.role} does not allow this`,
    'Ask an administrator for a token whose role is at least developer.',
  );
}
