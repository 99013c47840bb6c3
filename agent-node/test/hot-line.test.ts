import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { proves } from '../../tests/proves.ts';
import { type Application, startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

/** Passes line 2 as often as it can, and tells how often it has, twice a second. */
const HOT = `function hot(n) {
  const next = n + 1;
  return next;
}
let passes = 0;
function turn() {
  const end = performance.now() + 20;
  while (performance.now() < end) for (let i = 0; i < 1000; i++) passes = hot(passes);
  setImmediate(turn);
}
turn();
setInterval(() => process.send(passes), 500);
`;

async function count(application: Application): Promise<number> {
  const [told] = await once(application.child, 'message', { signal: AbortSignal.timeout(15_000) });
  return Number(told);
}

it(
  proves(
    ['agent:disarm', 'tools:sampled'],
    'a line too hot for its overhead is watched for a part of the time only, and told so',
  ),
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'borescope-hot-'));
    const broker = await TestBroker.start();
    await writeFile(join(folder, 'hot.cjs'), HOT);
    const application = startApplication(broker, join(folder, 'hot.cjs'));
    try {
      await broker.hello();
      // The first action switches the debugger on, which takes its time in a process as busy as this.
      broker.arm({ actionId: 'first', place: { file: 'hot.cjs', line: 2 } });
      await broker.next('status', ({ actionId, removed }) => actionId === 'first' && removed);
      broker.arm({
        actionId: 'never',
        place: { file: 'hot.cjs', line: 2 },
        condition: 'n < 0',
        overheadPercent: 1,
        ttlMs: 4000,
      });
      await broker.next('armed', ({ actionId }) => actionId === 'never');
      const armed = await count(application);
      const { observation, cost } = await broker.next(
        'status',
        ({ actionId, removed }) => actionId === 'never' && removed,
      );
      const end = await count(application);

      assert.ok(observation.passes > 0 && observation.conditionFalse > 0);
      assert.ok(observation.placedMs >= 3000, `placed for ${observation.placedMs} ms`);
      assert.ok(observation.armedMs < observation.placedMs / 2, `armed for ${observation.armedMs} ms`);
      assert.ok(observation.passes < (end - armed) / 2, 'most passes were not watched');
      assert.ok(cost.totalMs < observation.placedMs * 0.1, `it cost ${cost.totalMs} ms`);
    } finally {
      await application.stop();
      await broker.close();
      await rm(folder, { recursive: true });
    }
  },
);
