import { isArray, ownData, symbolDescription } from './primordials.ts';

/** `{type: 'Buffer', data: [...]}`, as JSON has a buffer; of the buffer itself they would not be shown. */
export function isWrittenBuffer(object: object): boolean {
  return ownData(object, 'type') === 'Buffer' && isArray(ownData(object, 'data'));
}

/** The name that an entry of a `Map` gives to its value. */
export function nameOfKey(key: unknown): string | undefined {
  if (typeof key === 'symbol') return symbolDescription(key);
  return typeof key === 'string' ? key : undefined;
}
