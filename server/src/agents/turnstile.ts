/** Steps of one turn of the event loop: a few milliseconds of it. */
const A_TURN = 8;

/**
 * Lets a few through in each turn of the event loop, in the order in which they came. When a network comes back, thousands
 * of agents do what one does in under a millisecond: all of that in one turn, and everybody else would wait for seconds.
 * `later` runs its argument in the next turn.
 */
export function createTurnstile(later: (pass: () => void) => void = setImmediate): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let free = A_TURN;
  let turning = false;

  function turn(): void {
    turning = true;
    later(() => {
      const next = waiting.splice(0, A_TURN);
      free = A_TURN - next.length;
      for (const pass of next) pass();
      if (next.length > 0) turn();
      else turning = false;
    });
  }

  return () => {
    if (!turning) turn();
    if (free > 0) {
      free--;
      return Promise.resolve();
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
}
