import type { ArmSpec, Inspection, Place } from '@borescope/agent-protocol';
import { toArmSpec } from '../agents/arm-spec.ts';
import type { DisarmReason } from '../agents/session.ts';
import type { AgentSessions } from '../agents/sessions.ts';
import type { Clock } from '../clock.ts';
import type { Message, Messages } from '../messages/messages.ts';
import type { AttachedRuntime, Store } from '../store/store.ts';
import type { Action, Placement } from './action.ts';
import { isOver } from './state-machine.ts';

/** What runtimes are told and asked, wherever they are attached. */
export interface Orders {
  /**
   * Tells the runtimes of an action what it has become: those that have not placed its probe place it, and those that may
   * still have it when it is over remove it. Runtimes that are not attached learn it when they come back. May reject with
   * `StoreUnavailable`.
   */
  follow(organization: string, record: ActionRecord): Promise<void>;
  /** Undefined where the runtime leaves, or does not answer within `timeoutMs`. */
  inspect(
    organization: string,
    attached: AttachedRuntime,
    place: Place,
    timeoutMs: number,
  ): Promise<Inspection | undefined>;
  /** False where it is known that the runtime of this placement can say nothing more now. */
  mayAnswer(organization: string, placement: Placement): boolean;
}

export interface ActionRecord {
  readonly action: Action;
  readonly placements: readonly Placement[];
}

type Order = { readonly arm: ArmSpec } | { readonly disarm: DisarmReason };

/** What one runtime has to be told so that it follows the action; undefined: nothing. */
function orderFor(action: Action, { status }: Placement, now: number): Order | undefined {
  if (isOver(action)) {
    const { state } = action;
    if (status === 'failed' || status === 'removed' || state === 'queued' || state === 'armed') return undefined;
    return { disarm: state };
  }
  const spec = status === 'queued' ? toArmSpec(action, now) : undefined;
  return spec && { arm: spec };
}

/** Where this broker is the only one: who is not attached here is not attached. */
export function createLocalOrders({ sessions, clock }: { sessions: AgentSessions; clock: Clock }): Orders {
  return {
    async follow(organization, { action, placements }) {
      for (const placement of placements) {
        const order = orderFor(action, placement, clock.now());
        if (order !== undefined) give(sessions, organization, placement.runtime.id, action.id, order);
      }
    },
    inspect: (organization, { runtime }, place, timeoutMs) =>
      sessions.inspect(organization, runtime.id, place, timeoutMs),
    mayAnswer: (organization, { runtime }) => sessions.isAttached(organization, runtime.id),
  };
}

export interface SharedOrdersOptions {
  readonly store: Store;
  readonly sessions: AgentSessions;
  readonly messages: Messages;
  readonly clock: Clock;
}

/** Inspections of other brokers' runtimes that may be under way at the same time. */
const MOST_QUESTIONS = 1_000;

/**
 * Where a runtime may be attached to another broker: the directory says to which, and that one is told where to look. What
 * a message loses is made good by the heartbeat of the runtime's session. `receive` takes the messages of the others.
 */
export function createSharedOrders(options: SharedOrdersOptions): Orders & {
  receive(message: Message): Promise<void>;
} {
  const { store, sessions, messages, clock } = options;
  const local = createLocalOrders(options);
  const questions = new Map<string, (inspection: Inspection | undefined) => void>();
  let asked = 0;

  async function tellOthers(organization: string, actionId: string, runtimes: readonly string[]): Promise<void> {
    const found = await Promise.all(runtimes.map((runtime) => store.runtimes.get(organization, runtime)));
    const at = new Map<string, string[]>();
    for (const { runtime, replica } of found.filter((attached) => attached !== undefined)) {
      if (replica !== messages.replica) at.set(replica, [...(at.get(replica) ?? []), runtime.id]);
    }
    await Promise.all(
      [...at].map(([replica, ids]) =>
        messages.send(replica, { type: 'follow', organization, actionId, runtimes: ids }),
      ),
    );
  }

  async function ask(
    organization: string,
    { runtime, replica }: AttachedRuntime,
    place: Place,
    timeoutMs: number,
  ): Promise<Inspection | undefined> {
    if (replica === messages.replica || questions.size >= MOST_QUESTIONS) return undefined;
    const requestId = `${messages.replica}-${++asked}`;
    const answer = new Promise<Inspection | undefined>((resolve) => {
      const cancel = clock.later(timeoutMs, () => settle(requestId, undefined));
      questions.set(requestId, (inspection) => {
        cancel();
        resolve(inspection);
      });
    });
    const replyTo = messages.replica;
    messages
      .send(replica, { type: 'inspect', organization, runtime: runtime.id, place, timeoutMs, requestId, replyTo })
      .then(
        (sent) => {
          if (!sent) settle(requestId, undefined);
        },
        () => settle(requestId, undefined),
      );
    return answer;
  }

  /** Does nothing for a question that is answered, or out of time. */
  function settle(requestId: string, inspection: Inspection | undefined): void {
    const resolve = questions.get(requestId);
    questions.delete(requestId);
    resolve?.(inspection);
  }

  return {
    async follow(organization, record) {
      const { action, placements } = record;
      const elsewhere = placements.filter(
        (placement) =>
          !sessions.isAttached(organization, placement.runtime.id) &&
          orderFor(action, placement, clock.now()) !== undefined,
      );
      await local.follow(organization, record);
      if (elsewhere.length > 0) {
        await tellOthers(
          organization,
          action.id,
          elsewhere.map(({ runtime }) => runtime.id),
        );
      }
    },

    async inspect(organization, attached, place, timeoutMs) {
      if (sessions.isAttached(organization, attached.runtime.id)) {
        return local.inspect(organization, attached, place, timeoutMs);
      }
      return ask(organization, attached, place, timeoutMs);
    },

    // Of a runtime elsewhere only its leaving is known.
    mayAnswer: (organization, placement) =>
      placement.goneSince === undefined || local.mayAnswer(organization, placement),

    async receive(message) {
      switch (message.type) {
        case 'follow': {
          const { organization, actionId, runtimes } = message;
          const record = await store.actions.get(organization, actionId);
          if (record === undefined) return;
          const placements = record.placements.filter(({ runtime }) => runtimes.includes(runtime.id));
          return local.follow(organization, { action: record.action, placements });
        }
        case 'inspect': {
          const { organization, runtime, place, timeoutMs, requestId, replyTo } = message;
          const inspection = await sessions.inspect(organization, runtime, place, timeoutMs);
          await messages.send(replyTo, {
            type: 'inspected',
            requestId,
            ...(inspection !== undefined && { inspection }),
          });
          return;
        }
        case 'inspected':
          return settle(message.requestId, message.inspection);
      }
    },
  };
}

function give(sessions: AgentSessions, organization: string, runtime: string, actionId: string, order: Order): void {
  if ('arm' in order) sessions.arm(organization, runtime, order.arm);
  else sessions.disarm(organization, runtime, actionId, order.disarm);
}
