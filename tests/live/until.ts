import { setTimeout as wait } from 'node:timers/promises';

const LIMIT_MS = 30_000;
const STEP_MS = 100;

/** Resolves when the condition holds: for what can only be asked for, and tells nothing of itself. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`it did not come about within ${LIMIT_MS / 1000} s`);
    await wait(STEP_MS);
  }
}
