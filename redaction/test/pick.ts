import assert from 'node:assert/strict';

/** A generator of numbers that are the same in each run: Numerical Recipes, "An Even Quicker and Dirtier Generator". */
export function createPick(seed: number): <Item>(items: readonly Item[]) => Item {
  let state = seed;
  return (items) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const item = items[(state >>> 8) % items.length];
    assert.ok(item !== undefined);
    return item;
  };
}
