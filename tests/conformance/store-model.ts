import type { RuntimeDescription } from '@borescope/agent-protocol';
import type { Action, Placement } from '../../server/src/actions/action.ts';
import { acceptHit } from '../../server/src/store/embedded/hits.ts';
import type { ActionRecord } from '../../server/src/store/embedded/records.ts';
import type { AttachedRuntime, HitOutcome, StoredHit } from '../../server/src/store/store.ts';

interface Known {
  readonly attached: AttachedRuntime;
  readonly holds: boolean;
  /** When the lease is over, or when it was let go. */
  readonly until: number;
}

export interface StoreKind {
  /** Milliseconds after which an attachment lapses; infinite where none does. */
  readonly leaseMs: number;
  /** Runtimes that left before a time are deleted with the actions that ended before it, and their epochs begin anew. */
  readonly forgetsRuntimes: boolean;
  /** The least epoch at a time. */
  readonly leastEpoch: (at: number) => number;
}

/** What a store of one organization is to do, in memory and without a thought of two callers at once. */
export class StoreModel {
  readonly #records = new Map<string, ActionRecord>();
  readonly #hits = new Map<string, StoredHit[]>();
  readonly #runtimes = new Map<string, Known>();
  readonly #kind: StoreKind;

  constructor(kind: StoreKind) {
    this.#kind = kind;
  }

  create(action: Action, placements: readonly Placement[]): void {
    const sorted = placements.toSorted((one, other) => (one.runtime.id < other.runtime.id ? -1 : 1));
    this.#records.set(action.id, { action, placements: new Map(sorted.map((one) => [one.runtime.id, one])) });
    this.#hits.set(action.id, []);
  }

  get(id: string): { action: Action; placements: Placement[] } | undefined {
    const record = this.#records.get(id);
    return record && { action: record.action, placements: [...record.placements.values()] };
  }

  hits(id: string): readonly StoredHit[] {
    return this.#hits.get(id) ?? [];
  }

  /** Newest first. */
  list(): Action[] {
    return [...this.#records.values()].map(({ action }) => action).sort((one, other) => (one.id < other.id ? 1 : -1));
  }

  liveOn(runtime: string): { action: Action; placement: Placement }[] {
    return this.list()
      .reverse()
      .flatMap((action) => {
        const placement = this.#records.get(action.id)?.placements.get(runtime);
        return placement !== undefined && isLive(action, placement) ? [{ action, placement }] : [];
      });
  }

  change(id: string, change: (action: Action) => Action): Action | undefined {
    const record = this.#records.get(id);
    if (record === undefined) return undefined;
    const action = change(record.action);
    this.#records.set(id, { ...record, action });
    return action;
  }

  changePlacement(
    id: string,
    runtime: string,
    change: (step: { action: Action; placement: Placement; othersFailed: boolean }) => {
      action: Action;
      placement: Placement;
    },
    epoch?: number,
  ) {
    const record = this.#records.get(id);
    const placement = record?.placements.get(runtime);
    if (record === undefined || placement === undefined) return undefined;
    if (epoch !== undefined && this.#holder(runtime) !== epoch) return 'fenced';
    const others = [...record.placements.values()].filter((other) => other !== placement);
    const othersFailed = others.every(({ status }) => status === 'failed');
    const after = change({ action: record.action, placement, othersFailed });
    this.#records.set(id, {
      action: after.action,
      placements: new Map(record.placements).set(runtime, after.placement),
    });
    return after;
  }

  acceptHit(id: string, hit: Parameters<typeof acceptHit>[2]): HitOutcome {
    const { record, answer, stored } = acceptHit(this.#records.get(id), this.#holder(hit.runtime), hit);
    if (record !== undefined) this.#records.set(id, record);
    if (stored !== undefined) this.#hits.get(id)?.push(stored);
    return answer;
  }

  expire(before: number): void {
    for (const { action } of [...this.#records.values()]) {
      if (action.endedAt === undefined || action.endedAt >= before) continue;
      this.#records.delete(action.id);
      this.#hits.delete(action.id);
    }
    for (const [id, { holds, until }] of this.#runtimes) {
      if (this.#kind.forgetsRuntimes && !holds && until < before) this.#runtimes.delete(id);
    }
  }

  attach(runtime: RuntimeDescription, replica: string, at: number): AttachedRuntime {
    const epoch = Math.max(this.epoch(runtime.id) + 1, this.#kind.leastEpoch(at));
    const attached = { runtime, replica, epoch, attachedAt: at };
    this.#runtimes.set(runtime.id, { attached, holds: true, until: at + this.#kind.leaseMs });
    this.#mark(runtime.id, undefined);
    return attached;
  }

  renew(runtime: string, epoch: number, at: number): boolean {
    const known = this.#runtimes.get(runtime);
    if (known === undefined || !known.holds || known.attached.epoch !== epoch) return false;
    this.#runtimes.set(runtime, { ...known, until: Math.max(known.until, at + this.#kind.leaseMs) });
    return true;
  }

  detach(runtime: string, epoch: number, at: number): string[] {
    const known = this.#runtimes.get(runtime);
    if (known === undefined || !known.holds || known.attached.epoch !== epoch) return [];
    this.#runtimes.set(runtime, { ...known, holds: false, until: at });
    return this.#mark(runtime, at);
  }

  lapse(at: number): { runtime: string; actionIds: string[] }[] {
    return this.attached()
      .filter(({ runtime }) => (this.#runtimes.get(runtime.id)?.until ?? 0) <= at)
      .map(({ runtime, epoch }) => ({ runtime: runtime.id, actionIds: this.detach(runtime.id, epoch, at) }));
  }

  attached(): AttachedRuntime[] {
    return [...this.#runtimes.values()]
      .flatMap(({ attached, holds }) => (holds ? [attached] : []))
      .sort((one, other) => (one.runtime.id < other.runtime.id ? -1 : 1));
  }

  /** The last that was given; 0 before the first. */
  epoch(runtime: string): number {
    return this.#runtimes.get(runtime)?.attached.epoch ?? 0;
  }

  /** The epoch that holds now; undefined where none does. */
  #holder(runtime: string): number | undefined {
    const known = this.#runtimes.get(runtime);
    return known?.holds ? known.attached.epoch : undefined;
  }

  /** What a runtime has to do is gone since then, or here again; the ids of the actions. */
  #mark(runtime: string, goneSince: number | undefined): string[] {
    return this.liveOn(runtime).map(({ action, placement: { goneSince: _, ...placement } }) => {
      const record = this.#records.get(action.id);
      const marked = { ...placement, ...(goneSince !== undefined && { goneSince }) };
      if (record) {
        this.#records.set(action.id, { ...record, placements: new Map(record.placements).set(runtime, marked) });
      }
      return action.id;
    });
  }
}

function isLive(action: Action, placement: Placement): boolean {
  return action.endedAt === undefined && placement.status !== 'failed';
}
