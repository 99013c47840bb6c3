import { randomBytes } from 'node:crypto';
import {
  type AgentFrame,
  type ArmSpec,
  type BrokerFrame,
  CLOSE,
  decodeBrokerFrame,
  encodeFrame,
  type Hit,
  PROTOCOL,
} from '@borescope/agent-protocol';
import { WebSocket } from 'ws';
import { reconnectDelay, slowDelay } from '../../agent-node/src/connection/backoff.ts';
import type { History } from './history.ts';

/** Milliseconds between two passes of the line that every probe is on. */
const PASS_EVERY = 10;
/** Codes after which an agent waits long: a person, or time, must mend it. */
const SLOW: readonly number[] = [CLOSE.unauthorized, CLOSE.unsupportedVersion, CLOSE.superseded];
/** An agent's back-off is made for hours; a test has seconds. The long waits stay as they are. */
const HASTE = 0.2;

export interface SimulatedAgentOptions {
  /** Where the next connection goes. */
  readonly url: () => string;
  readonly token: string;
  readonly organization: string;
  readonly service: string;
  readonly history: History;
  readonly random: () => number;
}

interface Probe {
  readonly spec: ArmSpec;
  /** In place; a probe that is out is kept until the broker lets go of it, for its hits. */
  present: boolean;
  remaining: number;
  lastSequence: number;
  readonly unacknowledged: { sequence: number; hit: Hit }[];
  timer: NodeJS.Timeout;
}

/**
 * An agent without a debugger behind it, that does what docs/agent-protocol.md asks of one: it reconnects, reconciles, and
 * keeps hits until they are acknowledged. Its line is always passed. What it does stands in the history.
 */
export class SimulatedAgent {
  readonly runtime = `sim-${randomBytes(6).toString('hex')}`;
  readonly #options: SimulatedAgentOptions;
  readonly #probes = new Map<string, Probe>();
  readonly #traffic: NodeJS.Timeout;
  readonly #abandoned: WebSocket[] = [];
  #socket: WebSocket | undefined;
  #epoch: number | undefined;
  #failures = 0;
  #again: NodeJS.Timeout | undefined;
  #passes = 0;
  #dead = false;
  /** The line is passed again and again, by every probe's eyes; false: the application does something else. */
  busy = true;
  #onWelcome = () => {};

  constructor(options: SimulatedAgentOptions) {
    this.#options = options;
    const { history, organization } = options;
    history.record({ type: 'runtime', runtime: this.runtime, organization, witnessed: true });
    this.#traffic = setInterval(() => this.#pass(), PASS_EVERY);
  }

  get attached(): boolean {
    return this.#epoch !== undefined;
  }

  /** Milliseconds since the epoch are not told: only how many probes are in it now. */
  get probes(): number {
    return [...this.#probes.values()].filter(({ present }) => present).length;
  }

  /** Connects, and again whenever the connection is lost. Resolves with the first welcome. */
  attach(withinMs = 20_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${this.runtime} was not welcomed in time`)), withinMs);
      this.#onWelcome = () => {
        clearTimeout(late);
        resolve();
      };
      this.#connect();
    });
  }

  /** The process is gone, as after kill -9: nothing is said, and nothing is left. */
  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    clearInterval(this.#traffic);
    clearTimeout(this.#again);
    for (const { timer } of this.#probes.values()) clearTimeout(timer);
    this.#probes.clear();
    for (const socket of [this.#socket, ...this.#abandoned]) socket?.terminate();
    this.#options.history.record({ type: 'died', runtime: this.runtime });
  }

  /** Gives the connection up, though it still looks alive to the broker where it is half open, and makes another. */
  reconnect(): void {
    this.#socket?.terminate();
  }

  /** Makes another connection while this one, which is read no more, stays open: half dead. */
  abandon(): void {
    const old = this.#socket;
    if (old !== undefined) this.#abandoned.push(old);
    this.#epoch = undefined;
    this.#connect();
  }

  /** Stops, or begins again, to read from the connection: a slow agent. */
  set reads(reads: boolean) {
    if (reads) this.#socket?.resume();
    else this.#socket?.pause();
  }

  #connect(): void {
    const socket = new WebSocket(this.#options.url(), {
      headers: { authorization: `Bearer ${this.#options.token}` },
      perMessageDeflate: false,
      handshakeTimeout: 5_000,
    });
    this.#socket = socket;
    socket.on('error', () => socket.terminate());
    socket.on('open', () => this.#hello());
    socket.on('message', (data) => {
      if (!this.#dead && socket === this.#socket) this.#take(String(data));
    });
    socket.on('close', (code) => {
      if (socket !== this.#socket || this.#dead) return;
      this.#epoch = undefined;
      const { random } = this.#options;
      const delay = SLOW.includes(code) ? slowDelay(random()) : HASTE * reconnectDelay(this.#failures++, random());
      this.#again = setTimeout(() => this.#connect(), delay);
    });
  }

  #hello(): void {
    const { service } = this.#options;
    this.#send({
      type: 'hello',
      protocol: PROTOCOL,
      live: [...this.#probes].map(([actionId, { lastSequence }]) => ({ actionId, sequence: lastSequence })),
      runtime: {
        id: this.runtime,
        service,
        tags: {},
        language: 'node',
        languageVersion: process.versions.node,
        agentVersion: '0.1.0',
        host: 'simulated',
        pid: process.pid,
        startedAt: Date.now(),
        capabilities: ['snapshot'],
      },
    });
  }

  #take(text: string) {
    const decoded = decodeBrokerFrame(text);
    if (!decoded.ok) throw new Error(`the broker sent a bad frame: ${decoded.reason}`);
    const { frame } = decoded;
    switch (frame.type) {
      case 'welcome':
        return this.#welcomed(frame);
      case 'arm':
        return this.#arm(frame.action, 0);
      case 'disarm':
        return this.#disarm(frame.actionId);
      case 'ack':
        return this.#acknowledged(frame.actionId, frame.sequence, true);
      case 'resend':
        return this.#resend(frame.actionId, frame.lastSequence);
      case 'drain':
        return this.#socket?.close(1000);
      case 'policy':
      case 'inspect':
        return;
    }
  }

  #welcomed({ epoch, actions }: Extract<BrokerFrame, { type: 'welcome' }>): void {
    this.#epoch = epoch;
    this.#failures = 0;
    const wanted = new Set(actions.map(({ action }) => action.actionId));
    for (const actionId of this.#probes.keys()) if (!wanted.has(actionId)) this.#disarm(actionId);
    for (const { action, lastSequence } of actions) this.#arm(action, lastSequence);
    this.#onWelcome();
  }

  #arm(spec: ArmSpec, lastSequence: number): void {
    const { actionId } = spec;
    const known = this.#probes.get(actionId);
    if (known === undefined) {
      const timer = this.#expiry(spec);
      const remaining = spec.maxHits;
      this.#probes.set(actionId, { spec, present: true, remaining, lastSequence, unacknowledged: [], timer });
      this.#options.history.record({ type: 'probe', runtime: this.runtime, action: actionId, present: true });
      this.#armed(spec);
      return;
    }
    this.#acknowledged(actionId, lastSequence, false);
    if (known.present) {
      clearTimeout(known.timer);
      known.timer = this.#expiry(spec);
      known.remaining = Math.max(0, spec.maxHits - known.unacknowledged.length);
    }
    this.#resend(actionId, lastSequence);
    if (known.present && known.remaining === 0) this.#remove(actionId);
    else if (known.present) this.#armed(spec);
    else this.#status(actionId, true);
  }

  #armed({ actionId, place }: ArmSpec): void {
    this.#send({
      type: 'armed',
      actionId,
      place: { file: place.file, line: place.line, sourceLine: '  return total;' },
    });
  }

  #expiry({ actionId, ttlMs }: ArmSpec): NodeJS.Timeout {
    return setTimeout(() => this.#remove(actionId), ttlMs);
  }

  /** Every probe sees each pass; the line is passed whether the broker is there or not. */
  #pass(): void {
    if (!this.busy) return;
    for (const [actionId, probe] of this.#probes) {
      if (!probe.present) continue;
      probe.remaining -= 1;
      probe.lastSequence += 1;
      this.#passes += 1;
      const sequence = probe.lastSequence;
      const mark = `pass ${this.#passes}`;
      this.#options.history.record({ type: 'captured', runtime: this.runtime, action: actionId, sequence, mark });
      const captured = hitOf(probe.spec, mark, sequence);
      probe.unacknowledged.push({ sequence, hit: captured });
      this.#sendHit(actionId, sequence, captured);
      if (probe.remaining === 0) this.#remove(actionId);
    }
  }

  #remove(actionId: string): void {
    const probe = this.#probes.get(actionId);
    if (probe?.present !== true) return;
    probe.present = false;
    clearTimeout(probe.timer);
    this.#options.history.record({ type: 'probe', runtime: this.runtime, action: actionId, present: false });
    this.#status(actionId, true);
  }

  #disarm(actionId: string): void {
    if (this.#probes.get(actionId)?.present === true) this.#remove(actionId);
    else this.#status(actionId, true);
    this.#probes.delete(actionId);
  }

  #acknowledged(actionId: string, sequence: number, said: boolean): void {
    const probe = this.#probes.get(actionId);
    if (sequence > 0 && said) {
      this.#options.history.record({ type: 'acknowledged', runtime: this.runtime, action: actionId, sequence });
    }
    while (probe?.unacknowledged[0] !== undefined && probe.unacknowledged[0].sequence <= sequence) {
      probe.unacknowledged.shift();
    }
  }

  #resend(actionId: string, lastSequence: number): void {
    for (const { sequence, hit } of this.#probes.get(actionId)?.unacknowledged ?? []) {
      if (sequence > lastSequence) this.#sendHit(actionId, sequence, hit);
    }
  }

  #sendHit(actionId: string, sequence: number, hit: Hit): void {
    if (this.#epoch === undefined) return;
    this.#send({ type: 'hit', actionId, epoch: this.#epoch, sequence, hit, ageMs: Math.max(0, Date.now() - hit.time) });
  }

  #status(actionId: string, removed: boolean): void {
    if (this.#epoch === undefined) return;
    const cost = { samples: 1, meanUs: 120, maxUs: 120, totalMs: 0.12 };
    const observation = { passes: 1, conditionFalse: 0, conditionErrors: 0, dropped: 0, armedMs: 1, placedMs: 1 };
    this.#send({ type: 'status', actionId, removed, observation, cost });
  }

  #send(frame: AgentFrame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(encodeFrame(frame));
  }
}

/** The two variables tell which pass it is: what a caller is shown can be compared with what was captured. */
function hitOf({ place }: ArmSpec, mark: string, sequence: number): Hit {
  return {
    time: Date.now(),
    file: place.file,
    line: place.line,
    function: 'price',
    variables: [
      { name: 'mark', scope: 'local', value: { type: 'string', value: mark } },
      { name: 'sequence', scope: 'local', value: { type: 'number', value: sequence } },
    ],
    values: [],
    stack: [{ function: 'price', file: place.file, line: place.line }],
    redactions: { count: 0, kinds: [] },
    captureUs: 100,
  };
}
