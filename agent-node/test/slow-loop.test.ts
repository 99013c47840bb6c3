import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

/** Ten times a second, many times as long where it is interpreted; the place is never passed. */
const LOOP = `function work(n) {
  let s = 0;
  for (let i = 0; i < n; i++) s = (s + i * 7) % 1000003;
  if (s < 0) {
    return -1;
  }
  return s;
}
setInterval(work, 100, 1.5e6);
setInterval(() => process.send('on'), 1000);
`;

it(proves('agent:slow-loop', 'a real function with a long loop has its breakpoint for a part of the time only'), {
  skip: process.platform !== 'linux',
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'borescope-loop-'));
  const broker = await TestBroker.start();
  await writeFile(join(folder, 'loop.cjs'), LOOP);
  const application = startApplication(broker, join(folder, 'loop.cjs'));
  try {
    await broker.hello();
    const place = { file: 'loop.cjs', line: 5 };
    broker.arm({ actionId: 'loop', place, overheadPercent: 1, ttlMs: 30_000 });
    const found = await broker.next('status', (frame) => frame.cost.totalMs > 0);
    for (let seconds = 0; seconds < 3; seconds++) await application.said();
    broker.send({ type: 'disarm', actionId: 'loop', reason: 'cancelled' });
    const { observation, cost } = await broker.next('status', ({ removed }) => removed);
    assert.equal(observation.passes, 0, 'what is charged is not its passes');
    assert.ok(cost.totalMs >= found.cost.totalMs);
    const armedMs = observation.armedMs - found.observation.armedMs;
    const placedMs = observation.placedMs - found.observation.placedMs;
    assert.ok(armedMs < placedMs / 2, `armed for ${armedMs} of ${placedMs} ms`);
  } finally {
    await application.stop();
    await broker.close();
    await rm(folder, { recursive: true });
  }
});
