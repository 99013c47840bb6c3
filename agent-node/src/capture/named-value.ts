import { isArray, isProxy, ownData, symbolDescription } from './primordials.ts';

/** `{type: 'Buffer', data: [...]}`, as JSON has a buffer; of the buffer itself they would not be shown. */
export function isWrittenBuffer(object: object): boolean {
  return ownData(object, 'type') === 'Buffer' && isArray(ownData(object, 'data'));
}

/** The name that stands beside a value: a text, or the last one of a path, `['user', 'password']`. */
export function nameTold(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : undefined;
  if (isProxy(value) || !isArray(value)) return undefined;
  const last = ownData(value, value.length - 1);
  return typeof last === 'string' ? last : undefined;
}

/** The name that an entry of a `Map` gives to its value. */
export function nameOfKey(key: unknown): string | undefined {
  if (typeof key === 'symbol') return symbolDescription(key);
  return typeof key === 'string' ? key : undefined;
}

/**
 * The name that an item of a list has: `['password', 'x']`, as `Object.entries` has it, lists of alternating names and values, as
 * Node's `rawHeaders`, and the command `['AUTH', 'user', 'x']` of Redis.
 */
export function nameOfItem(array: unknown[], index: number): string | undefined {
  const { length } = array;
  if (length === 3 && index === 2) {
    const command = ownData(array, 0);
    return command === 'AUTH' || command === 'auth' ? command : undefined;
  }
  if (index < 1 || index % 2 !== 1 || length % 2 !== 0) return undefined;
  const name = ownData(array, index - 1);
  return typeof name === 'string' ? name : undefined;
}
