import { inspection, place } from '@borescope/agent-protocol';
import { z } from 'zod';

/**
 * What one broker says to another. Only a trigger: it may be lost, come twice or late, and what is true stands in the
 * store, where the receiver looks.
 */
export const message = z.discriminatedUnion('type', [
  /** Look at the action, and tell these runtimes, which are attached to you, what follows for them. */
  z.object({
    type: z.literal('follow'),
    organization: z.string(),
    actionId: z.string(),
    runtimes: z.array(z.string()),
  }),
  /** Ask the runtime, and send the answer to the inbox of `replyTo`. */
  z.object({
    type: z.literal('inspect'),
    organization: z.string(),
    runtime: z.string(),
    place,
    timeoutMs: z.number(),
    requestId: z.string(),
    replyTo: z.string(),
  }),
  /** Without an inspection: the runtime did not answer. */
  z.object({ type: z.literal('inspected'), requestId: z.string(), inspection: inspection.optional() }),
]);

export type Message = z.infer<typeof message>;

/** What a broker says to all others. */
export const notice = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('changed'),
    organization: z.string(),
    actionId: z.string(),
    change: z.enum(['progress', 'ended']),
  }),
  /** The runtime is attached to the sender; an attachment with a lower epoch is over. */
  z.object({ type: z.literal('attached'), organization: z.string(), runtime: z.string(), epoch: z.number() }),
]);

export type Notice = z.infer<typeof notice>;

export interface Receiver {
  message(message: Message): Promise<void>;
  notice(notice: Notice): void;
  /** Messages may have been lost without a trace: what they would have brought about has to be looked up. */
  missed(): void;
}

/** Between the brokers of one installation. */
export interface Messages {
  /** Names this broker among the others. */
  readonly replica: string;
  /** False where there is no such broker any more. Rejects with `StoreUnavailable`. */
  send(replica: string, message: Message): Promise<boolean>;
  /** To all others that listen now. Notices of one thing that come together are sent as one. */
  tell(notice: Notice): void;
  /** Begins to receive. Rejects with `StoreUnavailable`, or with `StoreMoving` where the store is being moved. */
  start(receiver: Receiver): Promise<void>;
  /** Receives no further message, and takes the inbox away, so that nobody writes to it. */
  close(): Promise<void>;
}
