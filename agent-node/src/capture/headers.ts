import {
  ArrayPrototype,
  descriptorOf,
  FunctionPrototype,
  functionText,
  hasOwn,
  indexOfText,
  isArray,
  isProxy,
  ownData,
  ownNames,
  ownSymbols,
  prototypeOf,
  uncurry,
} from './primordials.ts';

const MapPrototype: object = Map.prototype;
const MapIteratorPrototype = Reflect.getPrototypeOf(new Map().entries()) ?? MapPrototype;
const { iterator, hasInstance } = Symbol;
const { apply } = Reflect;
/** Node appends each of its modules that it has loaded. */
const loadedModules: unknown = ownData(process, 'moduleLoadList');
const UNDICI = 'NativeModule internal/deps/undici/undici';

/** What undici calls to list headers, as it was at load: `[holder, key, value or getter]`. */
const RELIED_ON: readonly (readonly [holder: object, key: PropertyKey, made: unknown])[] = [
  reliedOn(MapPrototype, iterator),
  reliedOn(MapPrototype, 'size'),
  reliedOn(MapIteratorPrototype, 'next'),
  reliedOn(ArrayPrototype, 'push'),
  reliedOn(ArrayPrototype, 'sort'),
  reliedOn(globalThis, 'Array'),
];

function reliedOn(holder: object, key: PropertyKey): readonly [object, PropertyKey, unknown] {
  const found = Reflect.getOwnPropertyDescriptor(holder, key);
  return [holder, key, found?.get ?? found?.value];
}

interface HeadersClass {
  readonly made: object;
  readonly prototype: object;
  readonly entries: (headers: object) => object;
  /** Getters under symbols, by which undici reaches its list on Node 20 and 22. */
  readonly inner: readonly (readonly [key: symbol, getter: unknown])[];
}

interface Step {
  readonly done?: boolean;
  readonly value: [name: string, value: string];
}

let known: HeadersClass | undefined;
let isTaken = false;
let checkedNext: unknown;

/**
 * Whether this is the prototype of Node's own `Headers`. The class is taken when undici is loaded and the first object is
 * met that may be of it: so much as looking at the global's descriptor loads undici (Node 22 and newer), which takes 25 ms
 * of an application that never fetches.
 */
export function isHeadersPrototype(prototype: object): boolean {
  if (!isTaken && isUndiciLoaded()) {
    isTaken = true;
    known = take();
  }
  return known?.prototype === prototype;
}

/**
 * The headers in order, joined as `get` gives them. Undefined where it is not certain that only Node's code would run:
 * undici is written with methods that an application can replace, so none of those that it calls may be another.
 */
export function headerList(headers: object): readonly (readonly [string, string])[] | undefined {
  if (known === undefined || !isUntouched(known, headers)) return undefined;
  try {
    const steps = known.entries(headers);
    const iterators = prototypeOf(steps);
    const next = iterators === null ? undefined : ownData(iterators, 'next');
    if (!isNext(next)) return undefined;
    const list: [string, string][] = [];
    for (;;) {
      const step: Step = apply(next, steps, []);
      if (step.done === true) return list;
      list[list.length] = step.value;
    }
  } catch {
    return undefined;
  }
}

function isUntouched(known: HeadersClass, headers: object): boolean {
  if (prototypeOf(headers) !== known.prototype || ownNames(headers).length > 0) return false;
  if (ownSymbols(headers).length > 0 || hasOwn(known.made, hasInstance)) return false;
  if (prototypeOf(known.made) !== FunctionPrototype) return false;
  for (let i = 0; i < RELIED_ON.length; i++) {
    const one = RELIED_ON[i];
    if (one === undefined || standing(one[0], one[1]) !== one[2]) return false;
  }
  for (let i = 0; i < known.inner.length; i++) {
    const one = known.inner[i];
    if (one === undefined || standing(known.prototype, one[0]) !== one[1]) return false;
  }
  return true;
}

function standing(holder: object, key: PropertyKey): unknown {
  const found = descriptorOf(holder, key);
  if (found === undefined) return undefined;
  return hasOwn(found, 'value') ? found.value : found.get;
}

function isUndiciLoaded(): boolean {
  if (!isArray(loadedModules)) return false;
  for (let i = loadedModules.length - 1; i >= 0; i--) if (ownData(loadedModules, i) === UNDICI) return true;
  return false;
}

function take(): HeadersClass | undefined {
  const made = takeClass();
  if (typeof made !== 'function' || isProxy(made)) return undefined;
  const prototype: unknown = ownData(made, 'prototype');
  if (typeof prototype !== 'object' || prototype === null || isProxy(prototype)) return undefined;
  const entries = ownData(prototype, 'entries');
  if (typeof entries !== 'function' || !reads(entries, 'webidl.brandCheck(this')) return undefined;
  const inner: (readonly [symbol, unknown])[] = [];
  const symbols = ownSymbols(prototype);
  for (let i = 0; i < symbols.length; i++) {
    const key = symbols[i];
    const getter = key === undefined ? undefined : descriptorOf(prototype, key)?.get;
    if (key === undefined || getter === undefined) continue;
    if (!reads(getter, 'this.#headersList')) return undefined;
    inner[inner.length] = [key, getter];
  }
  return { made, prototype, entries: uncurry(entries as () => object), inner };
}

function takeClass(): unknown {
  const found = descriptorOf(globalThis, 'Headers');
  if (found === undefined || hasOwn(found, 'value')) return found?.value;
  // Node 20: the first to read the global calls this.
  const lazy = found.get;
  return lazy !== undefined && reads(lazy, 'lazyLoadedValue') ? apply(lazy, globalThis, []) : undefined;
}

function isNext(next: unknown): next is () => Step {
  if (typeof next !== 'function' || isProxy(next)) return false;
  if (next !== checkedNext && !reads(next, '#target in this')) return false;
  checkedNext = next;
  return true;
}

/** A function whose text has these words is taken for Node's: an application would have to forge them on purpose. */
function reads(fn: unknown, words: string): boolean {
  return !isProxy(fn) && indexOfText(functionText(fn), words) >= 0;
}
