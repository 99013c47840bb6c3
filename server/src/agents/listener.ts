import type { AgentFrame, BrokerFrame } from '@borescope/agent-protocol';

/** One attachment of one runtime. */
export interface Attachment {
  readonly organization: string;
  readonly runtime: string;
  /** Service and environment of the runtime, as its token lets it say. */
  readonly service: string;
  readonly environment?: string;
  readonly epoch: number;
}

export type AgentReport = Extract<AgentFrame, { type: 'armed' | 'pending' | 'failed' | 'status' }>;
export type HitFrame = Extract<AgentFrame, { type: 'hit' }>;
export type Reply = Extract<BrokerFrame, { type: 'ack' | 'resend' | 'disarm' }>;

/**
 * What the rest of the broker does with what agents say. Calls for one attachment come in the order of its frames, and do
 * not wait for the answer to the one before; what they ask of the store is asked in that order. Any may reject with
 * `StoreUnavailable`: then a hit is asked for again, and a report is handed over again, when the store works.
 */
export interface AgentListener {
  /** `fenced`: the attachment holds no longer, a newer one of the runtime may exist; nothing of it counts. */
  hit(from: Attachment, frame: HitFrame): Promise<readonly Reply[] | 'fenced'>;
  report(from: Attachment, report: AgentReport): Promise<readonly Reply[] | 'fenced'>;
  /** The runtime attached: the results of these actions change by that. */
  attached(from: Attachment, actionIds: readonly string[]): void;
  gone(from: Attachment, actionIds: readonly string[]): void;
}
