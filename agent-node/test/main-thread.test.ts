import assert from 'node:assert/strict';
import { once } from 'node:events';
import { it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { readMainThread } from '../src/runtime/main-thread.ts';

const SPIN = `const end = performance.now() + 200;
let n = 0;
while (performance.now() < end) n += 1;
require('node:worker_threads').parentPort.postMessage(n);`;

it('the time of the main thread is told, and not that of another thread', {
  skip: process.platform !== 'linux',
}, async () => {
  const from = readMainThread();
  const end = process.cpuUsage().user + 200_000;
  while (process.cpuUsage().user < end);
  const busy = readMainThread();
  const worker = new Worker(SPIN, { eval: true });
  await once(worker, 'message', { signal: AbortSignal.timeout(10_000) });
  const idle = readMainThread();
  await worker.terminate();
  assert.ok(from && busy && idle);
  assert.ok(busy.cpuMs - from.cpuMs > 50, `${busy.cpuMs - from.cpuMs} ms of work`);
  assert.ok(idle.cpuMs - busy.cpuMs < (busy.cpuMs - from.cpuMs) / 2, `${idle.cpuMs - busy.cpuMs} ms of waiting`);
  assert.ok(busy.waitMs >= from.waitMs);
});
