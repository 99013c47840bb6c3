/**
 * Tells who waits that an action, or a placement or hit of it, has changed. Only a trigger: what it has become stands in
 * the store.
 */
export interface Changes {
  tell(organization: string, actionId: string): void;
  /** The answer ends it. */
  watch(organization: string, actionId: string, listener: () => void): () => void;
  /** How many watch. */
  count(): number;
}

export function createChanges(): Changes {
  const watching = new Map<string, Set<() => void>>();
  return {
    tell(organization, actionId) {
      for (const listener of watching.get(`${organization} ${actionId}`) ?? []) listener();
    },
    watch(organization, actionId, listener) {
      const key = `${organization} ${actionId}`;
      const listeners = watching.get(key) ?? new Set();
      watching.set(key, listeners.add(listener));
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0 && watching.get(key) === listeners) watching.delete(key);
      };
    },
    count: () => [...watching.values()].reduce((sum, listeners) => sum + listeners.size, 0),
  };
}
