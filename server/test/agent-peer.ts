import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  type AgentFrame,
  type ArmSpec,
  type BrokerFrame,
  decodeBrokerFrame,
  encodeFrame,
  type Hit,
  type RuntimeDescription,
  type Welcome,
} from '@borescope/agent-protocol';
import { WebSocket } from 'ws';

/** Milliseconds that a test waits for a frame before it fails. */
const PATIENCE = 20_000;

export type Frame<Type extends BrokerFrame['type']> = Extract<BrokerFrame, { type: Type }>;

/** The other end of the wire, by hand: an agent that says only what the test has it say. */
export class AgentPeer {
  readonly socket: WebSocket;
  /** Frames that no `next` has taken yet. */
  readonly received: BrokerFrame[] = [];
  readonly #closed: Promise<{ code: number; reason: string }>;
  #arrived = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.#closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
        this.#arrived();
      });
    });
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const decoded = decodeBrokerFrame(data.toString());
      assert.ok(decoded.ok, 'the broker sends valid frames only');
      this.received.push(decoded.frame);
      this.#arrived();
    });
  }

  static async connect(url: string, options: { autoPong?: boolean } = {}): Promise<AgentPeer> {
    const socket = new WebSocket(url, { perMessageDeflate: false, ...options });
    const peer = new AgentPeer(socket);
    await once(socket, 'open', { signal: AbortSignal.timeout(PATIENCE) });
    return peer;
  }

  send(frame: AgentFrame): void {
    this.socket.send(encodeFrame(frame));
  }

  /** The next frame of this type, whatever comes before it; the others stay. */
  async next<Type extends BrokerFrame['type']>(type: Type, actionId?: string): Promise<Frame<Type>> {
    const deadline = AbortSignal.timeout(PATIENCE);
    for (;;) {
      const arrived = new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
      const index = this.received.findIndex(
        (frame) => frame.type === type && (actionId === undefined || idOf(frame) === actionId),
      );
      const [frame] = index === -1 ? [] : this.received.splice(index, 1);
      if (frame !== undefined) return frame as Frame<Type>;
      if (this.socket.readyState === WebSocket.CLOSED) assert.fail(`closed before ${type} came`);
      await Promise.race([arrived, once(deadline, 'abort')]);
      assert.ok(!deadline.aborted, `${type} did not come`);
    }
  }

  /** `live`: the actions that it still knows from before. */
  async hello(
    runtime: RuntimeDescription,
    protocol = { min: 1, max: 1 },
    live: Extract<AgentFrame, { type: 'hello' }>['live'] = [],
  ): Promise<Welcome> {
    this.send({ type: 'hello', protocol, runtime, live });
    return this.next('welcome');
  }

  /** Says what stands at the place that it is asked for next. */
  async answerInspect(sourceLine = 'total += 1'): Promise<void> {
    const { requestId } = await this.next('inspect');
    const bound = { file: '/app/src/order.ts', line: 12, sourceLine };
    const inspection = { bound, source: [], names: [], scripts: [], pending: false };
    this.send({ type: 'inspected', requestId, inspection });
  }

  /** The file is there and not loaded, so that no line can be told. */
  async answerPending(): Promise<void> {
    const { requestId } = await this.next('inspect');
    this.send({ type: 'inspected', requestId, inspection: { source: [], names: [], scripts: [], pending: true } });
  }

  armed(actionId: string): void {
    this.send({ type: 'armed', actionId, place: { file: '/app/src/order.ts', line: 12, sourceLine: 'total += 1' } });
  }

  failed(actionId: string): void {
    this.send({ type: 'failed', actionId, problem: { code: 'UNAVAILABLE', message: 'it cannot be placed here' } });
  }

  removed(actionId: string, over: Partial<Extract<AgentFrame, { type: 'status' }>> = {}): void {
    this.send({
      type: 'status',
      actionId,
      removed: true,
      observation: { passes: 1, conditionFalse: 0, conditionErrors: 0, dropped: 0, armedMs: 5, placedMs: 6 },
      cost: { samples: 1, meanUs: 100, maxUs: 100, totalMs: 0.1 },
      ...over,
    });
  }

  hit(actionId: string, epoch: number, sequence: number, over: Partial<Hit> = {}): void {
    this.send({ type: 'hit', actionId, epoch, sequence, hit: { ...HIT, ...over } });
  }

  /** A hit that was captured so many milliseconds ago. */
  oldHit(actionId: string, epoch: number, sequence: number, ageMs: number): void {
    this.send({ type: 'hit', actionId, epoch, sequence, hit: HIT, ageMs });
  }

  /** How the broker, or the test, ended the connection. */
  get closed(): Promise<{ code: number; reason: string }> {
    return Promise.race([
      this.#closed,
      once(AbortSignal.timeout(PATIENCE), 'abort').then(() => assert.fail('the connection was not closed')),
    ]);
  }

  /** Lets the connection go, and answers when it is gone. */
  async leave(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  /**
   * A whole agent in the smallest form: arms what it is told to, hits until it is told to stop, and reports the cost.
   * `passes`: how often the place is passed while armed.
   */
  serve(epoch: number, passes: (action: ArmSpec) => number): void {
    const live = new Set<string>();
    this.socket.on('message', () => {
      for (const frame of this.received.splice(0)) {
        if (frame.type === 'arm') {
          const { actionId } = frame.action;
          live.add(actionId);
          this.armed(actionId);
          for (let n = 1; n <= passes(frame.action); n++) this.hit(actionId, epoch, n);
        } else if (frame.type === 'disarm' && live.delete(frame.actionId)) {
          this.removed(frame.actionId);
        }
      }
    });
  }
}

export const HIT: Hit = {
  time: 1_000,
  file: '/app/src/order.ts',
  line: 12,
  function: 'total',
  variables: [{ name: 'count', value: { type: 'number', value: 3 }, scope: 'local' }],
  values: [],
  stack: [{ function: 'total', file: '/app/src/order.ts', line: 12 }],
  redactions: { count: 0, kinds: [] },
  captureUs: 100,
};

export function runtimeOf(id: string, over: Partial<RuntimeDescription> = {}): RuntimeDescription {
  return {
    id: `runtime-${id}`,
    service: 'shop',
    tags: {},
    language: 'node',
    languageVersion: '20.20.2',
    agentVersion: '0.1.0',
    host: 'host-1',
    pid: 1,
    startedAt: 1,
    capabilities: ['snapshot'],
    ...over,
  };
}

function idOf(frame: BrokerFrame): string | undefined {
  if (frame.type === 'arm') return frame.action.actionId;
  return 'actionId' in frame ? frame.actionId : undefined;
}
