import type { BrokerFrame } from '@borescope/agent-protocol';
import { encodeFrame } from '@borescope/agent-protocol';
import { WebSocket } from 'ws';

/** Bytes in the socket's buffer above which nothing further is handed to it. */
const HOLD_ABOVE = 1024 * 1024;
/** Bytes in the socket's buffer and held back above which the agent is dropped: it does not read. */
const DROP_ABOVE = 8 * 1024 * 1024;

/** The part of a stream that holds what is written together until it goes out as one. */
export interface Wire {
  cork(): void;
  uncork(): void;
}

/**
 * What is on its way to an agent. While the agent reads slowly, frames are held back by their subject, so that a later one
 * takes the place of an earlier one (an ack of an older ack, a disarm of an arm): the state stands in the store, and what
 * is held stays bounded by the live actions.
 */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #onOverflow: () => void;
  readonly #wire: Wire | undefined;
  #corked = false;
  readonly #held = new Map<string, string>();
  #heldBytes = 0;

  constructor(socket: WebSocket, onOverflow: () => void, wire?: Wire) {
    this.#socket = socket;
    this.#wire = wire;
    this.#onOverflow = onOverflow;
  }

  send(frame: BrokerFrame): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const text = encodeFrame(frame);
    if (this.#held.size === 0 && this.#socket.bufferedAmount <= HOLD_ABOVE) {
      this.#hand(text);
      return;
    }
    const subject = subjectOf(frame);
    this.#release(subject);
    this.#held.set(subject, text);
    this.#heldBytes += Buffer.byteLength(text);
    if (this.#socket.bufferedAmount + this.#heldBytes > DROP_ABOVE) this.#onOverflow();
  }

  #hand(text: string): void {
    this.#cork();
    this.#socket.send(text, () => this.#flush());
  }

  /** A write is a system call, and many frames are sent in one go: what one commit has brought goes out as one. */
  #cork(): void {
    const wire = this.#wire;
    if (this.#corked || wire === undefined) return;
    this.#corked = true;
    wire.cork();
    process.nextTick(() => {
      this.#corked = false;
      wire.uncork();
    });
  }

  #flush(): void {
    for (const [subject, text] of this.#held) {
      if (this.#socket.readyState !== WebSocket.OPEN || this.#socket.bufferedAmount > HOLD_ABOVE) return;
      this.#release(subject);
      this.#hand(text);
    }
  }

  #release(subject: string): void {
    const text = this.#held.get(subject);
    if (text === undefined) return;
    this.#held.delete(subject);
    this.#heldBytes -= Buffer.byteLength(text);
  }
}

function subjectOf(frame: BrokerFrame): string {
  switch (frame.type) {
    case 'arm':
      return `probe ${frame.action.actionId}`;
    case 'disarm':
      return `probe ${frame.actionId}`;
    case 'ack':
    case 'resend':
      return `${frame.type} ${frame.actionId}`;
    case 'inspect':
      return `inspect ${frame.requestId}`;
    default:
      return frame.type;
  }
}
