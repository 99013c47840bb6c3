// Tells as JSON what the redactor's first texts take in a process of its own, in milliseconds of processor time, and what
// it then holds in bytes. The texts come on standard input. Run with --expose-gc.
import { readFileSync } from 'node:fs';

const texts = JSON.parse(readFileSync(0, 'utf8'));

function held() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function used() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const before = held();
const begun = used();
const { createRedactor } = await import('@borescope/redaction');
const loaded = used();
const loadedBytes = held();

const made = used();
const redactor = createRedactor({});
// Has anchors of rules and a name, so that all tables are made.
redactor.text('user=ada mail=ada@example.com');
redactor.name('customerEmail');
const first = used();
for (const text of texts) redactor.text(text);
const scanned = used();
const heldBytes = held();

const result = {
  load: loaded - begun,
  first: first - made,
  hit: scanned - first,
  loadedBytes: loadedBytes - before,
  heldBytes: heldBytes - before,
};
process.stdout.write(JSON.stringify(result));
