import type { AgentFrame, BrokerFrame } from '@borescope/agent-protocol';

/** One attachment of one runtime. */
export interface Attachment {
  readonly organization: string;
  readonly runtime: string;
  readonly epoch: number;
}

export type AgentReport = Extract<AgentFrame, { type: 'armed' | 'pending' | 'failed' | 'status' }>;
export type HitFrame = Extract<AgentFrame, { type: 'hit' }>;
export type Reply = Extract<BrokerFrame, { type: 'ack' | 'resend' | 'disarm' }>;

/** What the rest of the broker does with what agents say. Calls for one attachment come one after the other. */
export interface AgentListener {
  /** Rejects with `StoreUnavailable` where the hit could not be stored: it will be asked for again. */
  hit(from: Attachment, frame: HitFrame): Promise<Reply | 'fenced'>;
  /** The answer tells the agent to drop a probe that it should not have. */
  report(from: Attachment, report: AgentReport): Promise<Reply | undefined>;
  /** The runtime attached: these are the actions whose results change by that. */
  attached(from: Attachment, actionIds: readonly string[]): void;
  gone(from: Attachment, actionIds: readonly string[]): void;
}
