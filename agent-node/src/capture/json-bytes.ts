import { codeAt } from './primordials.ts';

/**
 * Bytes of UTF-8 that `JSON.stringify` makes of a text, quotes included. It escapes lone surrogates (ECMA-262,
 * QuoteJSONString), so each of those takes six.
 */
export function jsonBytes(text: string): number {
  const { length } = text;
  let bytes = length + 2;
  for (let i = 0; i < length; i++) {
    const code = codeAt(text, i);
    if (code < 0x80) {
      if (code === 0x22 || code === 0x5c) bytes += 1;
      else if (code < 0x20) bytes += hasShortEscape(code) ? 1 : 5;
    } else if (code < 0x800) {
      bytes += 1;
    } else if (code < 0xd800 || code > 0xdfff) {
      bytes += 2;
    } else if (code < 0xdc00 && isLowSurrogate(codeAt(text, i + 1))) {
      // Two code units, four bytes.
      bytes += 2;
      i++;
    } else {
      bytes += 5;
    }
  }
  return bytes;
}

/** The longest head of at most `length` code units that does not end in the middle of a surrogate pair. */
export function headLength(text: string, length: number): number {
  if (text.length <= length) return text.length;
  const last = codeAt(text, length - 1);
  return last >= 0xd800 && last < 0xdc00 && isLowSurrogate(codeAt(text, length)) ? length - 1 : length;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** `\b \t \n \f \r`; every other control character becomes `\u00XX`. */
function hasShortEscape(code: number): boolean {
  return code === 8 || code === 9 || code === 10 || code === 12 || code === 13;
}
