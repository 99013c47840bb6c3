import {
  type AgentFrame,
  type BrokerFrame,
  CLOSE,
  decodeBrokerFrame,
  encodeFrame,
  LIMITS,
} from '@borescope/agent-protocol';
import { BadAuthorities, distrust, type Trust, tlsOptions } from '@borescope/agent-protocol/identity';
import WebSocket from 'ws';
import { drainDelay, reconnectDelay, slowDelay } from './backoff.ts';
import { Intake } from './intake.ts';
import { occupyStandardDescriptors } from './standard-descriptors.ts';

export interface LinkOptions {
  readonly url: string;
  readonly token: string;
  readonly trust: Trust;
  readonly random: () => number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** One line for the host's stderr. */
  readonly say: (text: string) => void;
  readonly onOpen: () => void;
  readonly onFrame: (frame: BrokerFrame) => void;
  readonly onClose: () => void;
}

const HANDSHAKE_MS = 10_000;
/** Until welcome says how often the broker pings. */
const DEFAULT_HEARTBEAT_MS = 30_000;
/** Above this much unsent the broker is not reading: start again, and resend what is not acknowledged. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
const CLOSE_WAIT_MS = 1000;
/** A connection that lasted this long after its welcome was a good one; a broker that breaks sooner is backed off from. */
const STEADY_MS = 10_000;

/** One connection to the broker at a time, made again for as long as the agent lives. */
export class Link {
  readonly #options: LinkOptions;
  readonly #intake: Intake;
  #socket: WebSocket | undefined;
  #failures = 0;
  #welcomedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #heartbeatMs = DEFAULT_HEARTBEAT_MS;
  #nextDelay: number | undefined;
  #toldRefusal: string | undefined;
  #ended = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#intake = new Intake(options.now);
  }

  connect(): void {
    if (this.#ended) return;
    occupyStandardDescriptors();
    const tls = this.#tlsOptions();
    if (tls === undefined) {
      this.#later();
      return;
    }
    const socket = new WebSocket(this.#options.url, {
      ...tls,
      headers: { Authorization: `Bearer ${this.#options.token}` },
      perMessageDeflate: false,
      maxPayload: LIMITS.frameBytes,
      handshakeTimeout: HANDSHAKE_MS,
      followRedirects: false,
    });
    this.#socket = socket;
    socket.on('open', () => {
      this.#heard();
      this.#options.onOpen();
    });
    socket.on('ping', () => this.#heard());
    socket.on('message', (data, binary) => this.#receive(socket, String(data), binary));
    socket.on('unexpected-response', (request, response) => {
      const status = response.statusCode ?? 0;
      if (status === 401 || status === 403) this.#refused('the broker refused the token');
      response.resume();
      request.destroy();
      socket.terminate();
    });
    socket.on('error', (error) => {
      const reason = distrust(error);
      if (reason !== undefined) this.#refused(reason);
      socket.terminate();
    });
    socket.on('close', (code) => this.#closed(socket, code));
  }

  /** False where the frame could not be handed to an open connection. */
  send(frame: AgentFrame): boolean {
    const socket = this.#socket;
    if (socket === undefined || socket.readyState !== WebSocket.OPEN) return false;
    const text = encodeFrame(frame);
    if (Buffer.byteLength(text) > LIMITS.frameBytes) return false;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      socket.terminate();
      return false;
    }
    socket.send(text, () => {});
    return true;
  }

  /** The conversation has begun: silence is measured by the broker's heartbeat. */
  welcomed(heartbeatMs: number): void {
    this.#welcomedAt = performance.now();
    this.#toldRefusal = undefined;
    this.#heartbeatMs = heartbeatMs;
    this.#heard();
  }

  drain(reconnectAfterMs: number): void {
    this.#nextDelay = drainDelay(reconnectAfterMs, this.#options.random());
    this.#socket?.close(1000);
    this.#terminateLater(this.#socket);
  }

  /** Ends this connection with a code of the protocol; another one follows. */
  reject(code: number, reason: string): void {
    this.#socket?.close(code, reason.slice(0, 120));
    this.#terminateLater(this.#socket);
  }

  /** Resolves when what was sent has left the process, or after `ms`. */
  flush(ms: number): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined || socket.readyState !== WebSocket.OPEN || socket.bufferedAmount === 0)
      return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      socket.ping(undefined, undefined, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** For good. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#socket?.close(1001);
    this.#terminateLater(this.#socket);
  }

  #receive(socket: WebSocket, text: string, binary: boolean): void {
    this.#heard();
    this.#pauseFor(socket, this.#intake.read(text.length));
    const decoded = binary ? ({ ok: false, reason: 'binary message' } as const) : decodeBrokerFrame(text);
    if (decoded.ok) this.#options.onFrame(decoded.frame);
    else socket.close(CLOSE.badFrame, decoded.reason.slice(0, 120));
  }

  /** What the broker sends meanwhile waits in its own memory. A pause that is longer than silence may be ends the connection. */
  #pauseFor(socket: WebSocket, ms: number): void {
    if (ms <= 0 || socket.isPaused) return;
    socket.pause();
    setTimeout(() => socket.resume(), ms).unref();
  }

  #heard(): void {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#silence = setTimeout(() => socket?.terminate(), this.#heartbeatMs * 3);
  }

  #refused(reason: string): void {
    this.#nextDelay = slowDelay(this.#options.random());
    if (this.#toldRefusal !== reason) this.#options.say(`${reason}; trying again every few minutes`);
    this.#toldRefusal = reason;
  }

  /** Undefined where the authorities cannot be read; that was told. */
  #tlsOptions(): ReturnType<typeof tlsOptions> | undefined {
    try {
      return tlsOptions(this.#options.trust);
    } catch (error) {
      if (!(error instanceof BadAuthorities)) throw error;
      this.#refused(error.message);
      return undefined;
    }
  }

  #closed(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    clearTimeout(this.#silence);
    if (code === CLOSE.unauthorized) this.#refused('the broker no longer accepts the token');
    if (code === CLOSE.unsupportedVersion) this.#refused('the broker speaks another protocol version');
    if (code === CLOSE.superseded) this.#nextDelay = slowDelay(this.#options.random());
    this.#options.onClose();
    if (this.#ended) return;
    if (this.#welcomedAt !== undefined && performance.now() - this.#welcomedAt >= STEADY_MS) this.#failures = 0;
    this.#welcomedAt = undefined;
    this.#later();
  }

  #later(): void {
    const delay = this.#nextDelay ?? reconnectDelay(this.#failures, this.#options.random());
    this.#nextDelay = undefined;
    this.#failures += 1;
    this.#timer = setTimeout(() => this.connect(), delay);
  }

  #terminateLater(socket: WebSocket | undefined): void {
    setTimeout(() => socket?.terminate(), CLOSE_WAIT_MS).unref();
  }
}
