import { BorescopeError } from './error.ts';

/** An opaque place in a list: its form may change, so nobody should build one. */
export function toCursor(id: string): string {
  return Buffer.from(`1 ${id}`).toString('base64url');
}

/** Throws LIMIT_EXCEEDED for a text that `toCursor` did not make. */
export function fromCursor(cursor: string): string {
  const text = cursor.length > 200 ? '' : Buffer.from(cursor, 'base64url').toString();
  const [version, id] = text.split(' ');
  if (version === '1' && id !== undefined && id !== '' && toCursor(id) === cursor) return id;
  throw new BorescopeError(
    'LIMIT_EXCEEDED',
    'the cursor is not one that this list gave',
    'Pass the cursor of the page before as it came, or none for the first page.',
  );
}
