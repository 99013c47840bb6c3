import type { Span } from '../../rule.ts';
import type { View } from '../../view.ts';
import { isStandIn } from '../stand-in.ts';

/**
 * Quotes as they are written within HTML, where JSON stands in attributes, and within texts whose quotes are escaped by their
 * code (HTML Standard, section 13.5; RFC 8259, section 7; ECMA-262, section 12.9.4).
 */
const QUOTES: readonly string[] = [
  '&quot;',
  '&#34;',
  '&#x22;',
  '&#39;',
  '&apos;',
  '\\u0022',
  '\\u0027',
  '\\x22',
  '\\x27',
];

/** Where the quote begins that ends at `end`; `end` where none does. */
export function writtenQuoteStart(view: View, end: number): number {
  const last = view.code(end - 1);
  if (last !== SEMICOLON && last !== TWO && last !== SEVEN) return end;
  for (let index = 0; index < QUOTES.length; index++) {
    const quote = QUOTES[index] ?? '';
    if (view.startsWith(quote, end - quote.length)) return end - quote.length;
  }
  return end;
}

/** The value between two of these quotes, or from one to the end of the text; undefined where none stands at `at`. */
export function writtenValue(view: View, at: number): readonly Span[] | undefined {
  if (view.code(at) !== AMPERSAND && view.code(at) !== BACKSLASH) return undefined;
  for (let index = 0; index < QUOTES.length; index++) {
    const quote = QUOTES[index] ?? '';
    if (!view.startsWith(quote, at)) continue;
    const from = at + quote.length;
    let to = from;
    while (to < view.end && !view.startsWith(quote, to)) to++;
    return from === to || isStandIn(view, from, to) ? [] : [{ from, to }];
  }
  return undefined;
}

const AMPERSAND = 38;
const TWO = 50;
const SEVEN = 55;
const SEMICOLON = 59;
const BACKSLASH = 92;
