import {
  descriptorOf,
  isArray,
  isArrayBufferView,
  isBoxedPrimitive,
  isDataView,
  isNativeError,
  isPromise,
  isRegExp,
  isStringObject,
  ownData,
  ownEnumerableNames,
  ownNames,
  ownSymbols,
  stringValue,
  symbolDescription,
  typedArrayLength,
} from './primordials.ts';
import type { Walk } from './walk.ts';
import type { OwnKeys, WideObjects } from './wide-objects.ts';

/**
 * V8 cannot list the named properties of an object without making a string of each index first: 0.2 us for an array of
 * 3, 4 us for 100, 1.3 ms for 10,000 (Node 20). So in what has more items than this only properties under
 * symbols are looked for: V8 lists those without going through the items, in 0.1 us.
 */
const MOST_INDICES = 200;

/** `"propertyCount":1234567,` */
export const COUNT_BYTES = 24;
/** The same, and `"properties":[],` */
export const EXTRAS_BYTES = COUNT_BYTES + 16;

/** What Node writes on promises and errors for itself: numbers of async hooks, stores of AsyncLocalStorage. */
const NODES_OWN: readonly string[] = ['async_id_symbol', 'trigger_async_id_symbol', 'kResourceStore', 'kIsNodeError'];

const NONE: OwnKeys = { names: [], symbols: [], count: 0 };

/**
 * The own keys of an object of a kind with contents of its own, beside those that the kind brings: no index, no `length`
 * of an array, no `name` of a function. Not for plain objects. `limit` as in `WideObjects`.
 */
export function extraKeys(wide: WideObjects, object: object, limit: number): OwnKeys {
  if (isArray(object)) return object.length > MOST_INDICES ? onlySymbols(object) : wide(object, limit, behindLength);
  if (typeof object === 'function') return wide(object, limit, ownEnumerableNames, enumerableSymbols);
  if (isRegExp(object)) return wide(object, limit, ofRegExp);
  if (isNativeError(object)) return wide(object, limit, ofError, symbolsButNodes);
  if (isPromise(object)) return wide(object, limit, ownNames, symbolsButNodes);
  if (isArrayBufferView(object) && !isDataView(object)) {
    return (typedArrayLength(object) ?? 0) > MOST_INDICES ? onlySymbols(object) : wide(object, limit, behindIndices);
  }
  if (isBoxedPrimitive(object) && isStringObject(object)) {
    return stringValue(object).length > MOST_INDICES ? onlySymbols(object) : wide(object, limit, behindLength);
  }
  return wide(object, limit, ownNames);
}

/** How many properties an object has, private fields among them where they are known. */
export function countProperties(walk: Walk, object: object, keys: OwnKeys): number {
  return keys.count + (walk.privateFields.of === object ? walk.privateFields.names.length : 0);
}

function onlySymbols(object: object): OwnKeys {
  const symbols = ownSymbols(object);
  return symbols.length === 0 ? NONE : { names: [], symbols, count: symbols.length };
}

/** Indices come first, then `length`, which every array and string is born with, then the rest (ECMA-262, OrdinaryOwnPropertyKeys). */
function behindLength(object: object): string[] {
  const names = ownNames(object);
  let start = names.length;
  while (start > 0 && names[start - 1] !== 'length') start--;
  return behind(names, start);
}

function behindIndices(typedArray: object): string[] {
  return behind(ownNames(typedArray), typedArrayLength(typedArray) ?? 0);
}

function behind(names: readonly string[], start: number): string[] {
  const rest: string[] = [];
  for (let i = start; i < names.length; i++) rest[i - start] = names[i] ?? '';
  return rest;
}

/** `lastIndex` tells something where it is not 0. */
function ofRegExp(regexp: object): string[] {
  return without(ownNames(regexp), (name) => name === 'lastIndex' && ownData(regexp, name) === 0);
}

function ofError(error: object): string[] {
  return without(ownNames(error), (name) => name === 'message' || name === 'stack' || name === 'cause');
}

function enumerableSymbols(object: object): symbol[] {
  return without(ownSymbols(object), (symbol) => descriptorOf(object, symbol)?.enumerable !== true);
}

function symbolsButNodes(object: object): symbol[] {
  return without(ownSymbols(object), (symbol) => isNodesOwn(symbolDescription(symbol)));
}

function isNodesOwn(description: string | undefined): boolean {
  for (let i = 0; i < NODES_OWN.length; i++) if (NODES_OWN[i] === description) return true;
  return false;
}

function without<Key>(keys: readonly Key[], isLeftOut: (key: Key) => boolean): Key[] {
  const rest: Key[] = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as Key;
    if (!isLeftOut(key)) rest[rest.length] = key;
  }
  return rest;
}
