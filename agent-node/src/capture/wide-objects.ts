import { ownNames, ownSymbols, PlainWeakMap, weakGet, weakSet } from './primordials.ts';

/** Listing the keys of an object takes 0.5 to 1.5 us a key where V8 keeps it as a dictionary: 2 ms from here on. */
const WIDE = 2_000;

export interface OwnKeys {
  readonly names: readonly string[];
  readonly symbols: readonly symbol[];
  /** Of names and symbols together. */
  readonly count: number;
}

/**
 * The own keys of an object: the first `limit` of each kind at least, and how many there are. They are listed by the
 * functions that are given, which are the same for the same object each time.
 */
export type WideObjects = (
  object: object,
  limit: number,
  namesOf?: (object: object) => string[],
  symbolsOf?: (object: object) => symbol[],
) => OwnKeys;

/** For the whole process: a changed policy must not make what was dear dear again. */
const known = new PlainWeakMap<object, OwnKeys>();
const widths = new PlainWeakMap<object, number>();
let any = false;
let anyWidth = false;
let listed = 0;

/**
 * V8 has no way to count or to list a few of the keys of an object without listing all: 0.6 s for a million. So an
 * object that turned out to be wide is listed once; later hits show the values of the same first keys, and the count of
 * then. It is forgotten with the object.
 */
export function createWideObjects(): WideObjects {
  return (object, limit, namesOf = ownNames, symbolsOf = ownSymbols) => {
    const found = any ? (weakGet(known, object) as OwnKeys | undefined) : undefined;
    if (found !== undefined) return found;
    const names = namesOf(object);
    const symbols = symbolsOf(object);
    const count = names.length + symbols.length;
    if (count <= WIDE) return { names, symbols, count };
    const wide = { names: firstOf(names, limit), symbols: firstOf(symbols, limit), count };
    weakSet(known, object, wide);
    any = true;
    listed += count;
    noteWidth(object, names.length);
    return wide;
  };
}

/** The keys of wide objects that were listed since the last call. */
export function takeListed(): number {
  const keys = listed;
  listed = 0;
  return keys;
}

/** How many own properties a wide object had when it was listed. */
export function knownWidth(object: object): number | undefined {
  return anyWidth ? (weakGet(widths, object) as number | undefined) : undefined;
}

/** What is not wide is listed each time: it may have grown or shrunk. */
export function noteWidth(object: object, count: number): void {
  if (count <= WIDE) return;
  weakSet(widths, object, count);
  anyWidth = true;
}

function firstOf<Key>(keys: readonly Key[], limit: number): Key[] {
  const first: Key[] = [];
  for (let i = 0; i < limit && i < keys.length; i++) first[i] = keys[i] as Key;
  return first;
}
