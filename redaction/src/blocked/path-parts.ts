import { codeAt, indexOf, lowerCase, sliceText } from '../intrinsics.ts';

const SLASH = 47;
const BACKSLASH = 92;
const LONGEST_SCHEME = 32;

/**
 * A path or URL as its names, in small letters: `webpack://shop/./src/Cart.ts?4e32` is `shop`, `src`, `cart.ts`. Both
 * slashes part names on every system, `.` and `..` are followed.
 */
export function pathParts(path: string): string[] {
  const text = withoutScheme(path).normalize();
  const parts: string[] = [];
  for (let from = 0, at = 0; at <= text.length; at++) {
    const code = at < text.length ? codeAt(text, at) : SLASH;
    if (code !== SLASH && code !== BACKSLASH) continue;
    const part = sliceText(text, from, at);
    from = at + 1;
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(lowerCase(part));
  }
  return parts;
}

/** Of a URL what is between its scheme and its query. A path on disk may well have a `?` or a `#` in it. */
function withoutScheme(path: string): string {
  const scheme = indexOf(path, '://', 0);
  if (scheme < 2 || scheme > LONGEST_SCHEME || !isScheme(path, scheme)) return path;
  let end = scheme + 3;
  while (end < path.length && path[end] !== '?' && path[end] !== '#') end++;
  return sliceText(path, scheme + 3, end);
}

function isScheme(path: string, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const code = codeAt(path, i) | 0x20;
    // Letters, digits, `+`, `-`, `.` (RFC 3986 section 3.1); the bit of small letters does no harm to those.
    if (!((code >= 97 && code <= 122) || (code >= 43 && code <= 57))) return false;
  }
  return true;
}
