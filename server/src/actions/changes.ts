/** `ended`: the action is over. `progress`: anything else about it, its placements or its hits, also after its end. */
export type Change = 'progress' | 'ended';

/** Tells who waits that something has changed. Only a trigger: what it has become stands in the store. */
export interface Changes {
  tell(organization: string, actionId: string, change: Change): void;
  /** Another broker has told it: who waits here is woken. */
  heard(organization: string, actionId: string, change: Change): void;
  /** The answer ends it. */
  watch(organization: string, actionId: string, listener: (change: Change) => void): () => void;
}

/** `pass` tells other brokers, where there are some. */
export function createChanges(pass: Changes['tell'] = () => {}): Changes {
  const watching = new Map<string, Set<(change: Change) => void>>();
  const heard: Changes['heard'] = (organization, actionId, change) => {
    for (const listener of watching.get(`${organization} ${actionId}`) ?? []) listener(change);
  };
  return {
    tell(organization, actionId, change) {
      heard(organization, actionId, change);
      pass(organization, actionId, change);
    },
    heard,
    watch(organization, actionId, listener) {
      const key = `${organization} ${actionId}`;
      const listeners = watching.get(key) ?? new Set();
      watching.set(key, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && watching.get(key) === listeners) watching.delete(key);
      };
    },
  };
}
