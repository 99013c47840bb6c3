import { setTimeout as wait } from 'node:timers/promises';
import { StoreUnavailable } from '../store.ts';

/** Tries until a step gives up. Each failed one means that another writer got through, so that this many must race for one record. */
const MOST_TRIES = 100;
/** Milliseconds before the next try: a random share of a bound that doubles. */
const PAUSE = { first: 1, last: 64 };

/** A step that reads, works and writes, and has to begin anew where somebody wrote in between. */
export async function retried<T>(step: () => Promise<{ answer: T } | 'again'>): Promise<T> {
  let pause = PAUSE.first;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const result = await step();
    if (result !== 'again') return result.answer;
    await wait(Math.random() * pause);
    pause = Math.min(pause * 2, PAUSE.last);
  }
  throw new StoreUnavailable('too many write the same action at once');
}
