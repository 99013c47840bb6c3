/** In the place of a value: a `let`, `const` or `class` whose declaration has not run yet. */
export const UNINITIALIZED: unique symbol = Symbol('borescope.uninitialized');
/** In the place of a value: V8 did not keep the variable. */
export const NOT_CAPTURED: unique symbol = Symbol('borescope.not-captured');

/** `private`: a field of `this`, named as it is written: `this.#total`. */
export type ScopeKind = 'local' | 'block' | 'closure' | 'module' | 'private';

export interface ScopeName {
  readonly name: string;
  readonly scope: ScopeKind;
}

export type Lookup = { readonly value: unknown } | { readonly missing: 'uninitialized' | 'not_captured' | 'unknown' };

/** What an expression can see at the place where the probe was passed. */
export interface Scope {
  lookup(name: string): Lookup;
  readonly thisValue: unknown;
  readonly hasThis: boolean;
  readonly lost: LostInPause;
}

/** What is there, and a real pause does not have: private fields, and the `this` of some arrow functions. */
export interface LostInPause {
  readonly fields: boolean;
  readonly self: boolean;
}

const NOTHING_LOST: LostInPause = { fields: false, self: false };

const UNKNOWN: Lookup = { missing: 'unknown' };
const LOOKUP_UNINITIALIZED: Lookup = { missing: 'uninitialized' };
const LOOKUP_NOT_CAPTURED: Lookup = { missing: 'not_captured' };

/**
 * A scope over two parallel lists, innermost name first: `values[i]` is the value of `names[i]`, or one of the two
 * markers. `names` can be the same list for every hit of a probe, so that a hit allocates nothing for a name.
 */
export function createScope(
  names: readonly ScopeName[],
  values: readonly unknown[],
  thisValue: unknown,
  hasThis: boolean,
  lost = NOTHING_LOST,
): Scope {
  return {
    lookup(name) {
      for (let i = 0; i < names.length; i++) {
        if (names[i]?.name !== name) continue;
        const value = values[i];
        if (value === UNINITIALIZED) return LOOKUP_UNINITIALIZED;
        if (value === NOT_CAPTURED) return LOOKUP_NOT_CAPTURED;
        return { value };
      }
      return UNKNOWN;
    },
    thisValue,
    hasThis,
    lost,
  };
}
