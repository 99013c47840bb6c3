import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  type AgentFrame,
  type ArmSpec,
  type BrokerFrame,
  decodeAgentFrame,
  encodeFrame,
  type Hello,
  type Policy,
} from '@borescope/agent-protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import type { TestCertificate } from '../../../tests/live/certificates.ts';

export const TOKEN = 'bore_agt_test';
const WAIT_MS = 15_000;

type FrameOf<Type extends AgentFrame['type']> = Extract<AgentFrame, { type: Type }>;
type WelcomeActions = Extract<BrokerFrame, { type: 'welcome' }>['actions'];

/** A broker that speaks the protocol over a real WebSocket, and remembers what an agent said. */
export class TestBroker {
  readonly frames: AgentFrame[] = [];
  readonly authorizations: (string | undefined)[] = [];
  /** What the next welcome lists. */
  actions: WelcomeActions = [];
  policy: Policy = { revision: 1, keyNames: [] };
  acknowledge = true;
  readonly #server: Server;
  readonly #scheme: 'ws' | 'wss';
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #waiting = new Set<() => void>();
  #socket: WebSocket | undefined;
  #epoch = 0;

  private constructor(server: Server, scheme: 'ws' | 'wss') {
    this.#server = server;
    this.#scheme = scheme;
    server.on('upgrade', (request, socket, head) => {
      this.authorizations.push(request.headers.authorization);
      if (request.headers.authorization !== `Bearer ${TOKEN}`) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
        this.#wake();
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => this.#accept(accepted));
    });
  }

  static start(port = 0): Promise<TestBroker> {
    return TestBroker.#listening(createServer(), port, 'ws');
  }

  static startWithTls({ certificate, key }: TestCertificate): Promise<TestBroker> {
    return TestBroker.#listening(createTlsServer({ cert: certificate, key }), 0, 'wss');
  }

  static async #listening(server: Server, port: number, scheme: 'ws' | 'wss'): Promise<TestBroker> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new TestBroker(server, scheme);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}/agent/v1`;
  }

  send(frame: BrokerFrame): void {
    this.#socket?.send(encodeFrame(frame));
  }

  sendText(text: string): void {
    this.#socket?.send(text);
  }

  /** Cuts the connection without a word. */
  cut(): void {
    this.#socket?.terminate();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  arm(spec: Partial<ArmSpec> & { actionId: string; place: ArmSpec['place'] }): void {
    this.send({ type: 'arm', action: armSpec(spec) });
  }

  hello(nth = 1): Promise<Hello> {
    return this.next('hello', () => true, nth);
  }

  /** The nth frame of a type for which the test holds, whether it came already or comes soon. */
  async next<Type extends AgentFrame['type']>(
    type: Type,
    test: (frame: FrameOf<Type>) => boolean = () => true,
    nth = 1,
  ): Promise<FrameOf<Type>> {
    const matches = (frame: AgentFrame): frame is FrameOf<Type> => frame.type === type && test(frame as FrameOf<Type>);
    const found = await this.until(() => this.frames.filter(matches)[nth - 1], `${type} frame number ${nth}`);
    return found;
  }

  async until<Value>(look: () => Value | undefined, what: string): Promise<Value> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const value = look();
      if (value !== undefined) return value;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`no ${what}; got ${JSON.stringify(this.frames.slice(-8)).slice(0, 3000)}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.#waiting.add(wake);
      });
    }
  }

  #accept(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const decoded = decodeAgentFrame(String(data));
      if (!decoded.ok) throw new Error(`the agent sent a bad frame: ${decoded.reason}: ${String(data).slice(0, 500)}`);
      this.#answer(decoded.frame);
      this.frames.push(decoded.frame);
      this.#wake();
    });
  }

  #answer(frame: AgentFrame): void {
    if (frame.type === 'hello') {
      this.#epoch += 1;
      const { actions, policy } = this;
      this.send({ type: 'welcome', protocol: 1, epoch: this.#epoch, actions, policy, heartbeatMs: 10_000 });
    }
    if (frame.type === 'hit' && this.acknowledge) {
      this.send({ type: 'ack', actionId: frame.actionId, sequence: frame.sequence });
    }
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

export function armSpec(spec: Partial<ArmSpec> & { actionId: string; place: ArmSpec['place'] }): ArmSpec {
  return { kind: 'snapshot', expressions: [], maxHits: 1, ttlMs: 30_000, overheadPercent: 20, ...spec };
}
