import { ArrayPrototype, codeAt, ObjectPrototype, ownNames, prototypeOf } from '../capture/primordials.ts';

/**
 * A setter under an index on `Array.prototype` or `Object.prototype` would run at each item that the agent adds to a list
 * of its own. No real application has one, and V8 makes every array slow where it is so: then nothing is captured. About
 * a microsecond.
 */
export function areArraysPlain(): boolean {
  return prototypeOf(ArrayPrototype) === ObjectPrototype && hasNoIndex(ArrayPrototype) && hasNoIndex(ObjectPrototype);
}

const ZERO = 48;
const NINE = 57;

/** Indices come first of all names (ECMA-262, OrdinaryOwnPropertyKeys). */
function hasNoIndex(prototype: object): boolean {
  const names = ownNames(prototype);
  if (names.length === 0) return true;
  const code = codeAt(names[0] ?? '', 0);
  return !(code >= ZERO && code <= NINE);
}
