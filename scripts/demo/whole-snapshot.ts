import { type Snapshot, snapshot } from './snapshot.ts';

const TRIES = 3;

/**
 * A snapshot that is not cut for time. On a machine that is busy, the first capture of a process may take longer than a
 * capture is allowed to; the agent then says what it left out, and the next one is whole.
 */
export async function wholeSnapshot(capture: () => Promise<unknown>): Promise<Snapshot> {
  for (let tries = 1; ; tries += 1) {
    const result = snapshot.parse(await capture());
    if (tries === TRIES || !JSON.stringify(result.hits).includes('"$truncated":"time"')) return result;
  }
}
