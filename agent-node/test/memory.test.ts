import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { LIMITS } from '@borescope/agent-protocol';
import { AGENT, type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

/** Attaches and detaches as it is told, and passes line 3 a thousand times a second. */
const APPLICATION = `
function step(order) {
  return order.id;
}
let id = 0;
function turn() {
  id += 1;
  step({ id, customer: { name: 'customer ' + id }, lines: [{ sku: 'a' + id, price: id / 3 }] });
}
setInterval(turn, 1);
let agent;
const listeners = () => process.eventNames().map((name) => String(name) + ' ' + process.listenerCount(name)).sort();
process.on('message', async (told) => {
  if (told === 'attach') agent = require(${JSON.stringify(AGENT)}).attach();
  if (told !== 'detach') return;
  await agent.detach();
  agent = undefined;
  for (let i = 0; i < 3; i++) { await new Promise((resolve) => setTimeout(resolve, 20)); gc(); }
  const resources = process.getActiveResourcesInfo().sort();
  process.send({ heapUsed: process.memoryUsage().heapUsed, listeners: listeners(), resources });
});
process.send(listeners());
`;

interface Left {
  readonly heapUsed: number;
  readonly listeners: readonly string[];
  readonly resources: readonly string[];
}

/** Attaches, takes so many hits, detaches; what is left in the process then. */
async function look(broker: TestBroker, application: Application, time: number, hits: number): Promise<Left> {
  application.tell('attach');
  await broker.hello(time);
  for (let from = 0; from < hits; from += LIMITS.maxHits) {
    const actionId = `${time}-${from}`;
    const maxHits = Math.min(LIMITS.maxHits, hits - from);
    broker.arm({ actionId, place: { file: 'application.cjs', line: 3 }, maxHits, overheadPercent: 20 });
    await broker.next('hit', (frame) => frame.actionId === actionId && frame.sequence === maxHits);
    await broker.next('status', (frame) => frame.actionId === actionId && frame.removed);
    broker.send({ type: 'disarm', actionId, reason: 'cancelled' });
  }
  const said = application.said();
  application.tell('detach');
  return (await said) as Left;
}

it('2,000 hits leave nothing behind in the process: no memory, no listener, no handle', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'borescope-memory-'));
  const broker = await TestBroker.start();
  const path = join(folder, 'application.cjs');
  await writeFile(path, APPLICATION);
  const application = startApplication(broker, path, { execArgv: ['--expose-gc'] });
  try {
    const before = await application.said();
    // What the first attachment compiles stays; from then on nothing may grow.
    const few = await look(broker, application, 1, 20);
    const many = await look(broker, application, 2, 2000);
    const grown = many.heapUsed - few.heapUsed;
    // 2,000 hits of about a kilobyte, or as many conditions that V8 kept the text of, would be more.
    assert.ok(grown < 1_000_000, `${grown} bytes more after 2,000 hits than after 20`);
    assert.deepEqual(many.listeners, before);
    assert.deepEqual(many.resources, few.resources);
  } finally {
    await application.stop();
    await broker.close();
    await rm(folder, { recursive: true });
  }
});
