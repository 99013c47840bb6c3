import { alphabet } from '../../alphabet.ts';
import { lowerCase } from '../../intrinsics.ts';
import type { Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isStandIn } from '../stand-in.ts';
import { isHeaderEnd } from './authorization.ts';

/** `token` of RFC 9110 section 5.6.2: what a cookie may be called. */
const COOKIE_NAME = alphabet("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+-.^_`|~");
const SPACE_OR_SEMICOLON = alphabet(' ;');

/** Attributes of `Set-Cookie` (RFC 6265 section 5.2, and those added since): they describe, and stay. */
const ATTRIBUTES: readonly string[] = ['expires', 'max-age', 'domain', 'path', 'samesite', 'priority', 'version'];

/**
 * The values of the cookies in a `Cookie` or `Set-Cookie` header that begins at `from`, up to the `closing` quote (-1:
 * none) or the end of the line; their names stay. Undefined where it does not begin with `name=`.
 */
export function cookieValues(view: View, from: number, closing: number): readonly Span[] | undefined {
  const spans: Span[] = [];
  let pairs = 0;
  let index = from;
  while (!isHeaderEnd(view.code(index), closing)) {
    if (view.isIn(SPACE_OR_SEMICOLON, index)) {
      index++;
      continue;
    }
    const name = index;
    while (view.isIn(COOKIE_NAME, index) && !isHeaderEnd(view.code(index), closing)) index++;
    const isPair = index > name && view.code(index) === EQUALS;
    if (!isPair && pairs === 0) return undefined;
    const value = isPair ? index + 1 : index;
    index = value;
    while (view.code(index) !== SEMICOLON && !isHeaderEnd(view.code(index), closing)) index++;
    if (!isPair) continue;
    pairs++;
    if (index > value && !isAttribute(view, name, value - 1) && !isStandIn(view, value, index)) {
      spans[spans.length] = { from: value, to: index };
    }
  }
  if (pairs === 0) return undefined;
  // Nothing is hidden here; it says that all up to this index has been read.
  spans[spans.length] = { from: index, to: index };
  return spans;
}

function isAttribute(view: View, from: number, to: number): boolean {
  if (to - from > 8) return false;
  const name = lowerCase(view.slice(from, to));
  for (let index = 0; index < ATTRIBUTES.length; index++) if (ATTRIBUTES[index] === name) return true;
  return false;
}

const SEMICOLON = 59;
const EQUALS = 61;
