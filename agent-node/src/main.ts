import { writeSync } from 'node:fs';
import { isMainThread, MessageChannel, Worker } from 'node:worker_threads';
import type { AgentHandle, AttachOptions } from './api.ts';
import { letGo } from './application/exit.ts';
import { GLOBAL_NAME } from './application/global-name.ts';
import { tellWhenLoaded } from './application/loaded.ts';
import { createPass, direct, entry } from './application/pass.ts';
import { allocate, CONTROL, type SharedMemory } from './application/shared.ts';
import { occupyStandardDescriptors } from './connection/standard-descriptors.ts';
import { preloaded } from './settings/preloaded.ts';
import { readSettings, type Settings } from './settings/settings.ts';
import type { WorkerData } from './worker-data.ts';
import { WORKER_MARK } from './worker-mark.ts';

/** A second copy of the package finds the first one by it. */
const HANDLE_KEY = Symbol.for('@borescope/agent');
const DETACH_WAIT_MS = 2000;
/** Megabytes of old generation: room for large source maps, and an end before the host feels it. */
const WORKER_HEAP_MB = 256;

/** What the worker runs: the second part of this very file, which stands in a comment so that the host never parses it. */
const BOOTSTRAP = `const text = require('node:fs').readFileSync(require('node:worker_threads').workerData.file, 'utf8');
const from = text.indexOf(${JSON.stringify('/*')} + ${JSON.stringify(WORKER_MARK)});
if (from < 0) throw new Error('the agent file was changed: use it unbundled');
const code = text.slice(from + ${WORKER_MARK.length + 2}, text.lastIndexOf('*/')).replaceAll('*\\u0001/', '*/');
require('node:vm').compileFunction(code, ['require', 'module', 'exports'], { filename: 'borescope-worker' })(require, module, exports);`;

/**
 * Attaches the agent to this process, once: a second call gives the first handle. Never throws; where it cannot start,
 * one line on stderr says why and the handle is not attached.
 */
export function attach(options: AttachOptions = {}): AgentHandle {
  const found = Reflect.getOwnPropertyDescriptor(globalThis, HANDLE_KEY)?.value;
  if (isHandle(found) && found.attached) return found;
  try {
    const refused = refuse();
    if (refused !== undefined) return inert(refused);
    const read = readSettings(options, process.env);
    if (!read.ok) return inert(read.reason);
    const handle = start(read.settings);
    Object.defineProperty(globalThis, HANDLE_KEY, { value: handle, configurable: true });
    return handle;
  } catch (error) {
    return inert(error instanceof Error ? error.message : 'unknown error');
  }
}

function refuse(): string | undefined {
  if (!isMainThread) return 'the agent works in the main thread only';
  // Without these two `connectToMainThread()` would abort the process. Node 20 and 22 know no such permission.
  const { permission } = process;
  if (permission && !(permission.has('inspector') && permission.has('worker'))) {
    return "Node's permission model is on without --allow-inspector and --allow-worker";
  }
  if (!process.features.inspector) return 'this Node was built without the inspector';
  return undefined;
}

function start(settings: Settings): AgentHandle {
  const memory = allocate();
  const { port1, port2 } = new MessageChannel();
  expose();
  direct(createPass(memory, port1));
  tellWhenLoaded(memory.control);
  const runtimeId = newRuntimeId();
  const worker = startWorker(settings, memory, runtimeId, port2);
  let attached = true;
  const onExit = () => letGo(memory.control);
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      attached = false;
      // Nobody is left to answer the handshake.
      Atomics.store(memory.control, CONTROL.busy, 0);
      process.removeListener('exit', onExit);
      port1.close();
      resolve();
    });
  });
  worker.once('error', (error) => say(`the agent has ended (${error.message})`));
  process.once('exit', onExit);
  return Object.freeze({
    get attached() {
      return attached;
    },
    runtimeId,
    async detach() {
      if (!attached) return;
      worker.ref();
      // A turn later the inspector session, which the worker closed before it said so, is gone from this thread too.
      worker.once('message', () => setImmediate(() => void worker.terminate()));
      worker.postMessage('end');
      const timer = setTimeout(() => void worker.terminate(), DETACH_WAIT_MS);
      await ended;
      clearTimeout(timer);
    },
  });
}

/** Only has to differ from every other start; the token is what proves anything. `node:crypto` is slow to load. */
function newRuntimeId(): string {
  const part = () => Math.random().toString(36).slice(2, 10).padEnd(8, '0');
  return `${Date.now().toString(36)}-${process.pid.toString(36)}-${part()}${part()}`;
}

function startWorker(
  settings: Settings,
  memory: SharedMemory,
  runtimeId: string,
  port: MessageChannel['port2'],
): Worker {
  const workerData: WorkerData = {
    file: __filename,
    settings,
    memory,
    port,
    runtimeId,
    cwd: process.cwd(),
    script: process.argv[1] ?? null,
    startedAt: Date.now() - process.uptime() * 1000,
  };
  // The thread opens descriptors of its own, which it closes when the process ends.
  occupyStandardDescriptors();
  const worker = new Worker(BOOTSTRAP, {
    eval: true,
    name: 'borescope',
    workerData,
    transferList: [port],
    // An empty environment and no arguments: NODE_OPTIONS with --import would load the agent, and more, in its own worker.
    env: {},
    execArgv: [],
    argv: [],
    // Its streams are never read: nothing that it prints can reach the host's output.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB },
  });
  worker.unref();
  return worker;
}

/** Not writable, not configurable, not enumerable: the application cannot replace what conditions call. */
function expose(): void {
  const own = Reflect.getOwnPropertyDescriptor(globalThis, GLOBAL_NAME);
  if (own === undefined) Object.defineProperty(globalThis, GLOBAL_NAME, { value: Object.freeze(entry) });
  else if (own.value !== entry) throw new Error(`the global ${GLOBAL_NAME} is taken`);
}

function isHandle(value: unknown): value is AgentHandle {
  return typeof value === 'object' && value !== null && 'attached' in value && 'detach' in value;
}

function inert(reason: string): AgentHandle {
  say(`no agent was started: ${reason}`);
  return Object.freeze({ attached: false, runtimeId: '', detach: () => Promise.resolve() });
}

/** Written to the descriptor itself: the application may have replaced `process.stderr`, and a pipe may be full or closed. */
function say(text: string): void {
  try {
    writeSync(2, `borescope: ${text}\n`);
  } catch {
    // Nobody reads it.
  }
}

if (isMainThread && preloaded(process.execArgv, process.env['NODE_OPTIONS'] ?? '', process.cwd(), __filename)) attach();
