import { descriptorOf, uncurry } from '../capture/primordials.ts';
import { NOT_CAPTURED, type ScopeName, UNINITIALIZED } from '../expressions/scope.ts';

/** Gives the value of a name by its index, and of `this` by the index after the last; throws what V8 throws. */
export type Read = (index: number) => unknown;

export interface NamedPlace {
  readonly names: readonly ScopeName[];
  /** Indices of names whose declaration comes after the place. */
  readonly uninitialized: ReadonlySet<number>;
  /** Indices of names that must not be read: V8 would give an outer variable of the same name. */
  readonly hidden: ReadonlySet<number>;
}

const has = uncurry<(set: ReadonlySet<number>, value: number) => boolean>(Set.prototype.has);

export function valuesByName({ names, uninitialized, hidden }: NamedPlace, read: Read): unknown[] {
  const values: unknown[] = [];
  for (let i = 0; i < names.length; i++) {
    if (has(uninitialized, i)) {
      values[i] = UNINITIALIZED;
      continue;
    }
    if (has(hidden, i)) {
      values[i] = NOT_CAPTURED;
      continue;
    }
    try {
      values[i] = read(i);
    } catch (error) {
      values[i] = whyMissing(error);
    }
  }
  return values;
}

/** V8 says "Cannot access 'x' before initialization" in a dead zone, and "x is not defined" of what it did not keep. */
function whyMissing(error: unknown): typeof UNINITIALIZED | typeof NOT_CAPTURED {
  if (typeof error !== 'object' || error === null) return NOT_CAPTURED;
  const message = descriptorOf(error, 'message')?.value;
  return typeof message === 'string' && message[0] === 'C' ? UNINITIALIZED : NOT_CAPTURED;
}

/** The pausing path: objects that the debugger made of the scopes, innermost first. */
export function valuesOfScopes({ names, uninitialized, hidden }: NamedPlace, scopes: readonly object[]): unknown[] {
  const values: unknown[] = [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i]?.name ?? '';
    let value: unknown = has(uninitialized, i) ? UNINITIALIZED : NOT_CAPTURED;
    for (let k = 0; k < scopes.length && value === NOT_CAPTURED && !has(hidden, i); k++) {
      const scope = scopes[k];
      if (scope === undefined) continue;
      try {
        const found = descriptorOf(scope, name);
        if (found !== undefined) value = found.value;
      } catch {
        value = UNINITIALIZED;
      }
    }
    values[i] = value;
  }
  return values;
}
