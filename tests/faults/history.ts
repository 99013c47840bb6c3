/** One hit as a caller was shown it. */
export interface ShownHit {
  readonly number: number;
  readonly runtime: string;
  /** Which pass of the line it is, in the words of the runtime that captured it. */
  readonly mark: string;
  /** Of the wire, where the runtime puts it into what it captures. */
  readonly sequence?: number;
}

/** Something that somebody outside the broker has done, or was told. */
export type Observation =
  /** The runtime belongs to this organization. `witnessed`: each of its captures and probes is in the history. */
  | { readonly type: 'runtime'; readonly runtime: string; readonly organization: string; readonly witnessed: boolean }
  /** The process of the runtime is no more, and every probe in it. */
  | { readonly type: 'died'; readonly runtime: string }
  /** A caller was given the action. `deadline`, by the clock of the history: its time is over then at the latest. */
  | {
      readonly type: 'accepted';
      readonly action: string;
      readonly organization: string;
      readonly maxHits: number;
      readonly deadline: number;
    }
  | { readonly type: 'probe'; readonly runtime: string; readonly action: string; readonly present: boolean }
  | {
      readonly type: 'captured';
      readonly runtime: string;
      readonly action: string;
      readonly sequence: number;
      readonly mark: string;
    }
  /** The broker has said that it stored this hit, and all before it. */
  | { readonly type: 'acknowledged'; readonly runtime: string; readonly action: string; readonly sequence: number }
  /** A caller of `organization`, who asked at `began`, was shown the action with all its hits. */
  | {
      readonly type: 'shown';
      readonly action: string;
      readonly organization: string;
      readonly began: number;
      readonly state: string;
      /** How many there are, by the action's own count. */
      readonly count: number;
      readonly hits: readonly ShownHit[];
    }
  /** A caller, who asked at `began`, was told that there is no such action. */
  | { readonly type: 'missing'; readonly action: string; readonly organization: string; readonly began: number }
  /** The store has lost what was in it: the fault itself, not what follows from it. */
  | { readonly type: 'lost' };

/** `at`: milliseconds by one clock for the whole history; of a call, when its answer came. */
export type HistoryEvent = Observation & { readonly at: number };

export type EventOf<Type extends Observation['type']> = Extract<Observation, { type: Type }> & { readonly at: number };

/** What was observed, in the order in which it was. `now`: milliseconds. */
export class History {
  readonly #now: () => number;
  readonly #events: HistoryEvent[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  get events(): readonly HistoryEvent[] {
    return this.#events;
  }

  now(): number {
    return this.#now();
  }

  record(observation: Observation): void {
    this.#events.push({ ...observation, at: this.#now() });
  }

  /** What was checked, and cannot come up again: every runtime in it is dead, and every action is over. */
  forget(): void {
    this.#events.length = 0;
  }
}

export function ofType<Type extends Observation['type']>(
  events: readonly HistoryEvent[],
  type: Type,
): readonly EventOf<Type>[] {
  return events.filter((event): event is EventOf<Type> => event.type === type);
}

/** In the order of their first members; `Map.groupBy` is younger than the oldest Node that runs this. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
