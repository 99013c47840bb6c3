import { writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { CONTROL } from './application/shared.ts';
import { Conversation } from './connection/conversation.ts';
import { Link } from './connection/link.ts';
import { Outbox } from './connection/outbox.ts';
import { ProbeEngine } from './probes/engine.ts';
import { stopBaselineCompiler } from './runtime/baseline-compiler.ts';
import { describeRuntime } from './runtime/description.ts';
import { nearestManifest } from './runtime/manifest.ts';
import type { WorkerData } from './worker-data.ts';

/** Milliseconds that the last hits may take to leave the process; the application waits at most 100 in all. */
const FLUSH_MS = 60;

/** `Atomics.waitAsync` is in every Node that we run on, and not yet in TypeScript's es2023. */
interface WaitAsync {
  waitAsync(array: Int32Array, index: number, value: number): { value: Promise<string> | string };
}

async function run(data: WorkerData): Promise<void> {
  const { control } = data.memory;
  const { ca, pins } = data.settings;
  const outbox = new Outbox();
  const changed = () => {
    Atomics.store(control, CONTROL.busy, engine.attachedToApplication || !outbox.empty ? 1 : 0);
  };
  const runtime = await describeRuntime(data);
  const packageFolder = (await nearestManifest(data.cwd))?.folder;
  const engine: ProbeEngine = new ProbeEngine({
    memory: data.memory,
    port: data.port,
    roots: packageFolder === undefined || packageFolder === data.cwd ? [data.cwd] : [data.cwd, packageFolder],
    ownFile: data.file,
    keepSparkplug: data.settings.keepSparkplug,
    eager: data.settings.eager,
    blocked: data.settings.blocked,
    redaction: data.settings.redaction,
    limits: data.settings.limits,
    busyMs: () => performance.eventLoopUtilization().active,
    now: () => performance.now(),
    events: {
      attached: changed,
      armed: (action) => conversation.armed(action),
      pending: (action) => conversation.pending(action),
      failed: (action) => conversation.failed(action),
      hit: (actionId, hit, bytes) => conversation.hit(actionId, hit, bytes),
      status: (action, removed) => conversation.status(action, removed),
      forgotten: (actionId) => conversation.forgotten(actionId),
    },
  });
  const link: Link = new Link({
    url: data.settings.url,
    token: data.settings.token,
    trust: { ca: ca === null ? null : resolve(data.cwd, ca), pins },
    random: Math.random,
    now: () => performance.now(),
    say,
    onOpen: () => conversation.opened(),
    onFrame: (frame) => conversation.received(frame),
    onClose: () => conversation.closed(),
  });
  const conversation: Conversation = new Conversation(runtime, engine, outbox, link, changed);

  void changeOf(control, CONTROL.loaded).then(() => {
    if (!data.settings.keepSparkplug) stopBaselineCompiler();
  });
  void changeOf(control, CONTROL.exitRequested).then(async () => {
    await engine.drain();
    engine.close();
    await link.flush(FLUSH_MS);
    Atomics.store(control, CONTROL.exitDone, 1);
    Atomics.notify(control, CONTROL.exitDone);
  });
  parentPort?.once('message', async () => {
    await engine.removeAll();
    engine.close();
    await link.flush(FLUSH_MS);
    link.end();
    // The application's thread ends this one: it still has to let go of the inspector session, and must not do that
    // while this thread goes away (Node aborts the process then).
    parentPort?.postMessage('ended');
  });
  link.connect();
}

/** Resolves when the word is no longer 0. */
async function changeOf(control: Int32Array, word: number): Promise<void> {
  await (Atomics as unknown as WaitAsync).waitAsync(control, word, 0).value;
}

function say(text: string): void {
  try {
    writeSync(2, `borescope: ${text}\n`);
  } catch {
    // Nobody reads it.
  }
}

void run(workerData as WorkerData);
