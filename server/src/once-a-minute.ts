const MINUTE = 60_000;

/**
 * For what would be told thousands of times: lets one of each kind through in a minute. The answer is how many of the kind were
 * passed over since the last one; undefined for one to pass over. No more than `mostKinds` are let through in a minute.
 * `monotonic`: milliseconds.
 */
export function onceAMinute(monotonic: () => number, mostKinds: number): (kind: string) => number | undefined {
  /** The one that was told longest ago first. */
  const told = new Map<string, { readonly at: number; passedOver: number }>();
  return (kind) => {
    const now = monotonic();
    const known = told.get(kind);
    if (known !== undefined && now - known.at < MINUTE) {
      known.passedOver += 1;
      return undefined;
    }
    const [oldest] = told;
    if (known === undefined && oldest !== undefined && told.size >= mostKinds) {
      const [name, { at }] = oldest;
      if (now - at < MINUTE) return undefined;
      told.delete(name);
    }
    told.delete(kind);
    told.set(kind, { at: now, passedOver: 0 });
    return known?.passedOver ?? 0;
  };
}
