import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import { FrameSplitter } from './websocket-frames.ts';

/** What passes, before it is passed on: a frame of the agent protocol, or a piece of an HTTP exchange. */
export interface Passing {
  /** Of one client at a time. */
  readonly connection: number;
  readonly direction: 'to-broker' | 'to-client';
  /** Of a frame its `type`; `http` for a piece of an exchange. */
  readonly type: string;
  readonly text: string;
}

/** `withhold`: neither this nor anything behind it in its direction is passed on. */
export type Verdict = 'pass' | 'withhold';

const HANDSHAKE_END = '\r\n\r\n';
const typed = z.object({ type: z.string() });

/**
 * A TCP proxy before one or more brokers that sees each frame and each request, so that a fault comes at a known step and
 * not by chance. It can cut connections, and it can swallow: keep them open, pass nothing on and tell nobody.
 */
export class FaultProxy {
  readonly #server: Server;
  readonly #target: () => number | undefined;
  readonly #connections = new Set<Connection>();
  readonly #watchers = new Set<(passing: Passing) => Verdict>();
  #taken = 0;

  /** `target`: the port that the next connection goes to; undefined refuses it. */
  static async start(target: () => number | undefined): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server, target);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  private constructor(server: Server, target: () => number | undefined) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (client) => {
      const port = this.#target();
      if (port === undefined) return void client.destroy();
      const id = ++this.#taken;
      const connection = new Connection(
        client,
        createConnection(port, '127.0.0.1'),
        (passing) => this.#judge({ ...passing, connection: id }),
        () => this.#connections.delete(connection),
      );
      this.#connections.add(connection);
    });
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the proxy does not listen');
    return address.port;
  }

  get open(): number {
    return this.#connections.size;
  }

  /** Asked for everything that passes from now on, until the answer is called. */
  watch(watcher: (passing: Passing) => Verdict): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Acts on the first thing that matches and is then done. Resolves when it has. */
  when(matches: (passing: Passing) => boolean, act: (passing: Passing) => Verdict): Promise<void> {
    return new Promise((resolve) => {
      const done = this.watch((passing) => {
        if (!matches(passing)) return 'pass';
        done();
        resolve();
        return act(passing);
      });
    });
  }

  /** Ends every connection, as a network that breaks where both sides notice. */
  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  /** Half open: every connection of now stays open and passes nothing on any more, not even its end. New ones pass. */
  swallow(): void {
    for (const connection of this.#connections) connection.swallow();
  }

  #judge(passing: Passing): Verdict {
    const verdicts = [...this.#watchers].map((watcher) => watcher(passing));
    return verdicts.includes('withhold') ? 'withhold' : 'pass';
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

type Judge = (passing: Omit<Passing, 'connection'>) => Verdict;

class Connection {
  readonly #client: Socket;
  readonly #broker: Socket;
  #swallows = false;

  constructor(client: Socket, broker: Socket, watch: Judge, onEnd: () => void) {
    this.#client = client;
    this.#broker = broker;
    const toBroker = new Direction('to-broker', watch);
    const toClient = new Direction('to-client', watch);
    client.on('data', (chunk) => this.#pass(broker, toBroker.take(chunk)));
    broker.on('data', (chunk) => {
      toClient.isWebSocket = toBroker.isWebSocket;
      this.#pass(client, toClient.take(chunk));
    });
    let ended = false;
    for (const [side, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      side.setNoDelay(true);
      side.on('error', () => {});
      side.on('close', () => {
        if (!this.#swallows) other.destroy();
        if (!ended && client.destroyed && broker.destroyed) {
          ended = true;
          onEnd();
        }
      });
    }
  }

  cut(): void {
    this.#client.destroy();
    this.#broker.destroy();
  }

  swallow(): void {
    this.#swallows = true;
  }

  #pass(to: Socket, bytes: Buffer): void {
    if (!this.#swallows && bytes.length > 0 && !to.destroyed) to.write(bytes);
  }
}

/** One way of one connection: HTTP as it comes, a WebSocket frame by frame. */
class Direction {
  readonly #direction: Passing['direction'];
  readonly #watch: Judge;
  readonly #splitter = new FrameSplitter();
  /** What came of the handshake; undefined behind it. */
  #handshake: Buffer | undefined = Buffer.alloc(0);
  #withheld = false;
  /** Undefined until the first request says so. */
  isWebSocket: boolean | undefined;

  constructor(direction: Passing['direction'], watch: Judge) {
    this.#direction = direction;
    this.#watch = watch;
  }

  /** What is to be passed on of it. */
  take(chunk: Buffer): Buffer {
    if (this.#withheld) return Buffer.alloc(0);
    this.isWebSocket ??= /^upgrade: websocket\r$/im.test(chunk.toString('latin1'));
    if (!this.isWebSocket) return this.#judge('http', chunk.toString(), chunk);
    if (this.#handshake === undefined) return this.#frames(chunk);
    const handshake = Buffer.concat([this.#handshake, chunk]);
    const end = handshake.indexOf(HANDSHAKE_END);
    this.#handshake = end === -1 ? handshake : undefined;
    if (end === -1) return chunk;
    const behind = handshake.subarray(end + HANDSHAKE_END.length);
    return Buffer.concat([chunk.subarray(0, chunk.length - behind.length), this.#frames(behind)]);
  }

  #frames(chunk: Buffer): Buffer {
    const passed: Buffer[] = [];
    for (const { bytes, text } of this.#splitter.push(chunk)) {
      passed.push(text === undefined ? bytes : this.#judge(typeOf(text), text, bytes));
      if (this.#withheld) break;
    }
    return Buffer.concat(passed);
  }

  #judge(type: string, text: string, bytes: Buffer): Buffer {
    this.#withheld = this.#watch({ direction: this.#direction, type, text }) === 'withhold';
    return this.#withheld ? Buffer.alloc(0) : bytes;
  }
}

function typeOf(text: string): string {
  try {
    return typed.parse(JSON.parse(text)).type;
  } catch {
    return 'unreadable';
  }
}
