import type { HeldStore, HeldTarget } from './held-store.ts';
import { type StoreRecord, withoutBrokers } from './record.ts';
import { COUNTED, type Counted, Tallies, type Tally } from './tally.ts';

/** Records, and characters of them as JSON, that are written together: memory and time of a step are bounded by it. */
const BATCH = { records: 200, characters: 512 * 1024 };

export interface MoveOptions {
  readonly from: HeldStore;
  readonly to: HeldTarget;
  /** When the brokers of the source are taken to have ended: milliseconds since the epoch. */
  readonly at: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends the move between two steps, which then rejects with its reason; the target stays unfinished. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MoveProgress) => void;
}

export interface MoveProgress {
  readonly step: 'moving' | 'checking';
  /** Records so far: actions count with their hits as one. */
  readonly records: number;
}

export interface MoveReport {
  /** Both hold the same; only then is the target finished. */
  readonly complete: boolean;
  readonly compared: readonly { readonly counted: Counted; readonly from: Tally; readonly to: Tally }[];
}

/**
 * Writes everything that the one holds into the other, and reads both again to compare them. Whatever ends it before that
 * leaves the source as it was and the target unfinished.
 */
export async function moveStore({ from, to, at, now, signal, onProgress }: MoveOptions): Promise<MoveReport> {
  let batch: StoreRecord[] = [];
  let characters = 0;
  let moved = 0;
  const write = async () => {
    signal?.throwIfAborted();
    await to.load(batch);
    moved += batch.length;
    onProgress?.({ step: 'moving', records: moved });
    batch = [];
    characters = 0;
  };
  for await (const record of from.records()) {
    batch.push(withoutBrokers(record, at));
    characters += JSON.stringify(record).length;
    if (batch.length >= BATCH.records || characters >= BATCH.characters) await write();
  }
  await write();

  let checked = 0;
  const tally = async (store: HeldStore): Promise<Tallies> => {
    const tallies = new Tallies();
    for await (const record of store.records()) {
      tallies.add(withoutBrokers(record, at));
      checked += 1;
      if (checked % BATCH.records !== 0) continue;
      signal?.throwIfAborted();
      onProgress?.({ step: 'checking', records: checked });
    }
    await store.confirm();
    return tallies;
  };
  const [source, target] = [await tally(from), await tally(to)];
  const over = now();
  const compared = COUNTED.map((counted) => ({
    counted,
    from: source.of(counted, over),
    to: target.of(counted, over),
  }));
  const complete = compared.every(
    ({ from: one, to: other }) => one.digest === other.digest && one.count === other.count,
  );
  signal?.throwIfAborted();
  if (complete) await to.finish();
  return { complete, compared };
}
