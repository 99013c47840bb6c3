/** Properties by which an object says the name of the value that it holds: `{name: 'password', value: '...'}`. */
export const NAMING_PROPERTIES = ['name', 'key', 'header', 'field'] as const;

/** Whether a property of this name holds such a value. */
export function holdsNamedValue(key: string | symbol): boolean {
  return key === 'value' || key === 'val';
}
