import { descriptorOf } from '../capture/primordials.ts';
import { NOT_CAPTURED, type ScopeName, UNINITIALIZED } from '../expressions/scope.ts';

/** Gives the value of a name by its index, and of `this` by the index after the last; throws what V8 throws. */
export type Read = (index: number) => unknown;

export interface NamedPlace {
  readonly names: readonly ScopeName[];
  /** By index: the declaration comes after the place. */
  readonly uninitialized: readonly boolean[];
  /** By index: it must not be read, V8 would give an outer variable of the same name. */
  readonly hidden: readonly boolean[];
}

export function valuesByName({ names, uninitialized, hidden }: NamedPlace, read: Read): unknown[] {
  const values: unknown[] = [];
  for (let i = 0; i < names.length; i++) {
    if (uninitialized[i] === true) {
      values[i] = UNINITIALIZED;
      continue;
    }
    if (hidden[i] === true) {
      values[i] = NOT_CAPTURED;
      continue;
    }
    try {
      values[i] = read(i);
    } catch (error) {
      // A field that this `this` has not, or not yet, says what a dead zone says.
      values[i] = names[i]?.scope === 'private' ? NOT_CAPTURED : whyMissing(error);
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
    let value: unknown = uninitialized[i] === true ? UNINITIALIZED : NOT_CAPTURED;
    for (let k = 0; k < scopes.length && value === NOT_CAPTURED && hidden[i] !== true; k++) {
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
