import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type AgentFrame,
  type BrokerFrame,
  decodeBrokerFrame,
  encodeFrame,
  type RuntimeDescription,
} from '@borescope/agent-protocol';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { WebSocket } from 'ws';
import type { TokenRequest } from '../src/access/tokens.ts';
import { type Broker, type BrokerOptions, startBroker } from '../src/broker.ts';
import { readSettings } from '../src/settings.ts';
import type { Organization } from '../src/store/store.ts';

export interface TestBroker {
  readonly broker: Broker;
  readonly url: string;
  readonly dataDir: string;
  readonly organization: Organization;
  /** Everything that was logged, as one text. */
  log(): string;
  token(request: Partial<TokenRequest> & Pick<TokenRequest, 'kind'>): Promise<{ token: string; id: string }>;
}

/** A real broker on a free port with a store of its own; closed and removed with the test. */
export async function testBroker(
  t: TestContext,
  environment: Record<string, string> = {},
  options: Pick<BrokerOptions, 'capacity'> = {},
): Promise<TestBroker> {
  const dataDir = environment['BORESCOPE_DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'borescope-')));
  let logged = '';
  const settings = readSettings({
    BORESCOPE_PORT: '0',
    BORESCOPE_DATA_DIR: dataDir,
    BORESCOPE_LOG_LEVEL: 'trace',
    ...environment,
  });
  const logTo = {
    write(line: string) {
      logged += line;
    },
  };
  const broker = await startBroker({ ...options, settings, logTo, agentPackage: join(dataDir, 'agent.tgz') });
  t.after(async () => {
    await broker.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const organization = await broker.store.organizations.byName('default');
  if (organization === undefined) throw new Error('there is no default organization');
  return {
    broker,
    url: broker.url,
    dataDir,
    organization,
    log: () => logged,
    async token(request) {
      const issued = await broker.tokens.create({ organization: organization.id, name: 'test', ...request });
      return { token: issued.token, id: issued.record.id };
    },
  };
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A client of the current protocol era. */
export async function modernClient(
  t: TestContext,
  url: string,
  headers: Record<string, string>,
): Promise<ModernClient> {
  const client = new ModernClient(
    { name: 'modern', version: '1' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  await client.connect(new ModernTransport(new URL(`${url}/mcp`), { requestInit: { headers } }));
  t.after(() => client.close());
  return client;
}

/** A client of the 2025 era, by another code base. */
export async function legacyClient(
  t: TestContext,
  url: string,
  headers: Record<string, string>,
): Promise<LegacyClient> {
  const client = new LegacyClient({ name: 'legacy', version: '1' });
  const transport = new LegacyTransport(new URL(`${url}/mcp`), { requestInit: { headers } });
  // The 1.x types are not written for exactOptionalPropertyTypes.
  await client.connect(transport as Parameters<LegacyClient['connect']>[0]);
  t.after(() => client.close());
  return client;
}

export function runtime(id: string, rest: Partial<RuntimeDescription> = {}): RuntimeDescription {
  return {
    id,
    service: 'shop',
    version: '1.2.3',
    environment: 'test',
    tags: {},
    language: 'node',
    languageVersion: '20.20.2',
    agentVersion: '0.1.0',
    host: 'host-1',
    pid: 42,
    startedAt: 0,
    capabilities: ['snapshot'],
    ...rest,
  };
}

export interface AgentPeer {
  readonly socket: WebSocket;
  readonly epoch: number;
  send(frame: AgentFrame): void;
  /** The next frame of that type that has not been taken yet; rejects after 5 s. */
  next<Type extends BrokerFrame['type']>(type: Type): Promise<Extract<BrokerFrame, { type: Type }>>;
  /** The close code. */
  closed: Promise<number>;
}

/** An agent that is only its wire: attached when this resolves. */
export async function agentPeer(
  t: TestContext,
  url: string,
  token: string,
  description: RuntimeDescription,
  tls: { ca?: string } = {},
): Promise<AgentPeer> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/agent/v1`, { headers: bearer(token), ...tls });
  t.after(() => socket.terminate());
  const frames: BrokerFrame[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    const decoded = decodeBrokerFrame(data.toString());
    if (!decoded.ok) throw new Error(decoded.reason);
    frames.push(decoded.frame);
    // What an agent does: it lets go, and would come back later.
    if (decoded.frame.type === 'drain') socket.close();
    for (const look of [...waiting]) look();
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const peer = {
    socket,
    closed,
    send: (frame: AgentFrame) => socket.send(encodeFrame(frame)),
    next<Type extends BrokerFrame['type']>(type: Type): Promise<Extract<BrokerFrame, { type: Type }>> {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no ${type} within 5 s`));
        }, 5000);
        function look() {
          for (const [index, frame] of frames.entries()) {
            if (!isOf(frame, type)) continue;
            frames.splice(index, 1);
            waiting.delete(look);
            clearTimeout(timer);
            resolve(frame);
            return;
          }
        }
        waiting.add(look);
        look();
      });
    },
  };
  peer.send({ type: 'hello', protocol: { min: 1, max: 1 }, runtime: description, live: [] });
  const { epoch } = await peer.next('welcome');
  return { ...peer, epoch };
}

function isOf<Type extends BrokerFrame['type']>(
  frame: BrokerFrame,
  type: Type,
): frame is Extract<BrokerFrame, { type: Type }> {
  return frame.type === type;
}

/** Answers the next `arm` with `armed`; the id of the action. */
export async function armNext(peer: AgentPeer): Promise<string> {
  const { action } = await peer.next('arm');
  peer.send({
    type: 'armed',
    actionId: action.actionId,
    place: { file: 'src/cart.ts', line: action.place.line, sourceLine: 'return total;', scriptHash: 'a'.repeat(64) },
  });
  return action.actionId;
}

/** The last word of a runtime on an action: no probe of it is left. */
export function letGo(peer: AgentPeer, actionId: string): void {
  peer.send({
    type: 'status',
    actionId,
    removed: true,
    observation: { passes: 0, conditionFalse: 0, conditionErrors: 0, dropped: 0, armedMs: 990, placedMs: 1000 },
    cost: { samples: 0, meanUs: 0, maxUs: 0, totalMs: 0 },
  });
}

/** One hit with a local `total`. */
export function sendHit(peer: AgentPeer, actionId: string, sequence: number, epoch = 1, note?: string): void {
  const value =
    note === undefined ? ({ type: 'number', value: 12 } as const) : ({ type: 'string', value: note } as const);
  peer.send({
    type: 'hit',
    actionId,
    epoch,
    sequence,
    hit: {
      time: Date.now(),
      file: 'src/cart.ts',
      line: 7,
      function: 'total',
      variables: [{ name: 'total', scope: 'local', value }],
      values: [],
      stack: [{ function: 'total', file: 'src/cart.ts', line: 7 }],
      redactions: { count: 0, kinds: [] },
      captureUs: 100,
    },
  });
}

/** Resolves when `look` is true; rejects after the time, 5 s where none is given. */
export async function until(look: () => boolean | Promise<boolean>, what: string, withinMs = 5000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await look())) {
    if (Date.now() > end) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
