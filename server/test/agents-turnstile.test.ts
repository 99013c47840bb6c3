import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTurnstile } from '../src/agents/turnstile.ts';

describe('the turnstile', () => {
  it('lets a few through at once, and who comes then in the turns that follow, in their order', async () => {
    const turns: (() => void)[] = [];
    const turn = createTurnstile((pass) => turns.push(pass));
    const through: number[] = [];
    for (let n = 0; n < 20; n++) void turn().then(() => through.push(n));
    const counts: number[] = [];
    for (let next: (() => void) | undefined = () => {}; next !== undefined; next = turns.shift()) {
      next();
      await Promise.resolve();
      await Promise.resolve();
      counts.push(through.length);
    }
    assert.deepEqual(counts, [8, 16, 20, 20], 'and it rests when nobody waits any more');
    assert.deepEqual(
      through,
      Array.from({ length: 20 }, (_, n) => n),
    );
    // It goes on after a rest.
    await turn();
  });

  it('lets timers run between thousands that come together', async () => {
    const turn = createTurnstile();
    let through = 0;
    const all = Promise.all(Array.from({ length: 2_000 }, () => turn().then(() => through++)));
    await new Promise((resolve) => setTimeout(resolve, 0));
    const atTimer = through;
    await all;
    assert.ok(atTimer < 2_000, `${atTimer} of 2,000 were through before a timer ran`);
    assert.equal(through, 2_000);
  });
});
