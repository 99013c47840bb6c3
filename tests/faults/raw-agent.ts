import { once } from 'node:events';
import {
  type AgentFrame,
  type BrokerFrame,
  decodeBrokerFrame,
  encodeFrame,
  type Hit,
  PROTOCOL,
  type RuntimeDescription,
} from '@borescope/agent-protocol';
import { WebSocket } from 'ws';

const PATIENCE = 10_000;
/** Bytes that a flood keeps on their way: as much as the socket takes, and no more memory of this process than that. */
const AHEAD = 256 * 1024;

type Frame<Type extends BrokerFrame['type']> = Extract<BrokerFrame, { type: Type }>;

/** An attached agent that says whatever the test has it say. */
export class RawAgent {
  readonly socket: WebSocket;
  readonly closed: Promise<unknown>;
  readonly #received: BrokerFrame[] = [];
  #arrived = () => {};
  #epoch = 0;

  static async attach(url: string, token: string, runtime: RuntimeDescription): Promise<RawAgent> {
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
    const agent = new RawAgent(socket);
    await once(socket, 'open', { signal: AbortSignal.timeout(PATIENCE) });
    socket.send(encodeFrame({ type: 'hello', protocol: PROTOCOL, runtime, live: [] }));
    agent.#epoch = (await agent.next('welcome')).epoch;
    return agent;
  }

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = once(socket, 'close', { signal: AbortSignal.timeout(PATIENCE) });
    // Who does not wait for it does not mind.
    this.closed.catch(() => {});
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const decoded = decodeBrokerFrame(String(data));
      if (!decoded.ok) throw new Error(`the broker sent a bad frame: ${decoded.reason}`);
      this.#received.push(decoded.frame);
      this.#arrived();
    });
  }

  /** The next frame of this type; those before it are forgotten. */
  async next<Type extends BrokerFrame['type']>(type: Type): Promise<Frame<Type>> {
    const late = AbortSignal.timeout(PATIENCE);
    for (;;) {
      const arrived = new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
      for (let frame = this.#received.shift(); frame !== undefined; frame = this.#received.shift()) {
        if (frame.type === type) return frame as Frame<Type>;
      }
      await Promise.race([arrived, once(late, 'abort')]);
      if (late.aborted) throw new Error(`${type} did not come`);
    }
  }

  say(frame: AgentFrame): void {
    this.socket.send(encodeFrame(frame));
  }

  /** `ageMs`: how long ago it was captured. */
  hit(actionId: string, sequence: number, hit: Hit, ageMs = 0): void {
    this.say({ type: 'hit', actionId, epoch: this.#epoch, sequence, hit, ageMs });
  }

  armed(actionId: string): void {
    this.say({ type: 'armed', actionId, place: { file: '/app/src/price.ts', line: 12, sourceLine: 'x' } });
  }

  removed(actionId: string): void {
    this.say(statusOf(actionId, true));
  }

  /** Says the same thing again and again, as fast as it is taken; `stop` tells how often it was said. */
  flood(actionId: string): { stop(): number } {
    const text = encodeFrame(statusOf(actionId, false));
    let sent = 0;
    const pour = () => {
      while (this.socket.readyState === WebSocket.OPEN && this.socket.bufferedAmount < AHEAD) {
        this.socket.send(text);
        sent += 1;
      }
    };
    const pouring = setInterval(pour, 1);
    return {
      stop() {
        clearInterval(pouring);
        return sent;
      },
    };
  }
}

function statusOf(actionId: string, removed: boolean) {
  return {
    type: 'status' as const,
    actionId,
    removed,
    observation: { passes: 1, conditionFalse: 0, conditionErrors: 0, dropped: 0, armedMs: 1, placedMs: 1 },
    cost: { samples: 1, meanUs: 1, maxUs: 1, totalMs: 1 },
  };
}
