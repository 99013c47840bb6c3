import assert from 'node:assert/strict';
import { once } from 'node:events';
import { it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { readMainThread } from '../src/runtime/main-thread.ts';

const SPIN = `const { parentPort } = require('node:worker_threads');
parentPort.once('message', () => {
  const end = performance.now() + 200;
  let n = 0;
  while (performance.now() < end) n += 1;
  parentPort.postMessage(n);
});
parentPort.postMessage('ready');`;

it('the time of the main thread is told, and not that of another thread', {
  skip: process.platform !== 'linux',
}, async () => {
  const from = readMainThread();
  const end = process.cpuUsage().user + 200_000;
  while (process.cpuUsage().user < end);
  const busy = readMainThread();
  const worker = new Worker(SPIN, { eval: true });
  // Starting it is work of this thread.
  await once(worker, 'message', { signal: AbortSignal.timeout(10_000) });
  const started = readMainThread();
  worker.postMessage('spin');
  await once(worker, 'message', { signal: AbortSignal.timeout(10_000) });
  const idle = readMainThread();
  await worker.terminate();
  assert.ok(from && busy && started && idle);
  assert.ok(busy.cpuMs - from.cpuMs > 50, `${busy.cpuMs - from.cpuMs} ms of work`);
  const waiting = idle.cpuMs - started.cpuMs;
  assert.ok(waiting < (busy.cpuMs - from.cpuMs) / 2, `${waiting} ms of waiting`);
  assert.ok(busy.waitMs >= from.waitMs);
});
