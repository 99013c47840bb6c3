// Loaded into a broker under measurement, with --expose-gc: tells over HTTP what it holds, and how long its event loop
// made others wait.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks. */
const EVERY = 5;
/** Half an hour of looks; then the older are dropped. */
const MOST = 360_000;
let waits = [];
let last = performance.now();

setInterval(() => {
  const now = performance.now();
  // Whoever came while the loop stood still has waited too: one wait for each look that was missed.
  for (let wait = now - last - EVERY; wait >= 0; wait -= EVERY) waits.push(wait);
  last = now;
  if (waits.length > MOST) waits = waits.slice(-MOST / 2);
}, EVERY).unref();

async function memory() {
  // Finalizers, and pages that V8 gives back, need more than one turn.
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc();
    await sleep(100);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  waits = [];
  last = performance.now();
  return { rss, heapUsed, external };
}

function delays() {
  const sorted = waits.sort((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const told = { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
  waits = [];
  return told;
}

const server = createServer(async (request, response) => {
  response.end(JSON.stringify(request.url === '/memory' ? await memory() : delays()));
});
server.unref();
server.listen(0, '127.0.0.1', () => process.stdout.write(`gauge ${server.address().port}\n`));
