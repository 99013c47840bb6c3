import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Welcome } from '@borescope/agent-protocol';
import { WebSocketServer } from 'ws';
import type { Caller } from '../src/access/caller.ts';
import { type Controls, createControls } from '../src/access/controls.ts';
import { secretsFrom } from '../src/access/secrets.ts';
import type { ActionSpec } from '../src/actions/action.ts';
import { createEngine, type Engine, type EngineOptions } from '../src/engine.ts';
import type { Log } from '../src/log.ts';
import { type Meter, noMeter } from '../src/meter.ts';
import { openEmbeddedStore } from '../src/store/embedded/embedded-store.ts';
import type { Store } from '../src/store/store.ts';
import { AgentPeer, runtimeOf } from './agent-peer.ts';

export const developer: Caller = {
  organization: 'default',
  tokenId: 'token-dev',
  tokenName: 'dev',
  kind: 'mcp',
  role: 'developer',
};

export const agentCaller: Caller = { ...developer, tokenId: 'token-agent', tokenName: 'agent', kind: 'agent' };

export const spec: ActionSpec = {
  kind: 'snapshot',
  place: { file: 'src/order.ts', line: 12 },
  expressions: [],
  maxHits: 1,
  timeoutSeconds: 60,
  overheadPercent: 1,
};

const secrets = secretsFrom(Buffer.alloc(32, 1));

export const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** Everything that the engine counted, in order: `hit accepted`, `ended completed`... */
export function recordingMeter(): Meter & { events: string[] } {
  const events: string[] = [];
  return {
    ...noMeter,
    events,
    hit: (outcome) => events.push(`hit ${outcome}`),
    redactionCaught: (kind) => events.push(`caught ${kind}`),
    actionEnded: (state) => events.push(`ended ${state}`),
    agentClosed: (reason) => events.push(`closed ${reason}`),
  };
}

export interface Harness {
  readonly engine: Engine;
  readonly store: Store;
  readonly dataDir: string;
  readonly meter: ReturnType<typeof recordingMeter>;
  /** A socket that has not said anything. */
  connect(caller?: Caller, options?: { autoPong?: boolean }): Promise<AgentPeer>;
  /** An attached runtime. */
  attach(
    id: string,
    over?: Parameters<typeof runtimeOf>[1],
    caller?: Caller,
  ): Promise<{ peer: AgentPeer; welcome: Welcome }>;
  /** As a crash would: sockets cut, nothing said, the store let go. */
  stop(): Promise<void>;
}

type HarnessOptions = Partial<EngineOptions> & { dataDir?: string };

/** An engine over a real store, behind a real server socket. Everything is let go after the test. */
export async function startEngine(
  t: { after(cleanUp: () => unknown): void },
  { dataDir = temporaryDirectory(t), ...options }: HarnessOptions = {},
): Promise<Harness> {
  const store = await openEmbeddedStore({ dataDir, now: Date.now, use: 'broker', busyTimeoutMs: 20 });
  const meter = recordingMeter();
  const engine = createEngine({
    store,
    secrets: { ...secrets, async keep() {} },
    retentionMs: 60_000,
    log: quiet,
    meter,
    ...options,
  });
  const callers = new Map<string, Caller>();
  const upgrader = new WebSocketServer({ noServer: true });
  const server = createServer().on('upgrade', (request, socket, head) => {
    const caller = callers.get(request.url ?? '') ?? agentCaller;
    upgrader.handleUpgrade(request, socket, head, (upgraded) => engine.sessions.accept(upgraded, caller, 'test'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await engine.start();
  const { port } = server.address() as AddressInfo;
  const peers: AgentPeer[] = [];
  let stopped = false;

  async function stop(): Promise<void> {
    if (stopped) return;
    stopped = true;
    for (const peer of peers) peer.socket.terminate();
    for (const socket of upgrader.clients) socket.terminate();
    await engine.drain(1_000);
    server.close();
    await store.close();
  }
  t.after(stop);

  const connect: Harness['connect'] = async (caller = agentCaller, peerOptions) => {
    const path = `/${callers.size}`;
    callers.set(path, caller);
    const peer = await AgentPeer.connect(`ws://127.0.0.1:${port}${path}`, peerOptions);
    peers.push(peer);
    return peer;
  };
  return {
    engine,
    store,
    dataDir,
    meter,
    connect,
    async attach(id, over, caller) {
      const peer = await connect(caller);
      return { peer, welcome: await peer.hello(runtimeOf(id, over)) };
    },
    stop,
  };
}

/** As a command has them that works beside the broker: what it changes, the broker has to find out. */
export async function controlsBeside(
  t: { after(cleanUp: () => unknown): void },
  { dataDir }: Pick<Harness, 'dataDir'>,
): Promise<Controls> {
  const store = await openEmbeddedStore({ dataDir, now: Date.now, use: 'administration' });
  t.after(() => store.close());
  return createControls({ store, secrets, now: Date.now, monotonic: () => performance.now(), log: quiet });
}

export function temporaryDirectory(t: { after(cleanUp: () => unknown): void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'borescope-engine-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Milliseconds since the epoch, so many seconds from now. */
export function inSeconds(seconds: number): number {
  return Date.now() + seconds * 1000;
}
