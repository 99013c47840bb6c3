import { createClassMatcher } from '@borescope/redaction';
import { descriptorOf, hasOwn, isProxy, ownData, PlainWeakMap, prototypeOf, weakGet, weakSet } from './primordials.ts';

/** Whether an object, which is no Proxy, is of a class that may never be inspected, or is that class. */
export type BlockedObjects = (object: object) => boolean;

const MAX_CHAIN = 100;
const TAG: symbol = Symbol.toStringTag;

/**
 * Looks at the names of all constructors, and at the tags, on the prototype chain. What cannot be told counts as blocked: a
 * Proxy on the chain, a chain without an end, a constructor that hides its name. A chain is judged once, a class by the
 * names that it had then. Undefined where nothing is blocked.
 */
export function createBlockedObjects(patterns: readonly string[]): BlockedObjects | undefined {
  if (patterns.length === 0) return undefined;
  const matches = createClassMatcher(patterns);
  const known = new PlainWeakMap<object, boolean>();

  function isChainBlocked(start: object): boolean {
    let holder: object | null = start;
    for (let i = 0; i < MAX_CHAIN; i++) {
      if (holder === null) return false;
      if (isProxy(holder) || isNamed(holder)) return true;
      holder = prototypeOf(holder);
    }
    return true;
  }

  /** An object that a class is named on: its prototype, or the class itself. */
  function isNamed(holder: object): boolean {
    if (typeof holder === 'function' && isFunctionBlocked(holder)) return true;
    const tag = ownData(holder, TAG);
    if (typeof tag === 'string' && matches(tag)) return true;
    const made = ownData(holder, 'constructor');
    return typeof made === 'function' && (isProxy(made) || isFunctionBlocked(made));
  }

  function isFunctionBlocked(made: object): boolean {
    const found = descriptorOf(made, 'name');
    if (found === undefined) return false;
    const name: unknown = hasOwn(found, 'value') ? found.value : undefined;
    // `static get name()` and its kin.
    return typeof name !== 'string' || matches(name);
  }

  return (object) => {
    if (isNamed(object)) return true;
    const prototype = prototypeOf(object);
    if (prototype === null) return false;
    const found = weakGet(known, prototype);
    if (typeof found === 'boolean') return found;
    const verdict = isChainBlocked(prototype);
    weakSet(known, prototype, verdict);
    return verdict;
  };
}
