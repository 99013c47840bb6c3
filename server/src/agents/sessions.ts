import type { ArmSpec, BrokerFrame, Inspection, Place } from '@borescope/agent-protocol';
import type { WebSocket } from 'ws';
import type { Caller } from '../access/caller.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Meter } from '../meter.ts';
import type { Store } from '../store/store.ts';
import type { AgentListener } from './listener.ts';

export type DisarmReason = Extract<BrokerFrame, { type: 'disarm' }>['reason'];

/** The agents that are attached to this process. */
export interface AgentSessions {
  /** Takes over an authenticated and upgraded socket. `remote` is the peer's address, for the log. */
  accept(socket: WebSocket, caller: Caller, remote: string): void;
  /** Who is told what agents say. Called once, before the first `accept`. */
  listen(listener: AgentListener): void;
  /** False where the runtime is not attached here: it learns of its actions when it attaches. */
  arm(organization: string, runtime: string, action: ArmSpec): boolean;
  disarm(organization: string, runtime: string, actionId: string, reason: DisarmReason): boolean;
  isAttached(organization: string, runtime: string): boolean;
  /** Undefined where the runtime is not attached here, leaves, or does not answer within `timeoutMs`. */
  inspect(organization: string, runtime: string, place: Place, timeoutMs: number): Promise<Inspection | undefined>;
  /** Closes the sockets of a revoked or expired token; the number closed. */
  closeByToken(organization: string, tokenId: string): number;
  /** The tokens that sockets are attached with, each once: to be checked for revocation. */
  tokens(): { organization: string; tokenId: string }[];
  /** Attached agents. */
  count(): number;
  /** Tells every agent to reconnect elsewhere, closes all sockets within `timeoutMs`, and takes no further one. */
  drain(timeoutMs: number): Promise<void>;
}

export interface AgentSessionsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** 0 up to 1, like `Math.random`: spreads heartbeats and reconnects. */
  readonly random: () => number;
  /** A new secret key for pseudonyms, at least 128 bits. */
  readonly freshKey: () => string;
  /** Names this process among the brokers of an installation. */
  readonly replica: string;
  readonly log: Log;
  readonly meter: Meter;
  /** Milliseconds between pings; 15 s where not given. */
  readonly heartbeatMs?: number;
}

export declare function createAgentSessions(options: AgentSessionsOptions): AgentSessions;
