import type { ActionRecord } from './records.ts';

/** Runtimes whose count is kept; beyond, all are counted anew. */
const MOST = 10_000;

/** How many placements are live on each runtime, with those that are about to be written. */
export class LiveCounts {
  readonly #counts = new Map<string, number>();
  readonly #count: (organization: string, runtime: string) => number;

  /** `count` asks the database, and adds what is pending. */
  constructor(count: (organization: string, runtime: string) => number) {
    this.#count = count;
  }

  of(organization: string, runtime: string): number {
    const key = `${organization} ${runtime}`;
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const counted = this.#count(organization, runtime);
    if (this.#counts.size >= MOST) this.#counts.clear();
    this.#counts.set(key, counted);
    return counted;
  }

  changed(before: ActionRecord | undefined, after: ActionRecord): void {
    for (const runtime of after.placements.keys()) {
      const key = `${after.action.organization} ${runtime}`;
      const known = this.#counts.get(key);
      if (known !== undefined) this.#counts.set(key, known + livesMore(before, after, runtime));
    }
  }

  /** What was counted may not have been written. */
  forget(): void {
    this.#counts.clear();
  }
}

/** 1 where a change has made a placement live, -1 where it was and is no more, else 0. */
export function livesMore(before: ActionRecord | undefined, after: ActionRecord, runtime: string): number {
  return Number(isLive(after, runtime)) - Number(before !== undefined && isLive(before, runtime));
}

/** The probe of this placement has business in its runtime. */
export function isLive({ action, placements }: ActionRecord, runtime: string): boolean {
  const placement = placements.get(runtime);
  return placement !== undefined && placement.status !== 'failed' && action.endedAt === undefined;
}
