import { ownNames, weakGet, weakSet } from './primordials.ts';

/** Listing the keys of an object takes 0.5 to 1.5 us a key where V8 keeps it as a dictionary: 2 ms from here on. */
const WIDE = 2_000;

interface WideObject {
  readonly names: readonly string[];
  readonly count: number;
}

/** The own string keys of an object: the first `limit`, and how many there are. */
export type WideObjects = (object: object, limit: number) => WideObject;

/**
 * V8 has no way to count or to list a few of the keys of an object without listing all: 0.6 s for a million. So an
 * object that turned out to be wide is listed once; later hits show the values of the same first keys, and the count of
 * then. It is forgotten with the object.
 */
export function createWideObjects(): WideObjects {
  const known = new WeakMap<object, WideObject>();
  let any = false;
  return (object, limit) => {
    const found = any ? (weakGet(known, object) as WideObject | undefined) : undefined;
    if (found !== undefined) return found;
    const names = ownNames(object);
    if (names.length <= WIDE) return { names, count: names.length };
    const first: string[] = [];
    for (let i = 0; i < limit; i++) first[i] = names[i] ?? '';
    const wide = { names: first, count: names.length };
    weakSet(known, object, wide);
    any = true;
    return wide;
  };
}
