import { isArray, ownData, symbolDescription } from './primordials.ts';

/**
 * Properties by which an object says the name of the value that it holds: `{name: 'password', value: '...'}`, and
 * `{Name: 'password', Value: '...'}` as AWS writes it. The broker knows the same.
 */
export const NAMING_PROPERTIES = [
  ...['name', 'key', 'header', 'field'],
  ...['Name', 'Key', 'Header', 'Field'],
  ...['NAME', 'KEY', 'HEADER', 'FIELD'],
] as const;

/** Whether a property of this name holds such a value. */
export function holdsNamedValue(key: string | symbol): boolean {
  switch (key) {
    case 'value':
    case 'val':
    case 'Value':
    case 'Val':
    case 'VALUE':
    case 'VAL':
      return true;
    default:
      return false;
  }
}

/** `{type: 'Buffer', data: [...]}`, as JSON has a buffer; of the buffer itself they would not be shown. */
export function isWrittenBuffer(object: object): boolean {
  return ownData(object, 'type') === 'Buffer' && isArray(ownData(object, 'data'));
}

/** The name that an entry of a `Map` gives to its value. */
export function nameOfKey(key: unknown): string | undefined {
  if (typeof key === 'symbol') return symbolDescription(key);
  return typeof key === 'string' ? key : undefined;
}
