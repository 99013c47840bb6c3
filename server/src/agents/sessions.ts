import type { ArmSpec, Inspection, Place } from '@borescope/agent-protocol';
import type { WebSocket } from 'ws';
import type { Caller } from '../access/caller.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { Store } from '../store/store.ts';
import type { AgentListener, Attachment } from './listener.ts';
import type { Wire } from './outbox.ts';
import type { Policies } from './policies.ts';
import { AgentSession, type DisarmReason, type SessionContext } from './session.ts';
import { createTurnstile } from './turnstile.ts';

/** The agents that are attached to this process. */
export interface AgentSessions {
  /**
   * Takes over an authenticated and upgraded socket. `remote` is the peer's address, for the log; `wire` the stream below
   * the socket, where frames may be written together.
   */
  accept(socket: WebSocket, caller: Caller, remote: string, wire?: Wire): void;
  /** Who is told what agents say. Called once, before the first `accept`. */
  listen(listener: AgentListener): void;
  /** Does nothing where the runtime is not attached here: it learns of its actions when it attaches. */
  arm(organization: string, runtime: string, action: ArmSpec): void;
  disarm(organization: string, runtime: string, actionId: string, reason: DisarmReason): void;
  isAttached(organization: string, runtime: string): boolean;
  /** Milliseconds since an agent that is attached here was heard of, where it should have been heard since. */
  overdueMs(organization: string, runtime: string): number | undefined;
  /** Undefined where the runtime is not attached here, leaves, or does not answer within `timeoutMs`. */
  inspect(organization: string, runtime: string, place: Place, timeoutMs: number): Promise<Inspection | undefined>;
  /** The runtime is attached to another broker, by this epoch: a session here with a lower one is over. */
  supersede(organization: string, runtime: string, epoch: number): void;
  /** Does in every session what the store says, where orders may have been lost. Rejects where the store does not work. */
  reconcile(): Promise<void>;
  /** Closes the sockets of a revoked or expired token; the number closed. */
  closeByToken(organization: string, tokenId: string): number;
  /** Of those that are attached. */
  organizations(): string[];
  /** Attached agents. */
  count(): number;
  /** Sockets that were taken over and are not let go yet, whether their agent has said hello or not. */
  open(): number;
  /** Tells every agent to reconnect, closes all sockets within `timeoutMs`, and takes no further one. */
  drain(timeoutMs: number): Promise<void>;
}

export interface AgentSessionsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** 0 up to 1, like `Math.random`: spreads heartbeats and reconnects. */
  readonly random: () => number;
  readonly policies: Policies;
  /** Names this process among the brokers of an installation. */
  readonly replica: string;
  readonly log: Log;
  readonly meter: Meter;
  /** Milliseconds between pings; 15 s where not given. */
  readonly heartbeatMs?: number;
  /** There are other brokers; false where not given. */
  readonly shared?: boolean;
}

/** Milliseconds within which agents come back after a drain, each at a random time. */
const RECONNECT_WITHIN = 2_000;
/** Of the time for a drain, the share in which agents may leave of their own accord. */
const LEAVE_SHARE = 0.5;
/** Milliseconds until a detachment that the store did not take is tried again. */
const DETACH_AGAIN = 1_000;

export function createAgentSessions(options: AgentSessionsOptions): AgentSessions {
  const { store, clock, random, log, meter, heartbeatMs = 15_000, shared = false } = options;
  const all = new Set<AgentSession>();
  const attached = new Map<string, AgentSession>();
  const turn = createTurnstile();
  let context: SessionContext | undefined;
  let drained = false;
  let onEmpty = () => {};

  options.policies.watch((organization) => {
    for (const session of attached.values()) {
      if (session.attachment?.organization === organization) void session.tellPolicy();
    }
  });

  const find = (organization: string, runtime: string) => attached.get(keyOf({ organization, runtime }));

  function enter(session: AgentSession, attachment: Attachment): boolean {
    const key = keyOf(attachment);
    const other = attached.get(key);
    if (other?.attachment !== undefined && other.attachment.epoch > attachment.epoch) return false;
    attached.set(key, session);
    other?.refuse('superseded', 'the same runtime attached again');
    meter.agentsAttached(attached.size);
    return true;
  }

  function leave(session: AgentSession): void {
    const { attachment } = session;
    if (attachment === undefined) {
      forget(session);
      return;
    }
    if (find(attachment.organization, attachment.runtime) === session) attached.delete(keyOf(attachment));
    meter.agentsAttached(attached.size);
    void detach(attachment, clock.now(), session.leftFor).finally(() => forget(session));
  }

  function forget(session: AgentSession): void {
    all.delete(session);
    if (all.size === 0) onEmpty();
  }

  /** A runtime that stays in the directory after it left would be offered to callers: so until it is written, or drained. */
  async function detach(attachment: Attachment, at: number, reason: string | undefined): Promise<void> {
    for (;;) {
      await turn();
      try {
        const actionIds = await store.runtimes.detach(
          attachment.organization,
          attachment.runtime,
          attachment.epoch,
          at,
        );
        context?.listener.gone(attachment, actionIds);
        log.info({ ...attachment, reason }, 'agent left');
        return;
      } catch (error) {
        log.warn({ err: error, ...attachment }, 'a runtime could not be detached in the store');
        if (drained) return;
        await new Promise<void>((resolve) => clock.later(DETACH_AGAIN, resolve));
      }
    }
  }

  return {
    listen(listener) {
      context = { ...options, heartbeatMs, shared, listener, turn, enter, leave };
    },
    accept(socket, caller, remote, wire) {
      if (context === undefined || drained) {
        // 1012, service restart: RFC 6455's registry of close codes.
        socket.close(1012, 'the broker goes away');
        return;
      }
      all.add(new AgentSession(socket, caller, remote, context, wire));
    },
    arm(organization, runtime, action) {
      find(organization, runtime)?.arm(action);
    },
    disarm(organization, runtime, actionId, reason) {
      find(organization, runtime)?.disarm(actionId, reason);
    },
    isAttached: (organization, runtime) => find(organization, runtime) !== undefined,
    overdueMs: (organization, runtime) => find(organization, runtime)?.overdueMs,
    async inspect(organization, runtime, place, timeoutMs) {
      return find(organization, runtime)?.inspect(place, timeoutMs);
    },
    supersede(organization, runtime, epoch) {
      const session = find(organization, runtime);
      if (session?.attachment === undefined || session.attachment.epoch >= epoch) return;
      session.refuse('superseded', 'the same runtime attached to another broker');
    },
    async reconcile() {
      for (const session of [...attached.values()]) await session.reconcile();
    },
    closeByToken(organization, tokenId) {
      const closed = [...all].filter(
        ({ caller }) => caller.organization === organization && caller.tokenId === tokenId,
      );
      for (const session of closed) session.refuse('unauthorized', 'the token was revoked or has expired');
      return closed.length;
    },
    organizations() {
      const found = new Set<string>();
      for (const { attachment } of attached.values()) if (attachment !== undefined) found.add(attachment.organization);
      return [...found];
    },
    count: () => attached.size,
    open: () => all.size,
    async drain(timeoutMs) {
      drained = true;
      if (all.size === 0) return;
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      for (const session of all) session.drain(Math.round(random() * RECONNECT_WITHIN));
      const share = timeoutMs * LEAVE_SHARE;
      await within(clock, share, empty);
      for (const session of all) session.goAway();
      await within(clock, timeoutMs - share, empty);
    },
  };
}

function keyOf({ organization, runtime }: { organization: string; runtime: string }): string {
  return `${organization} ${runtime}`;
}

async function within(clock: Clock, ms: number, done: Promise<void>): Promise<void> {
  let cancel = () => {};
  const timeout = new Promise<void>((resolve) => {
    cancel = clock.later(ms, resolve);
  });
  await Promise.race([done, timeout]);
  cancel();
}
