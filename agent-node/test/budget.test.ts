import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { capacity, createBudget, mayResume, owe, refill, spend } from '../src/probes/budget.ts';
import { startApplication } from './support/application.ts';
import { TestBroker } from './support/broker.ts';

describe('the budget of a place', () => {
  it('is its percentage of a core: 1 % refills 10 us each millisecond, up to a second of it', () => {
    const budget = createBudget(1, 100, 0);
    assert.equal(budget.tokens, 10_000);
    budget.tokens = 0;
    refill(budget, 100, 500);
    assert.equal(budget.tokens, 5000);
    refill(budget, 100, 60_000);
    assert.equal(budget.tokens, 10_000);
  });

  it('rests longer after a pass that cost more than there was, until that is paid back', () => {
    const budget = createBudget(1, 100, 0);
    spend(budget, 50_000);
    assert.deepEqual([budget.tokens, budget.debt], [0, 40_000]);
    refill(budget, 100, 4000);
    assert.deepEqual([budget.tokens, budget.debt], [0, 0]);
    assert.equal(mayResume(budget, 100), false);
    refill(budget, 100, 5000);
    assert.equal(mayResume(budget, 100), true);
  });

  it('pays for arming by a longer rest, and not by the window that it opened', () => {
    const budget = createBudget(1, 100, 0);
    owe(budget, 40_000);
    assert.equal(budget.tokens, 10_000);
    refill(budget, 100, 5000);
    assert.equal(mayResume(budget, 100), true, 'a quiet line pays while it is armed');
    owe(budget, 40_000);
    spend(budget, 10_000);
    refill(budget, 100, 8900);
    assert.equal(mayResume(budget, 100), false);
    refill(budget, 100, 9900);
    assert.equal(mayResume(budget, 100), true);
  });

  it('lets a few passes through, however small it is', () => {
    assert.equal(capacity(createBudget(0.01, 100, 0), 100), 300);
  });

  it('does not go back with the clock', () => {
    const budget = createBudget(1, 100, 1000);
    budget.tokens = 0;
    refill(budget, 100, 0);
    assert.equal(budget.tokens, 0);
  });
});

describe('a line that is too hot for its budget', () => {
  it('has its breakpoint taken away between samples, and says how much was seen', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'borescope-budget-'));
    const path = join(folder, 'hot.cjs');
    await writeFile(
      path,
      `function hot(n) {
  return n + 1;
}
let passes = 0;
function turn() {
  for (let i = 0; i < 1000; i++) passes = hot(passes);
  setImmediate(turn);
}
turn();
process.on('message', () => process.send(passes));
`,
    );
    const broker = await TestBroker.start();
    const application = startApplication(broker, path);
    try {
      await broker.hello();
      const place = { file: 'hot.cjs', line: 2 };
      broker.arm({ actionId: 'never', place, condition: 'n < 0', overheadPercent: 1, ttlMs: 4000 });
      const { observation, cost } = await broker.next('status', ({ removed }) => removed);
      application.tell('passes');
      const passes = Number(await application.said());
      assert.ok(observation.passes > 0 && observation.passes < passes / 100, `${observation.passes} of ${passes}`);
      assert.ok(observation.dropped > 0);
      assert.equal(observation.conditionFalse, observation.passes, 'a pass that was let go is none that was judged');
      assert.ok(observation.armedMs < observation.placedMs / 2, JSON.stringify(observation));
      assert.ok(cost.totalMs > 0);
    } finally {
      await application.stop();
      await broker.close();
      await rm(folder, { recursive: true });
    }
  });
});
