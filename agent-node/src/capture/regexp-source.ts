import { indexOfText, sliceText } from './primordials.ts';

/** The first `most` characters of a regular expression without their escapes, as in `ann@example\.com`: only so is something found in it. */
export function withoutEscapes(source: string, most: number): string {
  const head = source.length > most ? sliceText(source, 0, most) : source;
  let plain = '';
  for (let from = 0, at = 0; at >= 0; from = at + 1) {
    at = indexOfText(head, '\\', from);
    plain += at < 0 ? sliceText(head, from) : sliceText(head, from, at);
  }
  return plain;
}
