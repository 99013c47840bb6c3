import { type AgentFrame, type BrokerFrame, decodeAgentFrame } from '@borescope/agent-protocol';
import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import { Heartbeat } from './heartbeat.ts';
import { Outbox, type Wire } from './outbox.ts';

/** Milliseconds that a peer has to answer the closing handshake before its socket is destroyed. */
const CLOSE_WITHIN = 500;
/** Frames that are dealt with at the same time: what waits for one commit. */
const UNDER_WAY = 64;
/** Messages that may wait behind those before the socket is not read any further, and when it is read again. */
const INBOX = { pauseAt: 64, resumeAt: 16 };
/** Bytes of a close reason: a control frame has 125, two of them are the code (RFC 6455 section 5.5). */
const REASON_BYTES = 123;

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  /** 0 up to 1: where in the first interval the first ping is sent. */
  readonly phase: number;
  /** The stream below the WebSocket; where it is given, frames that are sent together are written together. */
  readonly wire?: Wire;
  /**
   * Called in the order of the frames. Only the answer to `hello` is waited for before the next: what else comes together
   * is dealt with together. `bytes` is the size of the whole message.
   */
  readonly onFrame: (frame: AgentFrame, bytes: number) => Promise<void>;
  readonly onBadFrame: (reason: string) => void;
  readonly onBeat: () => void;
  readonly onSilence: () => void;
  readonly onOverflow: () => void;
  /** The socket failed, or a frame could not be dealt with. */
  readonly onError: (error: unknown) => void;
  /**
   * Once: the connection is over, and every frame that counts is dealt with. `peerCode`: the close code (RFC 6455 section
   * 7.4) where the peer or the network ended it.
   */
  readonly onEnd: (peerCode: number | undefined) => void;
}

/** A WebSocket with an agent at its other end: frames in their order, heartbeats, back-pressure both ways. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #outbox: Outbox;
  readonly #heartbeat: Heartbeat;
  readonly #inbox: { data: RawData; isBinary: boolean }[] = [];
  /** Frames that are being dealt with. */
  #underWay = 0;
  /** Nothing may come before the answer to hello. */
  #greeting = false;
  /** Open: frames count. Lost: those that had arrived still count. Closed by us: what was not dealt with is dropped. */
  #state: 'open' | 'lost' | 'closed' = 'open';
  #endTold = false;
  /** Milliseconds since the epoch. */
  #heardAt: number;
  /** Of the closing, where the peer or the network began it. */
  #peerCode: number | undefined;

  constructor(socket: WebSocket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#heardAt = options.clock.now();
    this.#outbox = new Outbox(socket, options.onOverflow, options.wire);
    this.#heartbeat = new Heartbeat({
      clock: options.clock,
      everyMs: options.heartbeatMs,
      phase: options.phase,
      beat: () => {
        if (socket.readyState === socket.OPEN) socket.ping();
        options.onBeat();
      },
      silent: () => {
        options.onSilence();
        this.#shut();
        socket.terminate();
      },
    });
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => this.#heard());
    socket.on('error', options.onError);
    socket.on('close', (code) => {
      if (this.#state === 'open') {
        this.#state = 'lost';
        this.#peerCode = code;
      }
      this.#endWhenIdle();
    });
  }

  /** Milliseconds since the last sign of the peer. */
  get silentMs(): number {
    return this.#options.clock.now() - this.#heardAt;
  }

  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  send(frame: BrokerFrame): void {
    if (this.#state === 'open') this.#outbox.send(frame);
  }

  /** Frames that were not dealt with are dropped: no hit of them was acknowledged. */
  close(code: number, reason: string): void {
    if (this.#state === 'closed') return;
    this.#socket.close(code, atMost(reason, REASON_BYTES));
    const cancel = this.#options.clock.later(CLOSE_WITHIN, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
    // A paused socket would never read the peer's answer.
    this.#socket.resume();
    this.#shut();
  }

  #shut(): void {
    this.#state = 'closed';
    this.#inbox.length = 0;
    this.#endWhenIdle();
  }

  #heard(): void {
    this.#heardAt = this.#options.clock.now();
    this.#heartbeat.heard();
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#heard();
    if (this.#state === 'closed') return;
    this.#inbox.push({ data, isBinary });
    this.#work();
    if (this.#inbox.length >= INBOX.pauseAt) this.#socket.pause();
  }

  #work(): void {
    while (!this.#greeting && this.#underWay < UNDER_WAY) {
      const message = this.#inbox.shift();
      if (message === undefined) break;
      if (this.#socket.isPaused && this.#inbox.length <= INBOX.resumeAt) this.#socket.resume();
      this.#underWay++;
      this.#take(message.data, message.isBinary)
        .catch(this.#options.onError)
        .finally(() => this.#taken());
    }
  }

  #taken(): void {
    this.#underWay--;
    this.#work();
    this.#endWhenIdle();
  }

  async #take(data: RawData, isBinary: boolean): Promise<void> {
    if (isBinary) return this.#options.onBadFrame('frames are text');
    const text = data.toString();
    const decoded = decodeAgentFrame(text);
    if (!decoded.ok) return this.#options.onBadFrame(decoded.reason);
    const { frame } = decoded;
    const isHello = frame.type === 'hello';
    this.#greeting = isHello;
    try {
      await this.#options.onFrame(frame, Buffer.byteLength(text));
    } finally {
      if (isHello) this.#greeting = false;
    }
  }

  #endWhenIdle(): void {
    if (this.#state === 'open' || this.#underWay > 0 || this.#inbox.length > 0 || this.#endTold) return;
    this.#endTold = true;
    this.#heartbeat.stop();
    this.#options.onEnd(this.#peerCode);
  }
}

/** The text cut to `bytes` of UTF-8 at a character's border. */
function atMost(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  return encoded.length <= bytes ? text : new TextDecoder().decode(encoded.subarray(0, bytes), { stream: true });
}
